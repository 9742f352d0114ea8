"""Alarms to acknowledge above, events below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Picture
from ops_tui.theme import GREY
from ops_tui.views.alarms import AlarmRow, alarm_rows, event_rows, waiting_alarms
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.acknowledge import AcknowledgeScreen
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable


class AlarmsPane(ConsolePane):
    """The alarms that stand, a line about the selected one, and what happened."""

    NAME = "alarms"
    TITLE = SHORT_TITLE = "Alarms"
    PURPOSE = "Alarms that stand, and events"
    FOCUS = "#alarms-table"
    NEEDS: ClassVar[Mapping[str, str]] = {"acknowledge": "acknowledge_alarm"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "acknowledge",
            "Acknowledge",
            id="alarm.acknowledge",
            tooltip="Acknowledge the selected alarm, with a comment",
        ),
    ]

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

    @staticmethod
    def badge(picture: Picture) -> str:
        waiting = waiting_alarms(picture)
        return f"▲{waiting}" if waiting else ""

    def action_acknowledge(self) -> None:
        alarm = self.selected
        if alarm is None:
            self.app.notify("no alarm to acknowledge")
        elif alarm.is_acknowledged:
            self.app.notify(f"already acknowledged: {alarm.acknowledgement.text}", markup=False)
        elif not self.report.link.is_live:
            self.app.notify("the feed is lost: nothing can be sent", severity="error")
        else:
            self._ask_for_comment(alarm)

    def _ask_for_comment(self, alarm: AlarmRow) -> None:
        def answered(answer: Answer) -> None:
            self.tell_outcome(answer, f"acknowledged: {alarm.title}")

        def send(comment: str | None) -> None:
            if comment is not None:
                asked = {"alarm_id": alarm.id, "comment": comment}
                self.ask("acknowledge_alarm", asked, answered)

        operator = str(self.report.picture.asker.get("name") or "nobody")
        self.app.push_screen(AcknowledgeScreen(alarm, operator), send)

    def show(self, report: Report) -> None:
        picture = report.picture
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
