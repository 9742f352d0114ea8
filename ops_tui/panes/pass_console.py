"""The pass under way: timeline, signal, what came home, and what waits to go up."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.pass_console import PassView, pass_view, watched_ids
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: columns of a terminal from which steps and figures have room to spare
_ROOMY_FROM = 120
_STEPS_WIDTH = 38


class PassConsolePane(ConsolePane):
    """One pass of those under way, in all detail."""

    NAME = "pass"
    TITLE = SHORT_TITLE = tr_later("Pass")
    PURPOSE = tr_later("The pass under way: acquisition, signal, what came home, uplink queue")
    FOCUS = "#queue-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "other(1)", tr_later("Next pass"), id="pass.next",
                key_display="]", tooltip=tr_later("The next of the passes under way")),
        Binding("left_square_bracket", "other(-1)", tr_later("Previous"), id="pass.previous",
                key_display="[", tooltip=tr_later("The one before of the passes under way")),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        #: the pass that the operator chose, or None: the foremost
        self._chosen: str | None = None

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({"pass_watch"})

    def compose(self) -> ComposeResult:
        yield Static(id="pass-head")
        yield Static(id="pass-figures")
        yield Static(id="queue-line")
        yield RowsTable(
            tr_later("Earliest"),
            tr_later("Craft"),
            tr_later("Command"),
            tr_later("State"),
            tr_later("Id"),
            id="queue-table",
            stretch=2,
        )

    def show(self, report: Report) -> None:
        view = pass_view(report.picture, report.link, self._chosen)
        table = self.query_one("#queue-table", RowsTable)
        if view is None:
            self.query_one("#pass-head", Static).update(_none(report))
            self.query_one("#pass-figures", Static).update("")
            self.query_one("#queue-line", Static).update("")
            table.show([])
            return
        is_roomy = self.app.size.width >= _ROOMY_FROM
        self.query_one("#pass-head", Static).update(_head(view))
        self.query_one("#pass-figures", Static).update(_figures(view, is_roomy=is_roomy))
        queue = Text.assemble((tr("uplink queue "), GREY), view.queue_head)
        self.query_one("#queue-line", Static).update(queue)
        table.show(
            [Row(one.id, (one.earliest, one.craft, one.name, one.state, one.id))
             for one in view.queue]
        )  # fmt: skip

    def on_resize(self, _: Resize) -> None:
        self.show(self.report)

    def action_other(self, steps: int) -> None:
        ids = watched_ids(self.report.picture)
        view = pass_view(self.report.picture, self.report.link, self._chosen)
        if view is not None:
            self._chosen = ids[(ids.index(view.id) + steps) % len(ids)]
            self.show(self.report)


def _none(report: Report) -> Text:
    told = "pass_watch" in report.picture.snapshots
    return Text(tr("No pass is planned.") if told else tr("Nothing heard of passes yet."), GREY)


def _head(view: PassView) -> Text:
    text = Text.assemble(
        *((view.title, "bold"), "  ", phrase_text(view.state, bold=True), "  "),
        *(phrase_text(view.time), (f"  {view.place}", GREY)),
    )
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _figures(view: PassView, *, is_roomy: bool) -> Table:
    both = Table.grid(padding=(0, 6 if is_roomy else 1, 0, 0))
    both.add_column(no_wrap=True, min_width=_STEPS_WIDTH)
    both.add_column(no_wrap=True)
    both.add_row(_steps(view), _facts(view))
    return both


def _steps(view: PassView) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    for width in (10, 8, 18):
        table.add_column(no_wrap=True, min_width=width)
    table.add_row(Text(tr("Step"), GREY), Text(tr("Planned"), GREY), Text(tr("Actual"), GREY))
    for step in view.steps:
        table.add_row(step.name, step.planned, phrase_text(step.actual))
    return table


def _facts(view: PassView) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, style=GREY, min_width=9)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for label, phrase in view.figures:
        table.add_row(label, phrase_text(phrase))
    table.add_row(tr("predicted"), _curve(view))
    return table


def _curve(view: PassView) -> Text:
    """The margin that is predicted over the pass; the clock's place stands out."""
    text = Text(view.margin_curve, TONE_COLOURS["quiet"])
    if view.now_column is not None:
        text.stylize(f"bold {TONE_COLOURS['active']}", view.now_column, view.now_column + 1)
    return text
