"""Alarms by craft above, with what can be done about each, and events below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Input, Static

from groundsys.locales import time_zone, tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Picture
from ops_tui.theme import GREY
from ops_tui.views.alarms import (
    AlarmRow,
    alarm_rows,
    alarms_summary,
    event_rows,
    waiting_alarms,
)
from ops_tui.views.fields import Field
from ops_tui.views.phrases import Phrase
from ops_tui.views.spans import span_of
from ops_tui.widgets.acknowledge import AcknowledgeScreen
from ops_tui.widgets.form import Answers, FormScreen
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: by an action, the states of an alarm in which it is offered
_OFFERED_IN: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("unacknowledged", "acknowledged", "shelved"),
    "clear": ("latched",),
    "shelve": ("unacknowledged", "acknowledged", "latched"),
    "unshelve": ("shelved",),
    "assign": ("unacknowledged", "acknowledged", "latched", "shelved"),
}


class AlarmsPane(ConsolePane):
    """The alarms that stand, a line about the selected one, and what happened."""

    NAME = "alarms"
    TITLE = SHORT_TITLE = tr_later("Alarms")
    PURPOSE = tr_later("Alarms that stand, by craft, and events")
    FOCUS = "#alarms-table"
    NEEDS: ClassVar[Mapping[str, str]] = {
        "acknowledge": "acknowledge_alarm",
        "clear": "acknowledge_alarm",
        "shelve": "handle_alarm",
        "unshelve": "handle_alarm",
        "assign": "handle_alarm",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "acknowledge",
            tr_later("Acknowledge"),
            id="alarm.acknowledge",
            tooltip=tr_later("Acknowledge the selected alarm, with a comment"),
        ),
        Binding(
            "c",
            "clear",
            tr_later("Clear"),
            id="alarm.clear",
            tooltip=tr_later("Clear the selected alarm, whose condition is over"),
        ),
        Binding(
            "s",
            "shelve",
            tr_later("Shelve"),
            id="alarm.shelve",
            tooltip=tr_later("Shelve the selected alarm for a while, with a reason"),
        ),
        Binding(
            "u",
            "unshelve",
            tr_later("Unshelve"),
            id="alarm.unshelve",
            tooltip=tr_later("Take the selected alarm from the shelf"),
        ),
        Binding(
            "g",
            "assign",
            tr_later("Assign"),
            id="alarm.assign",
            tooltip=tr_later("Give the selected alarm into somebody's hands"),
        ),
        Binding(
            "slash",
            "filter",
            tr_later("Filter"),
            id="alarm.filter",
            key_display="/",
            tooltip=tr_later("Show only alarms with these words: craft, level, state, name"),
        ),
        Binding(
            "b",
            "mute",
            tr_later("Bell"),
            id="alarm.mute",
            tooltip=tr_later("Mute the bell of this console, or let it ring again"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._alarms: dict[str, AlarmRow] = {}
        self.wanted = ""
        #: whether this console's bell is silent
        self.is_muted = False

    def compose(self) -> ComposeResult:
        yield Static(id="alarms-summary")
        yield Input(placeholder=tr("words, then Enter; Esc shows all"), id="alarms-filter")
        yield RowsTable(
            tr_later("Level"),
            tr_later("Craft"),
            tr_later("Parameter"),
            Phrase(tr_later("Value"), right=True),
            Phrase(tr_later("Stands"), right=True),
            tr_later("State"),
            id="alarms-table",
            stretch=2,
        )
        yield Static(id="alarm-detail")
        yield RowsTable(
            time_zone().name,
            tr_later("Craft"),
            tr_later("Severity"),
            tr_later("Event"),
            id="events-table",
            stretch=3,
            wraps=True,
            stays_on_top=True,
        )

    @property
    def selected(self) -> AlarmRow | None:
        """The alarm under the cursor."""
        key = self.query_one("#alarms-table", RowsTable).selected_key
        return self._alarms.get(key) if key is not None else None

    @staticmethod
    def badge(picture: Picture) -> str:
        waiting = waiting_alarms(picture)
        return f"▲{waiting}" if waiting else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action not in _OFFERED_IN:
            return super().check_action(action, parameters)
        row = self.selected if self.is_mounted else None
        fits = row is None or row.state in _OFFERED_IN[action]
        is_spare = row is None and action in ("clear", "unshelve")
        return fits and not is_spare and super().check_action(action, parameters)

    # --- what the keys do ------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        alarm = self._selected_and_live()
        if alarm is None:
            return
        if alarm.state == "acknowledged":
            self.app.notify(
                tr("already acknowledged: {text}", text=alarm.standing.text), markup=False
            )
        else:
            self._acknowledge(alarm, "acknowledge_alarm", "acknowledged")

    def action_clear(self) -> None:
        alarm = self._selected_and_live()
        if alarm is not None:
            self._acknowledge(alarm, "alarm_clear", tr("cleared"))

    def action_shelve(self) -> None:
        alarm = self._selected_and_live()
        if alarm is None:
            return

        def check(answers: Answers) -> dict[str, Any]:
            if not answers["reason"]:
                raise ValueError(tr("a reason is needed"))
            for_s = span_of(answers["for"])
            return {"alarm_id": alarm.id, "reason": answers["reason"], "for_s": for_s}

        def send(asked: dict[str, Any] | None) -> None:
            if asked is not None:
                self._send("alarm_shelve", asked, tr("shelved: {title}", title=alarm.title))

        lines = (
            _in_full(alarm),
            tr("as {operator}", operator=self._operator),
            tr("While it is shelved no bell rings and nobody is paged for it."),
            tr("It comes back by itself at its end, or at once if it gets worse."),
        )
        fields = (
            Field("reason", tr("reason")),
            Field("for", tr("for how long"), "2 h", tr("such as 30 min, 2 h, 1 d")),
        )
        form = FormScreen(tr("Shelve"), lines, fields, check, tr("shelve it"))
        self.app.push_screen(form, send)

    def action_unshelve(self) -> None:
        alarm = self._selected_and_live()
        if alarm is not None:
            asked = {"alarm_id": alarm.id}
            self._send(
                "alarm_unshelve", asked, tr("taken from the shelf: {title}", title=alarm.title)
            )

    def action_assign(self) -> None:
        alarm = self._selected_and_live()
        if alarm is None:
            return

        def check(answers: Answers) -> dict[str, Any]:
            return {"alarm_id": alarm.id, "to": answers["to"]}

        def send(asked: dict[str, Any] | None) -> None:
            if asked is not None:
                self._send("alarm_assign", asked, tr("assigned: {title}", title=alarm.title))

        lines = (
            _in_full(alarm),
            tr("as {operator}", operator=self._operator),
            tr("Whose hands is it in? Empty: nobody's."),
        )
        fields = (Field("to", tr("name"), alarm.assignee or self._operator),)
        form = FormScreen(tr("Assign"), lines, fields, check, tr("assign it"))
        self.app.push_screen(form, send)

    def action_filter(self) -> None:
        line = self.query_one("#alarms-filter", Input)
        line.display = True
        line.value = self.wanted
        line.focus()

    def action_mute(self) -> None:
        self.is_muted = not self.is_muted
        self.show(self.report)

    def show_only(self, wanted: str) -> None:
        """Show only alarms that have these words in them; none: all."""
        self.wanted = wanted.strip()
        self.query_one("#alarms-filter", Input).display = False
        self.show(self.report)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.show_only(event.value)
        self.query_one("#alarms-table").focus()

    def on_key(self, event: events.Key) -> None:
        line = self.query_one("#alarms-filter", Input)
        if event.key == "escape" and (line.has_focus or self.wanted):
            event.stop()
            self.show_only("")
            self.query_one("#alarms-table").focus()

    # --- what it shows ---------------------------------------------------------------------------

    def show(self, report: Report) -> None:
        picture = report.picture
        rows = alarm_rows(picture, self.wanted)
        self._alarms = {row.id: row for row in rows}
        summary = alarms_summary(picture, len(rows), self.wanted, is_muted=self.is_muted)
        self.query_one("#alarms-summary", Static).update(phrase_text(summary))
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
        detail = _detail(self.selected, is_filtered=bool(self.wanted))
        self.query_one("#alarm-detail", Static).update(detail)
        self.refresh_bindings()

    @property
    def _operator(self) -> str:
        return str(self.report.picture.asker.get("name") or tr("nobody"))

    def _selected_and_live(self) -> AlarmRow | None:
        """The alarm to act on; if there is none, or nothing can be sent, that is said."""
        alarm = self.selected
        if alarm is None:
            self.app.notify(tr("no alarm is selected"))
        elif not self.report.link.is_live:
            self.app.notify(tr("the feed is lost: nothing can be sent"), severity="error")
        else:
            return alarm
        return None

    def _acknowledge(self, alarm: AlarmRow, verb: str, done: str) -> None:
        def send(comment: str | None) -> None:
            if comment is not None:
                asked = {"alarm_id": alarm.id, "comment": comment}
                self._send(verb, asked, f"{done}: {alarm.title}")

        self.app.push_screen(AcknowledgeScreen(alarm, self._operator), send)

    def _send(self, verb: str, asked: Mapping[str, object], done: str) -> None:
        def answered(answer: Answer) -> None:
            self.tell_outcome(answer, done)

        self.ask(verb, asked, answered)


def _alarm_cells(row: AlarmRow) -> Row:
    cells = (row.level, row.spacecraft, row.parameter, row.value, row.stands, row.standing)
    return Row(row.id, cells)


def _in_full(row: AlarmRow) -> str:
    return tr(
        "{title} = {value}, {level} since {since}",
        title=row.title,
        value=row.full_value,
        level=row.level.text[2:],
        since=row.since,
    )


def _detail(row: AlarmRow | None, *, is_filtered: bool) -> Text:
    if row is None:
        return Text(
            tr("No alarm fits the filter.") if is_filtered else tr("No alarm stands."), GREY
        )
    what = Text(_in_full(row))
    what.stylize("bold", 0, len(row.title))
    text = Text("\n").join([what, Text(row.story)])
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
