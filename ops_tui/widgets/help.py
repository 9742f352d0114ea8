"""What the keys do and what the signs mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from ops_tui.theme import TONE_COLOURS
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text

_SIGNS = (
    (Phrase("● live", "good"), "younger than light time + one report"),
    (Phrase("◐ 3 h 05 min old", "caution"), "the craft as it was that long ago"),
    (Phrase("○ never heard", "quiet"), "nothing has come from this craft yet"),
    (Phrase("there"), "what the craft's clock shows now, far away"),
    (Phrase("here"), "what it showed when it sent what we receive now"),
    (Phrase("SCLK"), "on-board counter, from the last correlation"),
    (Phrase("▒ ▶ ┃", "active"), "planned, under way, the mission clock"),
    (Phrase("✔ ◐ ✖", "plain"), "executed, degraded, missed"),
)


class HelpScreen(ModalScreen[None]):
    """Keys and signs; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,question_mark,f1,q",
            "close",
            "Close",
            id="help.close",
            key_display="esc",
            tooltip="Back to the console",
        ),
    ]

    def __init__(self, bindings: Sequence[Binding]) -> None:
        super().__init__()
        self._bindings_to_show = bindings

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = "Keys and signs"
            yield Static(self._table(), id="help-text")
        yield Footer()

    def action_close(self) -> None:
        self.dismiss(None)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for binding in self._bindings_to_show:
            key = binding.key_display or self.app.get_key_display(binding)
            table.add_row(Text(key, f"bold {TONE_COLOURS['notice']}"), binding.tooltip)
        table.add_row(
            Text("↑ ↓ tab", f"bold {TONE_COLOURS['notice']}"), "Move in and between lists"
        )
        table.add_row("", "")
        for sign, meaning in _SIGNS:
            table.add_row(phrase_text(sign), meaning)
        return table
