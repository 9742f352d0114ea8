"""Procedures: runs above, what may be run below, and a page of its own for each run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import DataTable, Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.panes.renewed import RenewedAnswer
from ops_tui.picture import Picture, Snapshot
from ops_tui.rehearser import Rehearsed
from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.phrases import Phrase
from ops_tui.views.procedures import (
    procedure_rows,
    run_rows,
    standing_lines,
    summary_of,
    waiting_runs,
)
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.procedure_run import RunScreen
from ops_tui.widgets.procedure_start import ProcedureFormScreen, Purpose, Stated
from ops_tui.widgets.rows_table import Row, RowsTable

#: wall seconds: the list is asked for when runs or rehearsals have moved, and so often in any case,
#: for a rehearsal grows stale by itself
RENEWED_EVERY_S = 15.0
#: the run on its page is asked for so often while it goes on: what it waits for is telemetry
RUN_RENEWED_EVERY_S = 2.0


class ProceduresPane(ConsolePane):
    """Runs and procedures; Enter opens a run, or states what a procedure is started with."""

    NAME = "procedures"
    TITLE = tr_later("Procedures")
    SHORT_TITLE = tr_later("Proc")
    PURPOSE = tr_later("Procedures: their rehearsals, their runs, gates and votes")
    FOCUS = "#procedures-table"
    NEEDS: ClassVar[Mapping[str, str]] = {
        "open_run": "watch",
        "state('start')": "run_procedure",
        "state('rehearse')": "run_procedure",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "open_run",
            tr_later("Open run"),
            id="procedure.open",
            tooltip=tr_later("The selected run: steps, gates, votes, hold, abort (Enter, too)"),
        ),
        Binding(
            "s",
            "state('start')",
            tr_later("Start"),
            id="procedure.start",
            tooltip=tr_later("Start the selected procedure, once its parameters are stated"),
        ),
        Binding(
            "r",
            "state('rehearse')",
            tr_later("Rehearse"),
            id="procedure.rehearse",
            tooltip=tr_later("Fly the selected procedure on simulators, before it radiates"),
        ),
    ]

    class Rehearses(Message):
        """A rehearsal is to be flown here; `then` hears how it ended, on the console's thread."""

        def __init__(self, stated: Stated, pane: ProceduresPane) -> None:
            super().__init__()
            self.stated, self.pane = stated, pane

    def __init__(self) -> None:
        super().__init__()
        self._list = RenewedAnswer(
            self, "procedure_list", lambda picture: picture.procedures, self._draw
        )
        self._run_asked_at = float("-inf")
        self._is_asking_run = False
        self._page: RunScreen | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="procedures-summary")
        yield RowsTable(
            *(
                tr_later("State"),
                tr_later("Run"),
                tr_later("Craft"),
                tr_later("Step"),
                Phrase(tr_later("Since"), right=True),
                tr_later("By"),
            ),
            id="runs-table",
            stretch=3,
            if_roomy=(5,),
        )
        yield RowsTable(
            *(
                tr_later("Procedure"),
                tr_later("For"),
                tr_later("Version"),
                tr_later("Risk"),
                tr_later("Rehearsal"),
                tr_later("What it is for"),
            ),
            id="procedures-table",
            stretch=5,
            if_roomy=(1, 2),
        )
        with VerticalScroll(id="procedure-about", can_focus=False):
            yield Static(id="procedure-detail")

    @staticmethod
    def badge(picture: Picture) -> str:
        waiting = waiting_runs(picture)
        return f"▲{waiting}" if waiting else ""

    @property
    def selected(self) -> Snapshot | None:
        """The procedure under the cursor."""
        key = self.query_one("#procedures-table", RowsTable).selected_key
        told = self._list.content
        known = told["procedures"] if told is not None else ()
        return next((one for one in known if one["id"] == key), None)

    @property
    def selected_run(self) -> str | None:
        """The id of the run under the cursor."""
        return self.query_one("#runs-table", RowsTable).selected_key

    def show(self, report: Report) -> None:
        self._draw()
        self._list.renew(RENEWED_EVERY_S)
        self._renew_run()

    # --- what is told --------------------------------------------------------------------------

    def _renew_run(self) -> None:
        """Ask anew for the run whose page is open, while it goes on."""
        page = self._page
        if page is None or self._is_asking_run:
            return
        is_old = time.monotonic() - self._run_asked_at > RUN_RENEWED_EVERY_S
        if page.is_over or not is_old or not self.report.link.is_live:
            page.show_report(self.report)
            return
        self._is_asking_run, self._run_asked_at = True, time.monotonic()

        def answered(answer: Answer) -> None:
            self._is_asking_run = False
            if answer.ok and self._page is page:
                page.show(answer.content, self.report)

        self.ask("procedure_show", {"run": page.run_id}, answered)

    def _draw(self) -> None:
        report = self.report
        summary = summary_of(self._list.content, self._list.told_ns, report.link)
        self.query_one("#procedures-summary", Static).update(phrase_text(summary))
        self.query_one("#runs-table", RowsTable).show(
            [
                Row(row.id, (row.state, row.id, row.craft, row.step, row.since, row.by))
                for row in run_rows(self._list.content, report.picture)
            ]
        )
        self.query_one("#procedures-table", RowsTable).show(
            [
                Row(row.id, (row.id, row.craft, row.version, row.risk, row.rehearsal, row.title))
                for row in procedure_rows(self._list.content)
            ]
        )
        self._draw_detail()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        if event.data_table.id == "procedures-table":
            self._draw_detail()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        if event.data_table.id == "runs-table":
            self.action_open_run()
        elif self.check_action("state", ("start",)):
            self.action_state("start")

    def _draw_detail(self) -> None:
        self.query_one("#procedure-detail", Static).update(_detail(self.selected))

    # --- what one may do -----------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a role may not do is not offered."""
        if action == "state":
            return self.NEEDS[f"state('{parameters[0]}')"] in self.report.picture.may
        return super().check_action(action, parameters)

    def action_open_run(self) -> None:
        run = self.selected_run
        if run is None:
            self.app.notify(tr("no run to open"))
        else:
            self._open(run)

    def _open(self, run: str) -> None:
        def answered(answer: Answer) -> None:
            if not answer.ok:
                self.app.notify(answer.trouble, severity="error", markup=False)
                return
            self._page = RunScreen(answer.content, self.report, self.ask)
            self._run_asked_at = time.monotonic()
            self.app.push_screen(self._page, self._page_closed)

        self.ask("procedure_show", {"run": run}, answered)

    def _page_closed(self, _: None) -> None:
        self._page = None
        self._list.renew(RENEWED_EVERY_S, at_once=True)

    def action_state(self, purpose: Purpose) -> None:
        procedure = self.selected
        if procedure is None:
            return
        if not self.report.link.is_live:
            self.app.notify(tr("the feed is lost: nothing can be sent"), severity="error")
        elif procedure["findings"]:
            text = "\n".join(procedure["findings"])
            self.app.notify(text, title=tr("It is not sound"), severity="error", markup=False)
        else:
            form = ProcedureFormScreen(procedure, purpose)
            then = self._start_run if purpose == "start" else self._rehearse
            self.app.push_screen(form, then)

    def _start_run(self, stated: Stated | None) -> None:
        if stated is None:
            return

        def answered(answer: Answer) -> None:
            self.tell_outcome(answer, tr("started: {procedure}", procedure=stated.procedure))
            self._list.renew(RENEWED_EVERY_S, at_once=True)
            if answer.ok:
                self._open(str(answer.content["run"]))

        asked = {
            "procedure": stated.procedure,
            "spacecraft": stated.spacecraft,
            "parameters": stated.parameters,
        }
        self.ask("procedure_start", asked, answered)

    def _rehearse(self, stated: Stated | None) -> None:
        if stated is not None:
            self.post_message(self.Rehearses(stated, self))

    def take_rehearsed(self, one: Rehearsed) -> None:
        """A rehearsal that was begun here has ended; the desks tell its verdict."""
        if one.ok:
            self.app.notify(one.procedure, title=tr("Rehearsal passed"), markup=False)
        else:
            text = f"{one.procedure}\n{one.said}"
            title = tr("Rehearsal NOT passed")
            self.app.notify(text, title=title, severity="error", timeout=20, markup=False)
        self._list.renew(RENEWED_EVERY_S, at_once=True)


def _detail(one: Snapshot | None) -> RenderableType:
    if one is None:
        return Text(tr("No procedure here."), GREY)
    head = Text(no_wrap=True, overflow="ellipsis")
    head.append(one["title"], "bold").append(
        tr("  version {version}", version=one["version"]), GREY
    )
    parts: list[RenderableType] = [head]
    parts += (Text(f"✖ {finding}", TONE_COLOURS["bad"]) for finding in one["findings"])
    parts += map(phrase_text, standing_lines(one))
    if one["hazardous"]:
        names = ", ".join(one["hazardous"])
        parts.append(
            Text(tr("▲ commands for two people: {names}", names=names), TONE_COLOURS["caution"])
        )
    if one["purpose"]:
        parts.append(Text(one["purpose"], GREY))
    return Group(*parts)
