"""Injects a fault into a rehearsal: which, and then whom it strikes and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer
from ops_tui.picture import Snapshot
from ops_tui.views.faults import fault_fields, stated_fault
from ops_tui.widgets.command_search import Ask
from ops_tui.widgets.form import FormScreen
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.rows_table import Row, RowsTable


class FaultChoiceScreen(ModalScreen[Snapshot | None]):
    """Ends with the fault of the catalogue that was chosen, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "take",
            tr_later("Take"),
            id="faults.take",
            priority=True,
            tooltip=tr_later("State whom it strikes, and when"),
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="faults.cancel",
            tooltip=tr_later("Close, nothing is done"),
        ),
    ]

    def __init__(self, catalogue: Sequence[Snapshot]) -> None:
        super().__init__()
        self._catalogue = {str(one["fault"]): one for one in catalogue}

    def compose(self) -> ComposeResult:
        with Vertical(id="faults-box", classes="dialogue") as box:
            box.border_title = tr("Inject a fault")
            yield Static(tr("What can begin now. Everybody sees what was injected."))
            yield RowsTable(
                *(tr_later("Fault"), tr_later("What it does")),
                id="faults-choice",
                stretch=1,
                wraps=True,
            )
        yield KeyBar()

    def on_mount(self) -> None:
        table = self.query_one("#faults-choice", RowsTable)
        table.show([Row(name, (name, one["sentence"])) for name, one in self._catalogue.items()])
        table.focus()

    def action_take(self) -> None:
        chosen = self.query_one("#faults-choice", RowsTable).selected_key
        if chosen is not None:
            self.dismiss(self._catalogue[chosen])

    def action_cancel(self) -> None:
        self.dismiss(None)


class FaultFormScreen(FormScreen[dict[str, Any]]):
    """Ends once the desks have taken the fault; what they find wrong with it is said here."""

    def __init__(self, fault: Snapshot, ask: Ask) -> None:
        super().__init__(
            tr("Inject {fault}", fault=fault["fault"]),
            [
                str(fault["sentence"]),
                tr("It is written down, with its time and who injects it."),
            ],
            fault_fields(fault),
            lambda answers: stated_fault(fault, answers),
            tr("inject it"),
        )
        self._ask = ask

    def take(self, result: dict[str, Any]) -> None:
        def answered(answer: Answer) -> None:
            if not self.is_mounted:
                return
            if answer.ok:
                self.dismiss(result)
            else:
                self.say_trouble(answer.trouble)

        self._ask("fault_inject", result, answered)
