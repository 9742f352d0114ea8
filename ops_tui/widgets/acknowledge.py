"""Asks for the comment that goes with an acknowledgement."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from groundsys.locales import tr, tr_later
from ops_tui.views.alarms import AlarmRow
from ops_tui.widgets.key_bar import KeyBar


class AcknowledgeScreen(ModalScreen[str | None]):
    """Ends with the comment (it may be empty), or with None if the operator thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="acknowledge.cancel",
            tooltip=tr_later("Close without acknowledging"),
        ),
    ]

    def __init__(self, alarm: AlarmRow, operator: str) -> None:
        super().__init__()
        self._alarm = alarm
        self._operator = operator

    def compose(self) -> ComposeResult:
        with Vertical(id="acknowledge-box") as box:
            box.border_title = tr("Acknowledge")
            yield Label(
                tr(
                    "{title} = {value}, since {since}",
                    title=self._alarm.title,
                    value=self._alarm.full_value,
                    since=self._alarm.since,
                ),
                markup=False,
            )
            yield Label(tr("as {operator}", operator=self._operator), markup=False)
            yield Input(placeholder=tr("comment, then Enter"), id="acknowledge-comment")
        yield KeyBar()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        self.dismiss(None)
