"""A small form: what it is about, what comes of it, and a line of text for each thing asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from groundsys.locales import tr_later
from ops_tui.widgets.key_bar import KeyBar

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for; `problem` says what is wrong with an answer, or nothing."""

    name: str
    label: str
    value: str = ""
    problem: Callable[[str], str] = lambda _: ""


class FormScreen(ModalScreen[Answers | None]):
    """Ends with the answers by name, or with None if the operator thinks better of it.

    Enter goes to the next line, and on the last one it is done; what is wrong is said below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="form.cancel",
            tooltip=tr_later("Close, nothing is done"),
        ),
    ]

    def __init__(self, title: str, lines: Sequence[str], fields: Sequence[Field]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._fields = tuple(fields)

    def compose(self) -> ComposeResult:
        with Vertical(id="form-box") as box:
            box.border_title = self._title
            for line in self._lines:
                yield Label(line, markup=False)
            for field in self._fields:
                answer = Input(field.value, id=f"form-{field.name}")
                answer.border_title = field.label
                yield answer
            yield Label("", id="form-problem", markup=False)
        yield KeyBar()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        inputs = [self.query_one(f"#form-{field.name}", Input) for field in self._fields]
        place = inputs.index(event.input)
        problem = self._fields[place].problem(event.value.strip())
        self.query_one("#form-problem", Label).update(problem)
        if problem:
            return
        if place + 1 < len(inputs):
            inputs[place + 1].focus()
            return
        answers = [one.value.strip() for one in inputs]
        for one, field, answer in zip(inputs, self._fields, answers, strict=True):
            if problem := field.problem(answer):
                self.query_one("#form-problem", Label).update(problem)
                one.focus()
                return
        names = [field.name for field in self._fields]
        self.dismiss(dict(zip(names, answers, strict=True)))

    def action_cancel(self) -> None:
        self.dismiss(None)
