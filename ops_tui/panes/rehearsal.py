"""Rehearsal: the simulated clock under the operator's hands, and the verdict so far."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Snapshot
from ops_tui.views.faults import fault_rows
from ops_tui.views.phrases import Phrase
from ops_tui.views.rehearsal import (
    criterion_rows,
    faster,
    is_rehearsal,
    rehearsal_lines,
    slower,
    verdict_line,
)
from ops_tui.widgets.fault_form import FaultChoiceScreen, FaultFormScreen
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: the verdict so far is asked for each so many wall seconds while this pane is seen
ASK_EVERY_S = 5.0


class RehearsalPane(ConsolePane):
    """Steers a simulated ground segment, and lets faults strike; a real flight offers nothing."""

    NAME = "rehearsal"
    TITLE = tr_later("Rehearsal")
    SHORT_TITLE = tr_later("Sim")
    PURPOSE = tr_later("A simulated mission's clock and seed, faults to inject, the verdict so far")
    FOCUS = "#criteria-table"
    NEEDS: ClassVar[Mapping[str, str]] = {
        "pause": "steer_clock",
        "faster": "steer_clock",
        "slower": "steer_clock",
        "no_limit": "steer_clock",
        "inject": "inject_fault",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p",
            "pause",
            tr_later("Pause/go on"),
            id="rehearsal.pause",
            tooltip=tr_later("Stop the simulated clock, or let it go on"),
        ),
        Binding(
            "plus",
            "faster",
            tr_later("Faster"),
            id="rehearsal.faster",
            key_display="+",
            tooltip=tr_later("Let mission time pass faster"),
        ),
        Binding(
            "minus",
            "slower",
            tr_later("Slower"),
            id="rehearsal.slower",
            key_display="-",
            tooltip=tr_later("Let mission time pass more slowly"),
        ),
        Binding(
            "m",
            "no_limit",
            tr_later("No limit"),
            id="rehearsal.no_limit",
            tooltip=tr_later("Let mission time pass as fast as this machine can"),
        ),
        Binding(
            "i",
            "inject",
            tr_later("Inject a fault"),
            id="rehearsal.inject",
            tooltip=tr_later("Let a fault strike the simulated craft, space or antennas"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._criteria: Sequence[Snapshot] = ()
        self._trouble = ""
        self._asked_at = float("-inf")
        self._was_rehearsal = False

    def compose(self) -> ComposeResult:
        yield Static(id="rehearsal-clock")
        yield RowsTable(
            tr_later("So far"),
            tr_later("Criterion"),
            Phrase(tr_later("Found"), right=True),
            tr_later("Asked for"),
            id="criteria-table",
            stretch=1,
        )
        yield RowsTable(
            *(tr_later("Injected"), tr_later("Begins"), tr_later("By"), tr_later("Fault")),
            id="injected-table",
            stretch=3,
        )
        yield Static(
            tr("The verdict proper also reads the simulators' own record, in the end."),
            id="rehearsal-note",
        )

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({"faults"})

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in self.NEEDS and not is_rehearsal(self.report.picture):
            return False
        return super().check_action(action, parameters)

    def action_pause(self) -> None:
        paused = bool(self.report.picture.clock.get("paused"))
        verb, done = (
            ("clock_resume", tr("the clock goes on"))
            if paused
            else ("clock_pause", tr("the clock stands"))
        )
        self._steer(verb, {}, done)

    def action_faster(self) -> None:
        self._limit(faster(self.report.picture.clock.get("rate_ceiling")))

    def action_slower(self) -> None:
        self._limit(slower(self.report.picture.clock.get("rate_ceiling")))

    def action_no_limit(self) -> None:
        self._limit(None)

    def action_inject(self) -> None:
        """Ask which faults may begin now; then one is chosen, and told what it needs."""

        def chosen(fault: Snapshot | None) -> None:
            if fault is not None:
                self.app.push_screen(FaultFormScreen(fault, self.ask), injected)

        def injected(asked: Mapping[str, Any] | None) -> None:
            if asked is not None:
                self.app.notify(tr("injected: {fault}", fault=asked["fault"]), markup=False)

        def choose(answer: Answer) -> None:
            if answer.ok:
                self.app.push_screen(FaultChoiceScreen(answer.content["faults"]), chosen)
            else:
                self.tell_outcome(answer, tr("injected"))

        self.ask("fault_catalogue", {}, choose)

    def show(self, report: Report) -> None:
        rehearsed = is_rehearsal(report.picture)
        if rehearsed:
            self._ask_if_due()
        lines = [
            phrase_text(line, bold=True) for line in rehearsal_lines(report.picture, report.link)
        ]
        if rehearsed:
            trouble = tr("the feed is lost") if report.link.state == "lost" else self._trouble
            lines.append(phrase_text(verdict_line(self._criteria, trouble)))
        text = Text("\n").join(lines)
        text.no_wrap, text.overflow = True, "ellipsis"
        self.query_one("#rehearsal-clock", Static).update(text)
        rows = criterion_rows(self._criteria) if rehearsed else ()
        self.query_one("#criteria-table", RowsTable).show(
            [Row(row.id, (row.state, row.id, row.found, row.expected)) for row in rows]
        )
        self.query_one("#rehearsal-note", Static).display = rehearsed
        faults = fault_rows(report.picture) if rehearsed else ()
        injected = self.query_one("#injected-table", RowsTable)
        injected.display = bool(faults)
        injected.show([Row(one.id, (one.state, one.begins, one.by, one.text)) for one in faults])
        if rehearsed != self._was_rehearsal:
            self._was_rehearsal = rehearsed
            self.refresh_bindings()

    def _limit(self, rate: float | None) -> None:
        done = tr("as fast as it can") if rate is None else tr("at most ×{rate:g}", rate=rate)
        self._steer("clock_rate", {"rate": rate}, tr("the clock goes {done}", done=done))

    def _steer(self, verb: str, asked: Mapping[str, Any], done: str) -> None:
        def answered(answer: Answer) -> None:
            self.tell_outcome(answer, done)

        self.ask(verb, asked, answered)

    def _ask_if_due(self) -> None:
        now = time.monotonic()
        if self.report.link.is_live and now - self._asked_at >= ASK_EVERY_S:
            self._asked_at = now
            self.ask("rehearsal_standing", {}, self._take)

    def _take(self, answer: Answer) -> None:
        self._trouble = "" if answer.ok else answer.trouble.partition("\n")[0]
        if answer.ok:
            self._criteria = tuple(answer.content["criteria"])
        self.show(self.report)
