"""States what a procedure is run or rehearsed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import tr, tr_later
from ops_tui.picture import Snapshot
from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.phrases import Phrase
from ops_tui.views.procedures import parameter_fields, read_parameters, standing_lines
from ops_tui.widgets.confirm import ConfirmScreen, Question
from ops_tui.widgets.form_field import ChoiceInput, FormField
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text

Purpose = Literal["start", "rehearse"]


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated and confirmed."""

    procedure: str
    spacecraft: str
    parameters: dict[str, Any]


class ProcedureFormScreen(ModalScreen[Stated | None]):
    """Ends with what was stated, or with None; a critical procedure's name has to be typed out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "go_on",
            tr_later("Go on"),
            id="procedure.go_on",
            tooltip=tr_later("Ask whether to do it"),
        ),
        Binding(
            "tab",
            "app.focus_next",
            tr_later("Next field"),
            id="procedure.next_field",
            tooltip=tr_later("Go to the next field; Shift+Tab goes back"),
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="procedure.cancel",
            tooltip=tr_later("Close; nothing is started"),
        ),
    ]

    def __init__(self, procedure: Snapshot, purpose: Purpose) -> None:
        super().__init__()
        self._procedure, self._purpose = procedure, purpose
        self._craft = list(map(str, procedure["craft"]))
        self._fields = parameter_fields(procedure, craft=self._craft)

    @property
    def _is_dangerous(self) -> bool:
        return self._purpose == "start" and bool(self._procedure["critical"])

    def compose(self) -> ComposeResult:
        with Vertical(id="procedure-box", classes="dialogue") as box:
            verb = tr("Start") if self._purpose == "start" else tr("Rehearse")
            box.border_title = f"{verb} {self._procedure['id']}"
            box.set_class(self._is_dangerous, "-dangerous")
            yield Static(self._procedure["purpose"] or self._procedure["title"], markup=False)
            with VerticalScroll(id="procedure-fields", can_focus=False):
                for one in self._fields:
                    yield FormField(one.name, one.hint, one.values, one.default)
                if not self._fields:
                    yield Static(tr("It takes no parameters."))
        yield KeyBar()

    def on_mount(self) -> None:
        fields = self.query(ChoiceInput)
        if fields:
            fields.first().focus()

    def on_input_submitted(self, _: ChoiceInput.Submitted) -> None:
        self.action_go_on()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_go_on(self) -> None:
        texts = {one.field: one.text for one in self.query(FormField)}
        craft = texts.get("spacecraft") or (self._craft[0] if self._craft else "")
        stated = Stated(str(self._procedure["id"]), craft, read_parameters(self._procedure, texts))

        def said(reason: str | None) -> None:
            if reason is not None:
                self.dismiss(stated)

        self.app.push_screen(ConfirmScreen(self._question(stated)), said)

    def _question(self, stated: Stated) -> Question:
        name = stated.procedure
        parts: list[RenderableType] = [
            Text(tr("{name} for {spacecraft}", name=name, spacecraft=stated.spacecraft), "bold")
        ]
        parts += [Text(f"{key} = {value}") for key, value in stated.parameters.items()]
        if self._purpose == "rehearse":
            parts.append(
                Text(tr("Simulators of their own fly it on this machine; nothing radiates."), GREY)
            )
            return Question(tr("Rehearse {name}?", name=name), Group(*parts), tr("rehearse it"))
        if hazardous := self._procedure["hazardous"]:
            names = ", ".join(hazardous)
            parts.append(
                Text(
                    tr("▲ hazardous commands in it: {names}", names=names), TONE_COLOURS["caution"]
                )
            )
        if self._procedure["needs_rehearsal"]:
            parts += map(phrase_text, standing_lines(self._procedure))
        if not self._procedure["gates"]:
            caution = Phrase(tr("▲ it has no gate: nobody is asked before it commands"), "caution")
            parts.append(phrase_text(caution))
        return Question(
            tr("Start {name}?", name=name),
            Group(*parts),
            tr("start it; you run it then, and have no vote at its gates"),
            word=name if self._is_dangerous else "",
            is_dangerous=self._is_dangerous,
        )
