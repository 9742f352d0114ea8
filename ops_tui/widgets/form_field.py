"""One line of a form: a name, what is typed, and what may be typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from groundsys.locales import tr_later


class ChoiceInput(Input):
    """An input whose up and down keys run through the values that it may have, if it has such."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "submit",
            tr_later("Go on"),
            id="field.go_on",
            tooltip=tr_later("Show what it brings about, and ask whether to do it"),
        ),
        Binding(
            "up",
            "choose(-1)",
            tr_later("Other value"),
            id="field.previous",
            show=False,
            tooltip=tr_later("The value before, where a field has a few; else the field above"),
        ),
        Binding(
            "down",
            "choose(1)",
            tr_later("Other value"),
            id="field.next",
            show=False,
            tooltip=tr_later("The next value, where a field has a few; else the next field"),
        ),
    ]

    def __init__(self, values: Sequence[str], value: str, *, id: str) -> None:
        super().__init__(value, id=id, compact=True, select_on_focus=False)
        self._values = tuple(values)

    def action_choose(self, step: int) -> None:
        if not self._values:
            (self.screen.focus_next if step > 0 else self.screen.focus_previous)()
            return
        if self.value in self._values:
            place = (self._values.index(self.value) + step) % len(self._values)
        else:
            place = 0 if step > 0 else -1
        self.value = self._values[place]
        self.cursor_position = len(self.value)


class FormField(Horizontal):
    """A named input; `hint` says what it takes.  One without a hint takes all the room.

    Without a `label` its name stands before it.
    """

    def __init__(
        self,
        name: str,
        hint: str,
        values: Sequence[str] = (),
        value: str = "",
        label: str = "",
    ) -> None:
        super().__init__(classes="form-field")
        self._label = label or name.replace("_", " ")
        self._field, self._hint, self._values, self._value = name, hint, values, value

    @property
    def field(self) -> str:
        return self._field

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value.strip()

    def compose(self) -> ComposeResult:
        yield Static(self._label, classes="form-name", markup=False)
        yield ChoiceInput(self._values, self._value, id=f"field-{self._field}")
        if self._hint:
            hint = f"↑↓ {self._hint}" if self._values else self._hint
            yield Static(hint, classes="form-hint", markup=False)
        self.set_class(not self._hint, "-wide")
