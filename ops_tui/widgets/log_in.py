"""Asks who sits here, before anything is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import DescendantFocus
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer
from ops_tui.widgets.key_bar import KeyBar

#: asks the desks; who answers is heard on the console's own thread
Ask = Callable[[str, Mapping[str, Any], Callable[[Answer], None]], None]


class LogInScreen(ModalScreen[str | None]):
    """Ends with the token of a session, or with None if whoever sits here leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            tr_later("Next field"),
            id="log_in.next",
            tooltip=tr_later("Go to the next field; Shift+Tab goes back"),
        ),
        Binding(
            "escape",
            "leave",
            tr_later("Leave"),
            id="log_in.leave",
            tooltip=tr_later("Close the console"),
        ),
    ]

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._is_asking = False

    def compose(self) -> ComposeResult:
        with Vertical(id="log-in-box", classes="dialogue") as box:
            box.border_title = tr("Log in")
            yield Static(tr("name"), classes="log-in-name")
            yield Input(id="log-in-name", compact=True)
            yield Static(tr("password"), classes="log-in-name")
            yield Input(id="log-in-password", compact=True, password=True)
            yield Label(id="log-in-enter", markup=False)
            yield Label(id="log-in-trouble", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#log-in-name", Input).focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        action = tr("go on") if event.widget.id == "log-in-name" else tr("log in")
        self.query_one("#log-in-enter", Label).update(tr("Enter: {action}", action=action))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        name, password = (self.query_one(f"#log-in-{one}", Input) for one in ("name", "password"))
        if event.input is name:
            password.focus()
        elif not self._is_asking:
            self._is_asking = True
            asked = {"name": name.value.strip(), "password": password.value}
            password.value = ""
            self._ask("log_in", asked, self._answered)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _answered(self, answer: Answer) -> None:
        self._is_asking = False
        if answer.ok:
            self.dismiss(str(answer.content["token"]))
        elif self.is_mounted:
            self.query_one("#log-in-trouble", Label).update(f"✖ {answer.trouble}")
