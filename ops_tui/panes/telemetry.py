"""Telemetry: parameters by page, subsystem or search, with limits and age, and their history."""

from __future__ import annotations

import time
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Input, Static, Tree

from groundsys.locales import tr, tr_later
from groundsys.telemetry.live_values import topic_of
from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import CraftTelemetry, Snapshot
from ops_tui.theme import GREY
from ops_tui.views.catalogue import (
    Catalogue,
    Shown,
    group_shown,
    page_shown,
    read_catalogue,
    search_shown,
)
from ops_tui.views.history import SPANS_S, USUAL_SPAN, history_view
from ops_tui.views.phrases import Phrase
from ops_tui.views.telemetry import SPARK_COLUMNS, detail_text, situation, value_row
from ops_tui.widgets.history_plot import HistoryPlot
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.telemetry_tree import Place, TelemetryTree
from ops_tui.widgets.values_table import Column, ValuesTable

#: columns from which the tree stands beside the values, and lines from which the plot is shown
_TREE_FROM = 120
_PLOT_FROM = 32
#: a history is asked for anew when it has grown by this share of its span, at most so often
_GROWN = 0.02
_ASK_AGAIN_S = 5.0
#: one a column of the plot, and not fewer than this
_FEWEST_POINTS = 60


class TelemetryPane(ConsolePane):
    """The tree, the values of the place chosen in it, and the history of one of them."""

    NAME = "telemetry"
    TITLE = tr_later("Telemetry")
    SHORT_TITLE = tr_later("TM")
    PURPOSE = tr_later("Parameters with limits, age and history")
    FOCUS = "#values-table"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search", tr_later("Search"), id="telemetry.search", key_display="/",
            tooltip=tr_later("Search craft, names and descriptions"),
        ),
        Binding(
            "t", "choose", tr_later("Tree"), id="telemetry.choose",
            tooltip=tr_later("Choose a page or subsystem in the tree"),
        ),
        Binding(
            "right_square_bracket", "step_craft(1)", tr_later("Craft"), id="telemetry.next",
            key_display="]", tooltip=tr_later("The same of the next craft; [ of the one before"),
        ),
        Binding(
            "left_square_bracket", "step_craft(-1)", tr_later("Craft before"),
            id="telemetry.before", key_display="[", show=False,
            tooltip=tr_later("The same of the craft before"),
        ),
        Binding(
            "p", "plot", tr_later("Plot"), id="telemetry.plot",
            tooltip=tr_later("Plot what is under the cursor, or not"),
        ),
        Binding(
            "plus,equals_sign", "span(1)", tr_later("Span"), id="telemetry.longer", key_display="+",
            tooltip=tr_later("Plot a longer span; - a shorter one"),
        ),
        Binding(
            "minus", "span(-1)", tr_later("Shorter"), id="telemetry.shorter", key_display="-",
            show=False, tooltip=tr_later("Plot a shorter span"),
        ),
        Binding(
            "escape", "leave", tr_later("Back"), id="telemetry.leave", show=False,
            tooltip=tr_later("Leave the search or the tree"),
        ),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._catalogue = Catalogue()
        self._trouble = ""
        self._is_asked = self._was_live = False
        self._place: Place | None = None
        self._shown = Shown()
        self._plotted: tuple[str, str] | None = None
        self._wants_plot: bool | None = None
        self._span = USUAL_SPAN
        self._history: Snapshot | None = None
        self._history_trouble = ""
        self._asked_at = float("-inf")

    def compose(self) -> ComposeResult:
        yield Input(placeholder=tr("craft, name or description, then Enter"), id="telemetry-search")
        with Horizontal(id="telemetry-body"):
            yield TelemetryTree(id="telemetry-tree")
            with Vertical(id="telemetry-main"):
                yield Static(id="telemetry-heading")
                yield ValuesTable(id="values-table")
                yield Static(id="telemetry-detail", markup=False)
                yield HistoryPlot(id="history-plot")

    @property
    def topics(self) -> frozenset[str]:
        """The craft whose lines are on the screen, and the one that is plotted."""
        seen = self.query_one(ValuesTable).seen
        craft = {one for one, _ in self._shown.rows[seen.start : seen.stop]}
        if self._plotted is not None and self._is_plotting:
            craft.add(self._plotted[0])
        return frozenset(map(topic_of, craft))

    def show(self, report: Report) -> None:
        if report.link.is_live and not self._was_live:
            self._is_asked = False  # it may be another ground segment
        self._was_live = report.link.is_live
        if report.link.is_live and not self._is_asked:
            self._is_asked = True
            self.ask("telemetry_parameters", {}, self._take_catalogue)
        self._show_values()
        self._show_plot()

    # --- what is shown -------------------------------------------------------------------------

    def _show_values(self) -> None:
        shown, report = self._shown, self.report
        craft = self._place.craft if self._place is not None else ""
        heading = Text.assemble((shown.title, "bold"), no_wrap=True, overflow="ellipsis")
        if shown.description:
            heading.append(f"   {shown.description}", GREY)
        told = situation(report.picture, report.link, craft)
        if told.text:
            heading = Text.assemble(phrase_text(told), "   ", heading, no_wrap=True)
        if not shown.rows:
            waiting = (
                tr("choose in the tree (t)") if self._catalogue.craft else tr("the desks are asked")
            )
            empty = self._trouble or (tr("nothing found") if shown.title else waiting)
            heading.append(f"   {empty}", GREY)
        heading.overflow = "ellipsis"
        self.query_one("#telemetry-heading", Static).update(heading, layout=False)
        table = self.query_one(ValuesTable)
        craft_width = max((len(one) for one, _ in shown.rows), default=0)
        has_many = len({one for one, _ in shown.rows}) > 1
        table.show(
            _columns(craft_width if has_many else 0),
            len(shown.rows),
            lambda number: self._line(number, has_many),
        )
        self._show_detail()

    def _show_detail(self) -> None:
        number = self.query_one(ValuesTable).cursor
        text = ""
        if number < len(self._shown.rows):
            text = detail_text(self.report.picture, self._catalogue, *self._shown.rows[number])
        self.query_one("#telemetry-detail", Static).update(text, layout=False)

    def _line(self, number: int, has_many: bool) -> tuple[Phrase, ...]:
        craft, name = self._shown.rows[number]
        row = value_row(
            *(self.report.picture, self.report.link, self._catalogue, craft, name),
            with_recent=name not in self._shown.plain,
        )
        is_plotted = self._is_plotting and self._plotted == (craft, name)
        called = Phrase(f"{'∿ ' if is_plotted else ''}{name}", "active" if is_plotted else "plain")
        if has_many:
            return (Phrase(craft), called, row.value, row.limit, row.age)
        return (called, row.value, row.limit, row.age, row.recent)

    def _show_plot(self) -> None:
        plot = self.query_one(HistoryPlot)
        plot.display = self._is_plotting
        if not self._is_plotting or self._plotted is None:
            return
        craft, name = self._plotted
        parameter = self._catalogue.parameter(craft, name)
        if parameter is None:
            return
        self._ask_history()
        known = self.report.picture.telemetry.get(craft, CraftTelemetry())
        recent = known.recent.get(name, ())
        plot.show(history_view(craft, parameter, self._history, recent, self._history_trouble))

    @property
    def _is_plotting(self) -> bool:
        if self._plotted is None:
            return False
        is_high = self.app.size.height >= _PLOT_FROM
        return is_high if self._wants_plot is None else self._wants_plot

    # --- what is asked -------------------------------------------------------------------------

    def _take_catalogue(self, answer: Answer) -> None:
        if not answer.ok:
            self._trouble = answer.trouble.partition("\n")[0]
            self._show_values()
            return
        self._trouble = ""
        catalogue = read_catalogue(answer.content)
        if catalogue == self._catalogue and self._place is not None:
            return  # the same ground segment: what is open in the tree stays so
        self._catalogue = catalogue
        self.query_one(TelemetryTree).show(self._catalogue)
        if self._place is None or self._place.craft not in {"", *self._catalogue.craft}:
            self._open(self._first_place())
        else:
            self._open(self._place)

    def _first_place(self) -> Place:
        pages, craft = self._catalogue.pages, sorted(self._catalogue.craft)
        if pages and pages[0].is_of_fleet:
            return Place("", pages[0].id)
        if not craft:
            return Place("")
        groups = self._catalogue.craft[craft[0]].groups
        return Place(craft[0], pages[0].id) if pages else Place(craft[0], group=groups[0].name)

    def _open(self, place: Place) -> None:
        """Show the page or group at a place of the tree."""
        self._place = place
        page = self._catalogue.page(place.page)
        if page is not None:
            self._show_rows(page_shown(self._catalogue, page, place.craft))
        else:
            self._show_rows(group_shown(self._catalogue, place.craft, place.group))

    def _show_rows(self, shown: Shown) -> None:
        self._shown = shown
        if shown.plots and self._plotted not in shown.plots:
            self._plot(shown.plots[0])
        elif self._plotted not in shown.rows:
            self._plotted = None
        self._show_values()
        self._show_plot()
        self.query_one(ValuesTable).go_to(0)
        self._follow()

    def _plot(self, what: tuple[str, str]) -> None:
        self._plotted = what
        self._forget_history()

    def _forget_history(self) -> None:
        self._history, self._history_trouble = None, ""
        self._asked_at = float("-inf")

    def _ask_history(self) -> None:
        """Ask for the history if there is none yet, or it has become an old one."""
        now, moment = self.report.picture.now, time.monotonic()
        if now is None or not self.report.link.is_live or self._plotted is None:
            return
        span_s = SPANS_S[self._span]
        if moment - self._asked_at < _ASK_AGAIN_S:
            return
        if self._history is not None:
            grown_s = (now.tai_ns - self._history["until_ns"]) / NANOSECONDS_PER_SECOND
            if grown_s < _GROWN * span_s:
                return
        self._asked_at = moment
        craft, name = what = self._plotted
        asked = {
            "spacecraft": craft,
            "parameter": name,
            "from_ns": now.plus_seconds(-span_s).tai_ns,
            "until_ns": now.tai_ns,
            "points": max(_FEWEST_POINTS, self.query_one(HistoryPlot).size.width),
        }

        def take(answer: Answer) -> None:
            if what != self._plotted or span_s != SPANS_S[self._span]:
                return  # something else has been chosen meanwhile
            self._history = answer.content if answer.ok else self._history
            self._history_trouble = "" if answer.ok else answer.trouble.partition("\n")[0]
            self.call_after_refresh(self._show_plot)  # what the key has brought is seen first

        self.ask("telemetry_history", asked, take)

    def _follow(self) -> None:
        """Be told of the craft that are on the screen, and of no others."""
        self.post_message(self.Wants())

    # --- what keys and mouse do ----------------------------------------------------------------

    def action_search(self) -> None:
        search = self.query_one("#telemetry-search", Input)
        search.display = True
        search.focus()

    def action_choose(self) -> None:
        self.add_class("-choosing")
        tree = self.query_one(TelemetryTree)
        tree.stand_at(self._place)
        tree.focus()

    def action_leave(self) -> None:
        search = self.query_one("#telemetry-search", Input)
        self.remove_class("-choosing")
        if search.display:
            search.display = False
            search.value = ""
            if self._place is not None:
                self._open(self._place)
        self.query_one(ValuesTable).focus()

    def action_step_craft(self, step: int) -> None:
        """The same page or group of another craft, if that has it."""
        all_craft = sorted(self._catalogue.craft)
        if self._place is None or not self._place.craft:
            return
        at = all_craft.index(self._place.craft)
        place = self._place
        self._open(Place(all_craft[(at + step) % len(all_craft)], place.page, place.group))

    def action_plot(self) -> None:
        if not self._shown.rows:
            return
        under = self._shown.rows[self.query_one(ValuesTable).cursor]
        if self._is_plotting and under == self._plotted:
            self._wants_plot = False
        elif self._can_be_plotted(under):
            if under != self._plotted:
                self._plot(under)
            self._wants_plot = True
        self._show_plot()
        self._show_values()
        self._follow()

    def action_span(self, step: int) -> None:
        span = max(0, min(self._span + step, len(SPANS_S) - 1))
        if span != self._span:
            self._span = span
            self._forget_history()
            self._show_plot()

    def _can_be_plotted(self, what: tuple[str, str]) -> bool:
        parameter = self._catalogue.parameter(*what)
        if parameter is not None and parameter.kind == "number":
            return True
        self.app.notify(
            tr("{value} is no number, so there is nothing to plot", value=what[1]), markup=False
        )
        return False

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.display and event.value.strip():
            self._show_rows(search_shown(self._catalogue, event.value))

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.query_one(ValuesTable).focus()

    def on_tree_node_selected(self, event: Tree.NodeSelected[Place]) -> None:
        if event.node.data is not None:
            self.remove_class("-choosing")
            self._open(event.node.data)
            self.query_one(ValuesTable).focus()

    def on_values_table_chosen(self, _: ValuesTable.Chosen) -> None:
        self.action_plot()

    def on_values_table_seen(self, _: ValuesTable.Seen) -> None:
        self._show_detail()
        self._follow()

    def on_resize(self, _: Resize) -> None:
        self.set_class(self.app.size.width < _TREE_FROM, "-narrow")
        self._show_plot()


def _columns(craft_width: int) -> tuple[Column, ...]:
    """With a column of craft, unless there is but one (width 0): then there is room for lately."""
    return (
        *([Column(tr_later("Craft"), craft_width)] if craft_width else ()),
        Column(tr_later("Parameter"), 0),
        Column(tr_later("Value"), 14, right=True),
        Column(tr_later("Limit"), 10),
        Column(tr_later("Age"), 18),
        *(() if craft_width else [Column(tr_later("Lately"), SPARK_COLUMNS)]),
    )
