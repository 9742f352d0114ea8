"""One command's story on a page of its own: hops, people, and all that was written down."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.picture import Snapshot
from ops_tui.views.commands import Story
from ops_tui.widgets.command_pictures import (
    hazard_banner,
    hops_table,
    log_table,
    story_head,
    story_people,
)
from ops_tui.widgets.key_bar import KeyBar


class CommandStoryScreen(ModalScreen[None]):
    """Scrolls with the arrow keys; Escape closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,enter,q",
            "close",
            tr_later("Close"),
            id="story.close",
            key_display="esc",
            tooltip=tr_later("Back to the board"),
        ),
    ]

    def __init__(self, story: Story, command: Snapshot, log: list[Snapshot]) -> None:
        super().__init__()
        self._story, self._command, self._log = story, command, log

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="story-box", classes="dialogue") as box:
            box.border_title = str(self._command["id"])
            yield Static(self._content())
        yield KeyBar()

    def action_close(self) -> None:
        self.dismiss(None)

    def _content(self) -> RenderableType:
        story, command = self._story, self._command
        parts: list[RenderableType] = [story_head(story)]
        people = story_people(story)
        people.no_wrap = False
        parts.append(people)
        banner = hazard_banner(story.hazard, needs_two=bool(command["waits_for_approval"]))
        if banner is not None:
            parts.append(banner)
        size = (
            tr("{octets} octets", octets=command["packet_octets"])
            if command["packet_octets"]
            else tr("not encoded")
        )
        parts += [
            Text(tr("packet {size}, attempt {attempts}", size=size, attempts=command["attempts"])),
            Text(),
        ]
        return Group(*parts, hops_table(story), Text(), log_table(self._log))
