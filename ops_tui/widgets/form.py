"""A form: what it is about, a line for each thing asked, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label

from groundsys.locales import tr, tr_later
from ops_tui.views.fields import Field
from ops_tui.widgets.form_field import ChoiceInput, FormField
from ops_tui.widgets.key_bar import KeyBar

Answers = Mapping[str, str]
Result = TypeVar("Result")


class FormScreen(ModalScreen[Result | None]):
    """Ends with what `check` makes of the answers, or with None if nothing is to be done.

    `check` raises `ValueError` with what is wrong; that is said, and the form stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            tr_later("Next field"),
            id="form.next",
            key_display="↓",
            tooltip=tr_later("Go to the next field; ↑ or Shift+Tab goes back"),
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="form.cancel",
            tooltip=tr_later("Close, nothing is done"),
        ),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        fields: Sequence[Field],
        check: Callable[[Answers], Result],
        enter: str,
    ) -> None:
        """`enter` says what Enter does."""
        super().__init__()
        self._title, self._lines, self._fields = title, tuple(lines), tuple(fields)
        self._check, self._enter = check, enter

    def compose(self) -> ComposeResult:
        with Vertical(id="form-box") as box:
            box.border_title = self._title
            for line in self._lines:
                yield Label(line, markup=False)
            with VerticalScroll(id="form-lines", can_focus=False):
                for one in self._fields:
                    yield FormField(one.name, one.hint, one.values, one.value, one.label)
            yield Label(tr("Enter: {action}", action=self._enter), id="form-trouble", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query(ChoiceInput).first().focus()

    def on_input_submitted(self, _: ChoiceInput.Submitted) -> None:
        try:
            result = self._check({one.field: one.text for one in self.query(FormField)})
        except ValueError as error:
            self.say_trouble(str(error))
        else:
            self.take(result)

    def take(self, result: Result) -> None:
        """All is well with what was typed."""
        self.dismiss(result)

    def say_trouble(self, text: str) -> None:
        trouble = self.query_one("#form-trouble", Label)
        trouble.update(f"✖ {text}")
        trouble.add_class("-wrong")

    def action_cancel(self) -> None:
        self.dismiss(None)
