"""A dialogue of labelled fields, checked before it closes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from groundsys.locales import tr, tr_later
from ops_tui.widgets.key_bar import KeyBar

#: what the fields come to; raises `ValueError` with what is wrong of them
Check = Callable[[Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form: its name, what it asks for, what stands in it, and what may."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


class PlanFormScreen(ModalScreen[dict[str, Any] | None]):
    """Ends with what `check` makes of the fields, or with None if nothing is to be done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", tr_later("Cancel"), id="form.cancel",
                tooltip=tr_later("Close, and nothing is asked")),
        Binding("down", "app.focus_next", tr_later("Next"), id="form.next", priority=True,
                key_display="↓", tooltip=tr_later("The next field")),
        Binding("up", "app.focus_previous", tr_later("Previous"), id="form.previous", priority=True,
                key_display="↑", tooltip=tr_later("The field above")),
    ]  # fmt: skip

    def __init__(self, title: str, purpose: str, fields: Sequence[Field], check: Check) -> None:
        super().__init__()
        self._title, self._purpose = title, purpose
        self._fields, self._check = tuple(fields), check

    def compose(self) -> ComposeResult:
        with Vertical(id="form-box") as box:
            box.border_title = self._title
            yield Label(self._purpose, markup=False)
            for field in self._fields:
                with Horizontal(classes="form-line"):
                    yield Label(field.label, classes="form-label", markup=False)
                    yield Input(
                        field.value,
                        placeholder=field.hint,
                        id=f"field-{field.name}",
                        compact=True,
                        select_on_focus=False,
                    )
            yield Label(tr("Enter looks at what would change."), id="form-trouble", markup=False)
        yield KeyBar()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        values = {
            field.name: self.query_one(f"#field-{field.name}", Input).value.strip()
            for field in self._fields
        }
        try:
            self.dismiss(self._check(values))
        except ValueError as error:
            trouble = self.query_one("#form-trouble", Label)
            trouble.update(f"✖ {error}")
            trouble.add_class("-wrong")

    def action_cancel(self) -> None:
        self.dismiss(None)
