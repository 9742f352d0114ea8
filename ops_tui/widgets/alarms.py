"""Alarms to acknowledge above, events below."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from ops_tui.picture import Picture
from ops_tui.theme import GREY
from ops_tui.views.alarms import AlarmRow, alarm_rows, event_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable


class AlarmsPane(Vertical):
    """The alarms that stand, a line about the selected one, and what happened."""

    def __init__(self) -> None:
        super().__init__()
        self._alarms: dict[str, AlarmRow] = {}

    def compose(self) -> ComposeResult:
        yield RowsTable(
            "Level",
            "Craft",
            "Parameter",
            Phrase("Value", right=True),
            Phrase("Stands", right=True),
            "Acknowledged",
            id="alarms-table",
            stretch=2,
        )
        yield Static(id="alarm-detail")
        yield RowsTable(
            "UTC",
            "Craft",
            "Severity",
            "Event",
            id="events-table",
            stretch=3,
            wraps=True,
            stays_on_top=True,
        )

    @property
    def selected(self) -> AlarmRow | None:
        """The alarm under the cursor."""
        key = self.query_one("#alarms-table", RowsTable).selected_key
        return None if key is None else self._alarms.get(key)

    def show(self, picture: Picture) -> None:
        rows = alarm_rows(picture)
        self._alarms = {row.id: row for row in rows}
        self.query_one("#alarms-table", RowsTable).show([_alarm_cells(row) for row in rows])
        self.query_one("#events-table", RowsTable).show(
            [
                Row(row.id, (row.time, row.spacecraft, row.severity, row.text))
                for row in event_rows(picture)
            ]
        )
        self._show_detail()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        if event.data_table.id == "alarms-table":
            self._show_detail()

    def _show_detail(self) -> None:
        self.query_one("#alarm-detail", Static).update(_detail(self.selected))


def _alarm_cells(row: AlarmRow) -> Row:
    cells = (row.level, row.spacecraft, row.parameter, row.value, row.stands, row.acknowledgement)
    return Row(row.id, cells)


def _detail(row: AlarmRow | None) -> Text:
    if row is None:
        return Text("No alarm stands.", GREY)
    what = Text.assemble(
        (row.title, "bold"), f" = {row.value.text}, {row.level.text[2:]} since {row.since}"
    )
    if row.is_acknowledged:
        comment = f"  “{row.comment}”" if row.comment else ""
        who = Text.assemble(phrase_text(row.acknowledgement), " ", row.acknowledged_at, comment)
    else:
        who = Text.assemble("press ", ("a", "bold"), " to acknowledge")
    text = Text("\n").join([what, who])
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
