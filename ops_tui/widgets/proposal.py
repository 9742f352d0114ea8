"""What a change of the plan would do, before anybody does it."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from groundsys.locales import tr, tr_later
from ops_tui.theme import GREY
from ops_tui.views.plan_changes import ProposalView
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text, tone_style


class ProposalScreen(ModalScreen[str | None]):
    """Ends with the reason (it may be empty) for a change that is wanted, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            tr_later("Leave it"),
            id="proposal.cancel",
            tooltip=tr_later("Close; nothing changes"),
        ),
        Binding(
            "down,pagedown",
            "scroll(1)",
            tr_later("More"),
            id="proposal.down",
            priority=True,
            key_display="↓",
            tooltip=tr_later("The rest of what would change"),
        ),
        Binding(
            "up,pageup",
            "scroll(-1)",
            tr_later("Back"),
            id="proposal.up",
            priority=True,
            key_display="↑",
            tooltip=tr_later("Back to the beginning of what would change"),
        ),
    ]

    def __init__(self, title: str, view: ProposalView) -> None:
        super().__init__()
        self._title, self._view = title, view

    def compose(self) -> ComposeResult:
        with Vertical(id="proposal-box") as box:
            box.border_title = self._title
            yield Static(_head(self._view), id="proposal-head")
            with VerticalScroll(id="proposal-body", can_focus=False):
                yield Static(_body(self._view))
            yield Label("", id="proposal-stale", markup=False)
            yield Input(
                placeholder=tr("reason, then Enter: do it"), id="proposal-reason", compact=True
            )
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#proposal-stale").display = False
        self.query_one(Input).focus()

    def tell(self, version: int | None) -> None:
        """The plan that is flown now; another one than this proposal rests on makes it void."""
        is_void = version is not None and version != self._view.version
        label = self.query_one("#proposal-stale", Label)
        label.display = is_void
        if is_void:
            label.update(
                tr(
                    "✖ The plan is version {version} now, "
                    "this was made for {before}: it will be refused.",
                    version=version,
                    before=self._view.version,
                )
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_scroll(self, pages: int) -> None:
        body = self.query_one("#proposal-body", VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)

    def action_cancel(self) -> None:
        self.dismiss(None)


def _head(view: ProposalView) -> Text:
    text = Text.assemble((tr("affected "), GREY), phrase_text(view.affected, bold=True))
    text.no_wrap, text.overflow = False, "fold"
    return text


def _body(view: ProposalView) -> RenderableType:
    parts: list[RenderableType] = []
    if view.contacts:
        contacts = _table("", tr("Contact"), tr("Craft"), tr("Before"), tr("After"))
        for row in view.contacts:
            contacts.add_row(phrase_text(row.kind), row.id, row.craft, row.before, row.after)
        parts.append(contacts)
    else:
        parts.append(Text(tr("No pass and no relay session would change."), GREY))
    if view.customers:
        customers = _table(tr("Customer"), tr("Home by plan"), tr("Latency in the mean"))
        for one in view.customers:
            customers.add_row(one.customer, phrase_text(one.volume), phrase_text(one.latency))
        parts += [Text(""), customers]
    for note in view.notes:
        parts.append(Text(f"▲ {note}", tone_style("caution")))
    for short in view.shortfalls:
        parts.append(Text(tr("▲ not met: {short}", short=short), tone_style("caution")))
    return Group(*parts)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=GREY)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number == 0, overflow="fold")
    return table
