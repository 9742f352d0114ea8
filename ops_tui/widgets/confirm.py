"""Asks whether something is to be done, and shows what it brings about before it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from groundsys.locales import tr, tr_later
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a title, what comes of it, a reason to give, and a word to type out.

    With `word` nothing happens before it has been typed, so that no slip of a finger does it.
    """

    title: str
    consequence: RenderableType
    action: str
    reason: Literal["none", "optional", "needed"] = "none"
    word: str = ""
    is_dangerous: bool = False


class ConfirmScreen(ModalScreen[str | None]):
    """Ends with the reason (it may be empty), or with None if the operator thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "confirm",
            tr_later("Confirm"),
            id="confirm.do",
            tooltip=tr_later("Do it, once everything that is asked for has been typed"),
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="confirm.cancel",
            tooltip=tr_later("Close; nothing is done"),
        ),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        asked = self._question
        with Vertical(id="confirm-box", classes="dialogue") as box:
            box.border_title = asked.title
            box.set_class(asked.is_dangerous, "-dangerous")
            with VerticalScroll(id="confirm-consequence", can_focus=False):
                yield Static(asked.consequence)
            if asked.reason != "none":
                yield Label(
                    tr("reason") if asked.reason == "needed" else tr("reason (may be left out)")
                )
                yield Input(id="confirm-reason", compact=True)
            if asked.word:
                yield Label(tr("type {word} to confirm", word=asked.word), markup=False)
                yield Input(id="confirm-word", compact=True)
            yield Static(_how(asked), id="confirm-how")
        yield KeyBar()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_confirm()

    def action_confirm(self) -> None:
        asked = self._question
        if asked.reason == "needed" and not self._text("#confirm-reason"):
            self._say(tr("✖ give a reason first"), "#confirm-reason")
        elif asked.word and self._text("#confirm-word") != asked.word:
            self._say(tr("✖ not done: type {word} to confirm", word=asked.word), "#confirm-word")
        else:
            self.dismiss(self._text("#confirm-reason") if asked.reason != "none" else "")

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _text(self, selector: str) -> str:
        return self.query_one(selector, Input).value.strip()

    def _say(self, text: str, field: str) -> None:
        self.query_one("#confirm-how", Static).update(phrase_text(Phrase(text, "bad")))
        self.query_one(field, Input).focus()


def _how(asked: Question) -> str:
    return tr("Enter: {action}   Esc: leave it", action=asked.action)
