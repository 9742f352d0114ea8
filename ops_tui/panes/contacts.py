"""Contacts: stations by time, each pass and session as a row, and changes of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import DataTable, Static

from groundsys.locales import time_zone, tr, tr_later
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Picture, Snapshot
from ops_tui.theme import GREY
from ops_tui.views.contacts import (
    ContactRow,
    Window,
    contact,
    contact_rows,
    current_row,
    obstacles,
    plan_line,
)
from ops_tui.views.fields import Field
from ops_tui.views.phrases import Phrase, utc_minute_text
from ops_tui.views.plan_changes import ContactDetail, contact_detail, proposal_view
from ops_tui.views.spans import instant_of
from ops_tui.widgets.contact_chart import ContactChart
from ops_tui.widgets.form import FormScreen
from ops_tui.widgets.obstacles import ObstaclesScreen
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.proposal import ProposalScreen
from ops_tui.widgets.rows_table import Columns, Row, RowsTable

#: columns of a terminal from which a row has room for everything
ALL_FROM = 120

_ENTER = tr_later("look at what would change")
#: of a contact that is booked anew, unless the operator says otherwise
_BOOKED_MINUTES = 60


class ContactsPane(ConsolePane):
    """The chart, the plan in a line, every contact of the chart's time, and the selected one."""

    NAME = "contacts"
    TITLE, SHORT_TITLE = tr_later("Contacts"), tr_later("Plan")
    PURPOSE = tr_later("Passes and relay sessions, what they carry, and changes of the plan")
    FOCUS = "#contacts-table"
    NEEDS: ClassVar[Mapping[str, str]] = {
        "book": "change_plan",
        "shift": "change_plan",
        "cancel": "change_plan",
        "replan": "change_plan",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "book", tr_later("Book"), id="contacts.book",
                tooltip=tr_later("Book a contact: see first what it would change")),
        Binding("s", "shift", tr_later("Shift"), id="contacts.shift",
                tooltip=tr_later("Move the selected pass to another time or antenna")),
        Binding("c", "cancel", tr_later("Cancel"), id="contacts.cancel",
                tooltip=tr_later("Give the selected pass up: see first who is affected")),
        Binding("r", "replan", tr_later("Replan"), id="contacts.replan",
                tooltip=tr_later("Make the plan again for what is known now")),
        Binding("w", "why", tr_later("Why"), id="contacts.why",
                tooltip=tr_later("Conflicts, closures, weather, and what the plan could not meet")),
        Binding("left", "move(-1)", tr_later("Earlier"), id="contacts.earlier", priority=True,
                key_display="←", show=False, tooltip=tr_later("An earlier time")),
        Binding("right", "move(1)", tr_later("Later"), id="contacts.later", priority=True,
                key_display="→", show=False, tooltip=tr_later("A later time")),
        Binding("plus,equals_sign", "zoom(-1)", tr_later("Zoom"), id="contacts.nearer",
                key_display="+", show=False, tooltip=tr_later("A shorter time, in more detail")),
        Binding("minus", "zoom(1)", tr_later("Wide"), id="contacts.farther",
                key_display="-", show=False, tooltip=tr_later("A longer time")),
        Binding("n", "now", tr_later("Now"), id="contacts.now", show=False,
                tooltip=tr_later("Back to the mission clock")),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._time = Window()
        self._detail: ContactDetail | None = None
        #: of which contact, as it was then, the desks have been asked for the detail
        self._asked_for: tuple[Any, ...] = ()
        self._has_selected = False
        self._proposal: ProposalScreen | None = None
        #: the change about which the desks are being asked
        self._asking = ""

    def compose(self) -> ComposeResult:
        yield ContactChart(id="chart")
        yield Static(id="plan-line")
        yield RowsTable(
            *_columns(False).headings, id="contacts-table", stretch=_columns(False).stretch
        )
        yield Static(id="contact-detail")

    def show(self, report: Report) -> None:
        picture = report.picture
        is_wide = self.app.size.width >= ALL_FROM
        cells = _wide_cells if is_wide else _narrow_cells
        table = self.query_one("#contacts-table", RowsTable)
        rows = [Row(row.id, cells(row)) for row in contact_rows(picture, self._time)]
        table.show(rows, _columns(is_wide))
        current = current_row(picture)
        if not self._has_selected and current is not None:
            self._has_selected = True
            table.select(current)
        self._show_plan_line()
        self._show_selected()
        if self._proposal is not None and self._proposal.is_mounted:
            self._proposal.tell(picture.plan.get("version"))

    def _show_plan_line(self) -> None:
        text = Text(tr("asking what would change: {asking} …", asking=self._asking), "bold")
        if not self._asking:
            text = _plan_text(self.report.picture, self._time)
        self.query_one("#plan-line", Static).update(text)

    def on_resize(self, _: Resize) -> None:
        self.show(self.report)

    def on_data_table_row_highlighted(self, _: DataTable.RowHighlighted) -> None:
        self._show_selected()

    # --- what is looked at ---------------------------------------------------------------------

    @property
    def _selected(self) -> Snapshot | None:
        key = self.query_one("#contacts-table", RowsTable).selected_key
        return contact(self.report.picture, key)

    def _show_selected(self) -> None:
        picture, selected = self.report.picture, self._selected
        key = None if selected is None else str(selected["id"])
        self.query_one(ContactChart).show(picture, self._time, key)
        version = picture.plan.get("version")
        wanted = () if selected is None else (key, selected.get("state"), version)
        if wanted != self._asked_for:
            self._asked_for = wanted
            if self._detail is not None and self._detail.id != key:
                self._detail = None
            if selected is not None and self.report.link.is_live:
                self._ask_for_detail(str(key), wanted)
            elif selected is not None:
                self._asked_for = ()  # asked again once the feed is back
        self.query_one("#contact-detail", Static).update(_detail_text(self._detail, key))

    def _ask_for_detail(self, id: str, wanted: tuple[Any, ...]) -> None:
        def told(answer: Answer) -> None:
            if wanted == self._asked_for and answer.ok:
                self._detail = contact_detail(answer.content)
                self.query_one("#contact-detail", Static).update(_detail_text(self._detail, id))

        self.ask("contact_show", {"contact": id}, told)

    def action_move(self, steps: int) -> None:
        self._look(self._time.moved(steps))

    def action_zoom(self, steps: int) -> None:
        self._look(self._time.zoomed(steps))

    def action_now(self) -> None:
        self._look(Window(self._time.span))
        current = current_row(self.report.picture)
        if current is not None:
            self.query_one("#contacts-table", RowsTable).select(current)

    def _look(self, window: Window) -> None:
        self._time = window
        self.show(self.report)

    def action_why(self) -> None:
        title = tr(
            "Plan {version}: what is in its way",
            version=self.report.picture.plan.get("version", ""),
        )
        self.app.push_screen(ObstaclesScreen(title, obstacles(self.report.picture)))

    # --- what is changed -----------------------------------------------------------------------

    def action_replan(self) -> None:
        self._propose("Replan", {"change": "make"})

    def action_cancel(self) -> None:
        chosen = self._chosen_pass()
        if chosen is not None:
            asked = {"change": "cancel", "pass_id": chosen["id"]}
            self._propose(tr("Cancel {id}", id=chosen["id"]), asked)

    def action_shift(self) -> None:
        chosen = self._chosen_pass()
        if chosen is None:
            return

        def send(asked: dict[str, Any] | None) -> None:
            if asked is not None:
                self._propose(tr("Shift {id}", id=chosen["id"]), asked)

        def check(values: Mapping[str, str]) -> dict[str, Any]:
            asked = {"change": "shift", "pass_id": chosen["id"], "antenna": values["antenna"]}
            return {**asked, "start_ns": instant_of(values["start"]).tai_ns}

        fields = (
            Field(
                "start",
                tr("begins"),
                utc_minute_text(chosen["start_ns"]),
                tr("YYYY-MM-DD HH:MM UTC"),
            ),
            Field("antenna", tr("antenna"), str(chosen["antenna"]), tr("its name")),
        )
        purpose = tr(
            "{id} of {spacecraft}, as long as before; UTC.",
            id=chosen["id"],
            spacecraft=chosen["spacecraft"],
        )
        form = FormScreen(tr("Shift a pass"), [purpose], fields, check, tr(_ENTER))
        self.app.push_screen(form, send)

    def action_book(self) -> None:
        now = self.report.picture.now
        if now is None:
            return
        selected = self._selected or {}
        start = Instant(max(now.tai_ns, int(selected.get("end_ns", now.tai_ns))))

        def send(need: dict[str, Any] | None) -> None:
            if need is not None:
                self._propose(tr("Book {id}", id=need["id"]), {"change": "book", "need": need})

        fields = (
            Field("craft", tr("craft"), _speaker(selected), tr("its name")),
            Field("antenna", tr("antenna"), "", tr("any, or one by name")),
            Field("from", tr("from"), utc_minute_text(start.tai_ns), tr("YYYY-MM-DD HH:MM UTC")),
            Field("until", tr("until"), utc_minute_text((start + timedelta(hours=12)).tai_ns),
                  tr("YYYY-MM-DD HH:MM UTC")),
            Field("minutes", tr("minutes"), str(_BOOKED_MINUTES), tr("how long")),
        )  # fmt: skip
        purpose = tr("So many minutes of contact, some time between from and until; UTC.")
        form = FormScreen(tr("Book a contact"), [purpose], fields, _need, tr(_ENTER))
        self.app.push_screen(form, send)

    def _chosen_pass(self) -> Snapshot | None:
        selected = self._selected
        if selected is None:
            self.app.notify(tr("no contact is selected"))
        elif "antenna" not in selected:
            self.app.notify(tr("a relay session follows from the plan: change a pass, or replan"))
        elif selected.get("state") not in ("planned", "configuring"):
            self.app.notify(
                tr("{id} has begun: nobody changes it any more", id=selected["id"]), markup=False
            )
        else:
            return selected
        return None

    def _propose(self, title: str, asked: dict[str, Any]) -> None:
        """Ask what a change would do, show it, and have it done once it is confirmed."""

        def shown(answer: Answer) -> None:
            self._asking = ""
            self._show_plan_line()
            if not answer.ok:
                self.tell_outcome(answer, title)
                return
            view = proposal_view(answer.content)

            def confirm(reason: str | None) -> None:
                self._proposal = None
                if reason is not None:
                    self.ask("plan_confirm", {"proposal": view.token, "reason": reason}, told)

            self._proposal = ProposalScreen(title, view)
            self.app.push_screen(self._proposal, confirm)

        def told(answer: Answer) -> None:
            version = answer.content.get("version", "")
            self.tell_outcome(
                answer, tr("{title}: plan {version} is flown", title=title, version=version).strip()
            )

        if self._asking:
            self.app.notify(tr("still asking: {asking}", asking=self._asking), markup=False)
            return
        if self.report.link.is_live:
            self._asking = title
            self._show_plan_line()
        self.ask("plan_propose", asked, shown)


def _narrow_cells(row: ContactRow) -> tuple[Phrase | str, ...]:
    return (row.day, row.span, row.path, row.state, row.frames, row.volume)


def _wide_cells(row: ContactRow) -> tuple[Phrase | str, ...]:
    return (
        *(row.day, row.span, row.id, row.path, row.state, row.frames, row.volume),
        *(row.expected, row.serves),
    )


def _plan_text(picture: Picture, window: Window) -> Text:
    line = plan_line(picture)
    span = f"{window.hours} h" if window.hours < 72 else f"{window.hours // 24} d"
    if line is None:
        return Text(tr("no plan heard of yet  span {span}", span=span), GREY)
    text = Text.assemble(
        *((tr("plan "), GREY), line.version, (tr("  until "), GREY), line.until),
        *((tr("  needs "), GREY), phrase_text(line.shortfalls), "  ", phrase_text(line.obstacles)),
        *((tr("  span "), GREY), span, ("  ←→ + - n", GREY)),
    )
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _detail_text(detail: ContactDetail | None, selected: str | None) -> Text:
    if selected is None:
        return Text(tr("No contact in this time: ← → move, - widens."), GREY)
    if detail is None:
        return Text(selected, "bold")
    lines = [Text(detail.title, "bold", no_wrap=True)]
    for parts in detail.lines:
        line = Text(no_wrap=True, overflow="ellipsis")
        for label, phrase in parts:
            line.append(f"{label} ", GREY)
            line.append(phrase_text(phrase))
            line.append("  ")
        lines.append(line)
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)


def _columns(is_wide: bool) -> Columns:
    """What a row says, and in which time zone."""
    when = (tr_later("Day"), time_zone().name)
    what = (tr_later("Path"), tr_later("State"))
    came = (Phrase(tr_later("Frames"), right=True), Phrase(tr_later("Bytes"), right=True))
    if not is_wide:
        return Columns((*when, *what, *came), stretch=2)
    hoped = (Phrase(tr_later("Expected"), right=True), tr_later("Serves"))
    return Columns((*when, tr_later("Id"), *what, *came, *hoped), stretch=8)


def _speaker(selected: Snapshot) -> str:
    """The craft of the selected contact that antennas speak to."""
    return str(selected.get("relay") or selected.get("spacecraft") or "")


def _need(values: Mapping[str, str]) -> dict[str, Any]:
    """What the form asks for, as a need of contact."""
    start, end = instant_of(values["from"]), instant_of(values["until"])
    try:
        minutes = float(values["minutes"])
    except ValueError:
        raise ValueError(
            tr("{minutes!r} is no number of minutes", minutes=values["minutes"])
        ) from None
    if not values["craft"]:
        raise ValueError(tr("name the craft"))
    room_min = (end.tai_ns - start.tai_ns) / NANOSECONDS_PER_SECOND / 60.0
    if not 0.0 < minutes <= room_min:
        raise ValueError(
            tr("{minutes:g} minutes do not fit between from and until", minutes=minutes)
        )
    among = [values["antenna"]] if values["antenna"] else []
    return {
        "id": f"booking-{values['craft']}-{start.utc_iso(0)[:16].replace(':', '')}",
        "spacecraft": values["craft"],
        "kind": "track",
        "duration_s": 60.0 * minutes,
        "minimum_s": 60.0 * minutes,
        "start_ns": start.tai_ns,
        "end_ns": end.tai_ns,
        "among": among,
    }
