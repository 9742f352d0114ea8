"""What the plan could not do, and what is in its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.views.contacts import Obstacle
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text


class ObstaclesScreen(ModalScreen[None]):
    """A list; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,w,q",
            "close",
            tr_later("Close"),
            id="obstacles.close",
            key_display="esc",
            tooltip=tr_later("Back to the contacts"),
        ),
    ]

    def __init__(self, title: str, obstacles: Sequence[Obstacle]) -> None:
        super().__init__()
        self._title, self._obstacles = title, tuple(obstacles)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="obstacles-box") as box:
            box.border_title = self._title
            yield Static(
                self._table()
                if self._obstacles
                else tr("Nothing, and all that was asked for is met.")
            )
        yield KeyBar()

    def action_close(self) -> None:
        self.dismiss(None)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for one in self._obstacles:
            table.add_row(phrase_text(one.what), one.subject, one.text)
        return table
