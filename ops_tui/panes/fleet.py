"""The fleet: one row a craft, and the selected one in detail."""

from __future__ import annotations

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.events import Resize
from textual.markup import escape
from textual.widgets import DataTable, Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.theme import GREY
from ops_tui.views.fleet import CraftView, Freshness, fleet_view
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text, tone_style
from ops_tui.widgets.rows_table import Columns, Row, RowsTable

#: of the detail area, so that the eye finds the same thing at the same place
DETAIL_WIDTHS = (37, 20, 14)

#: columns of a terminal from which a row has room for everything
ALL_FROM = 140

_NARROW = Columns(
    (
        tr_later("Craft"),
        tr_later("Data"),
        tr_later("Lock"),
        tr_later("Mode"),
        Phrase(tr_later("Bat"), right=True),
        Phrase(tr_later("Rec"), right=True),
        Phrase(tr_later("Next"), right=True),
        Phrase(tr_later("Alarms"), right=True),
    ),
    stretch=0,
)
_WIDE = Columns(
    (
        tr_later("Craft"),
        tr_later("Data"),
        tr_later("Lock"),
        tr_later("Mode"),
        Phrase(tr_later("Bat"), right=True),
        Phrase(tr_later("Rec"), right=True),
        "SCET",
        "ERT",
        tr_later("Last command"),
        Phrase(tr_later("Next"), right=True),
        tr_later("With"),
        Phrase(tr_later("Alarms"), right=True),
    ),
    stretch=8,
)


class CraftDetail(Static):
    """One craft: clocks there and here, link, platform, and the age of it all in the border."""

    def show(self, view: CraftView) -> None:
        self.border_title = f"[b]{escape(view.id)}[/]  {_markup(view.age)}"
        self.border_subtitle = _markup(view.alarms_in_words)
        for freshness in ("live", "aged", "never"):
            self.set_class(view.freshness == freshness, f"-{freshness}")
        self.update(_content(view))


class FleetPane(ConsolePane):
    """Every craft a row, in the order of their names."""

    NAME = "fleet"
    TITLE = SHORT_TITLE = tr_later("Fleet")
    PURPOSE = tr_later("Every craft's state")
    FOCUS = "#fleet-table"

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, CraftView] = {}
        self._has_selected = False

    def compose(self) -> ComposeResult:
        yield RowsTable(*_NARROW.headings, id="fleet-table", stretch=_NARROW.stretch)
        yield Static(tr("No craft heard of yet."), id="no-craft")
        yield CraftDetail(id="craft-detail")

    def look_for(self, craft: str) -> None:
        self._has_selected = True
        self.query_one("#fleet-table", RowsTable).select(craft)

    def show(self, report: Report) -> None:
        self._views = {view.id: view for view in fleet_view(report.picture, report.link)}
        is_wide = self.app.size.width >= ALL_FROM
        row = _wide_row if is_wide else _narrow_row
        rows = [Row(view.id, row(view)) for view in self._views.values()]
        table = self.query_one("#fleet-table", RowsTable)
        table.show(rows, _WIDE if is_wide else _NARROW)
        table.display = bool(rows)
        speaker = next((view.id for view in self._views.values() if not view.relay), None)
        if speaker is not None and not self._has_selected:
            self._has_selected = True
            table.select(speaker)
        self.query_one("#no-craft", Static).display = not rows
        self._show_detail()

    def on_resize(self, _: Resize) -> None:
        self.show(self.report)

    def on_data_table_row_highlighted(self, _: DataTable.RowHighlighted) -> None:
        self._show_detail()
        selected = self.query_one("#fleet-table", RowsTable).selected_key
        if selected is not None:
            self.post_message(self.Selects(selected))

    def _show_detail(self) -> None:
        detail = self.query_one(CraftDetail)
        view = self._views.get(self.query_one("#fleet-table", RowsTable).selected_key or "")
        detail.display = view is not None
        if view is not None:
            detail.show(view)


def _narrow_row(view: CraftView) -> tuple[Phrase | str, ...]:
    return (
        *(view.id, view.age, view.lock, view.mode, view.battery, view.recorder, view.next_in),
        Phrase(" ".join(view.alarms.text.split()[:2]), view.alarms.tone, right=True),
    )


def _wide_row(view: CraftView) -> tuple[Phrase | str, ...]:
    return (
        *(view.id, _aged(view), view.lock, view.mode),
        *(view.battery, view.recorder, view.described, view.last_received, view.command),
        *(view.next_in, view.next_with, view.alarms),
    )


def _aged(view: CraftView) -> Phrase:
    """How old the data are, live or not."""
    if view.freshness is Freshness.LIVE:
        return Phrase(f"{view.age.text} {view.light_times}", view.age.tone)
    return view.age


def _markup(phrase: Phrase) -> str:
    return f"[{tone_style(phrase.tone, bold=True)}]{escape(phrase.text)}[/]"


def _content(view: CraftView) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for width in DETAIL_WIDTHS:
        table.add_column(no_wrap=True, min_width=width)
    there, here, data, sent = _alike(tr("there"), tr("here"), tr("data"), tr("sent"))
    table.add_row(
        _labelled(there, f"{view.clock_there}  SCLK {view.counter_there}"),
        _labelled("OWLT", view.light_time),
        _labelled(tr("mode"), view.mode),
    )
    table.add_row(
        _labelled(here, f"{view.clock_here}  SCLK {view.counter_here}"),
        _labelled(tr("lock"), view.lock),
        _labelled(tr("battery"), Phrase(view.battery.text, view.battery.tone)),
    )
    table.add_row(
        _labelled(data, f"SCET {view.described}, {view.light_times}"),
        _labelled(tr("frames"), view.frames),
        _labelled(tr("recorder"), Phrase(view.recorder.text, view.recorder.tone)),
    )
    table.add_row(
        _labelled(" " * cell_len(data), f"ERT  {view.last_received}"),
        _labelled(tr("next"), view.next_in.text),
        _labelled(tr("with"), view.next_with),
    )
    table.add_row(_labelled(sent, view.command), _labelled(tr("at"), view.command_at), "")
    return table


def _alike(*labels: str) -> tuple[str, ...]:
    """Labels filled up to the width of the widest, in cells of the terminal."""
    widest = max(map(cell_len, labels))
    return tuple(label + " " * (widest - cell_len(label)) for label in labels)


def _labelled(label: str, value: Phrase | str) -> Text:
    return Text.assemble((label, GREY), " ", phrase_text(value))
