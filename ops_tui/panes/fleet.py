"""The fleet: one card a craft."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.markup import escape
from textual.widgets import Static

from ops_tui.feed import Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.theme import GREY
from ops_tui.views.fleet import CraftView, fleet_view
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text, tone_style

#: the same in every card, so that the eye can run down the fleet
COLUMN_WIDTHS = (37, 20, 14)


class CraftCard(Static):
    """One craft: clocks there and here, link, platform, and the age of it all in the border."""

    def show(self, view: CraftView) -> None:
        self.border_title = f"[b]{escape(view.id)}[/]  {_markup(view.age)}"
        self.border_subtitle = _markup(view.alarms) if view.alarms else ""
        for freshness in ("live", "aged", "never"):
            self.set_class(view.freshness == freshness, f"-{freshness}")
        self.update(_content(view))


class FleetPane(ConsolePane):
    """Every craft's card, in the order of their names."""

    NAME = "fleet"
    TITLE = SHORT_TITLE = "Fleet"
    PURPOSE = "Every craft's state"
    FOCUS = "#fleet-cards"

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="fleet-cards", can_focus=True):
            yield Static("No craft heard of yet.", id="no-craft")

    def look_for(self, craft: str) -> None:
        for card in self.query(CraftCard):
            if card.name == craft:
                card.scroll_visible()

    def show(self, report: Report) -> None:
        views = fleet_view(report.picture, report.link)
        cards = {card.name: card for card in self.query(CraftCard)}
        names = [view.id for view in views]
        for name, card in cards.items():
            if name not in names:
                card.remove()
        for view in views:
            if view.id not in cards:
                cards[view.id] = CraftCard(name=view.id)
                self.query_one("#fleet-cards").mount(cards[view.id])
            cards[view.id].show(view)
        self.query_one("#no-craft", Static).display = not views


def _markup(phrase: Phrase) -> str:
    return f"[{tone_style(phrase.tone, bold=True)}]{escape(phrase.text)}[/]"


def _content(view: CraftView) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for width in COLUMN_WIDTHS:
        table.add_column(no_wrap=True, min_width=width)
    table.add_row(
        _labelled("there", f"{view.clock_there}  SCLK {view.counter_there}"),
        _labelled("OWLT", view.light_time),
        _labelled("mode", view.mode),
    )
    table.add_row(
        _labelled("here ", f"{view.clock_here}  SCLK {view.counter_here}"),
        _labelled("lock", view.lock),
        _labelled("battery", view.battery),
    )
    table.add_row(
        _labelled("data ", f"received {view.last_received}"),
        _labelled("frames", view.frames),
        _labelled("recorder", view.recorder),
    )
    return table


def _labelled(label: str, value: Phrase | str) -> Text:
    return Text.assemble((label, GREY), " ", phrase_text(value))
