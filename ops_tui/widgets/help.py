"""What the keys do and what the signs mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from groundsys.locales import time_zone, tr, tr_later
from ops_tui.theme import TONE_COLOURS
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text

_SIGNS = (
    (Phrase(tr_later("● live"), "good"), tr_later("younger than light time + one report")),
    (
        Phrase(tr_later("◐ 3 h 05 min old"), "caution"),
        tr_later("the craft as it was that long ago"),
    ),
    (
        Phrase(tr_later("○ never heard"), "quiet"),
        tr_later("nothing has come from this craft yet"),
    ),
    (Phrase(tr_later("there")), tr_later("what the craft's clock shows now, far away")),
    (Phrase(tr_later("here")), tr_later("what it showed when it sent what we receive now")),
    (Phrase("SCLK"), tr_later("on-board counter, from the last correlation")),
    (Phrase("▒ ▶ ┃", "active"), tr_later("planned, under way, the mission clock")),
    (Phrase("✔ ◐ ✖", "plain"), tr_later("executed, degraded, missed")),
)


class HelpScreen(ModalScreen[None]):
    """Keys and signs; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,question_mark,f1,q",
            "close",
            tr_later("Close"),
            id="help.close",
            key_display="esc",
            tooltip=tr_later("Back to the console"),
        ),
    ]

    def __init__(self, bindings: Sequence[Binding]) -> None:
        super().__init__()
        self._bindings_to_show = bindings

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = tr("Keys and signs")
            yield Static(self._table(), id="help-text")
        yield KeyBar()

    def action_close(self) -> None:
        self.dismiss(None)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for binding in self._bindings_to_show:
            key = binding.key_display or self.app.get_key_display(binding)
            table.add_row(Text(key, f"bold {TONE_COLOURS['notice']}"), tr(binding.tooltip))
        table.add_row(
            Text("↑ ↓ tab", f"bold {TONE_COLOURS['notice']}"), tr("Move in and between lists")
        )
        table.add_row("", "")
        zone = time_zone()
        for sign, meaning in _SIGNS:
            table.add_row(phrase_text(replace(sign, text=tr(sign.text))), tr(meaning))
        if zone.mark:
            hours = zone.ahead // timedelta(hours=1)
            meaning = tr("behind a time: {zone}, UTC + {hours} h", zone=zone.name, hours=hours)
            table.add_row(zone.mark, meaning)
        return table
