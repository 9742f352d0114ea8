"""The bar on top: what is flown, the mission clock, and whether the feed lives."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from groundsys.locales import tr
from ops_tui.theme import BACKGROUND, GREY, TONE_COLOURS
from ops_tui.views.clock import ClockView, CraftClock
from ops_tui.widgets.phrase_text import phrase_text


class ClockBar(Vertical):
    """Mission time, below it the clock of one craft, and a third line while the feed is lost."""

    def compose(self) -> ComposeResult:
        yield Static(id="clock-line")
        yield Static(id="craft-clock-line")
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
        self.query_one("#craft-clock-line", Static).update(_craft_line(view.craft), layout=False)
        warning = self.query_one("#feed-warning", Static)
        warning.display = view.warning is not None
        if view.warning is not None:
            warning.update(view.warning.text)


def _craft_line(clock: CraftClock | None) -> Text:
    if clock is None:
        return Text(tr("No craft heard of yet."), GREY)
    line = Text.assemble(
        *((clock.craft, "bold"), "  ", (tr("there"), GREY), f" {clock.there}"),
        *((" " + tr("here"), GREY), f" {clock.here} ", ("OWLT", GREY), f" {clock.light_time} "),
        phrase_text(clock.age),
    )
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _colour(view: ClockView) -> str:
    return TONE_COLOURS[view.kind.tone]
