"""The bar on top: what is flown, the mission clock, and whether the feed lives."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from ops_tui.theme import BACKGROUND, TONE_COLOURS
from ops_tui.views.clock import ClockView
from ops_tui.widgets.phrase_text import phrase_text


class ClockBar(Vertical):
    """One line, and a second one while the feed is lost."""

    def compose(self) -> ComposeResult:
        yield Static(id="clock-line")
        yield Static(id="feed-warning")

    def show(self, view: ClockView) -> None:
        kind = Text(f" {view.kind.text} ", style=f"bold {BACKGROUND} on {_colour(view)}")
        line = Text.assemble(
            kind,
            "  ",
            (view.scenario, "bold"),
            "  ",
            (view.mission_clock, "bold"),
            "  ",
            view.rate,
            "  ",
            phrase_text(view.feed, bold=True),
        )
        line.no_wrap = True
        line.overflow = "ellipsis"
        self.query_one("#clock-line", Static).update(line, layout=False)
        warning = self.query_one("#feed-warning", Static)
        warning.display = view.warning is not None
        if view.warning is not None:
            warning.update(view.warning.text)


def _colour(view: ClockView) -> str:
    return TONE_COLOURS[view.kind.tone]
