"""Finds a command of a craft: by any word of its name, arguments or description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from groundsys.locales import tr, tr_later
from ops_tui.feed import Answer
from ops_tui.picture import Snapshot
from ops_tui.theme import GREY
from ops_tui.views.commands import hazard_phrase
from ops_tui.views.drafting import argument_hint, catalogue_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.command_pictures import hazard_banner
from ops_tui.widgets.key_bar import KeyBar
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: asks the desks: a verb, its arguments, and who hears the answer
Ask = Callable[[str, Mapping[str, Any], Callable[[Answer], None]], None]


class CommandSearchScreen(ModalScreen[tuple[str, Snapshot] | None]):
    """Ends with the craft and the command's definition, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "take",
            tr_later("Take"),
            id="search.take",
            priority=True,
            tooltip=tr_later("Fill in the selected command"),
        ),
        Binding(
            "tab",
            "next_craft",
            tr_later("Next craft"),
            id="search.craft",
            priority=True,
            tooltip=tr_later("Search the commands of the next craft"),
        ),
        Binding(
            "up",
            "move(-1)",
            tr_later("Move"),
            id="search.up",
            key_display="↑↓",
            priority=True,
            tooltip=tr_later("Move in the list"),
        ),
        Binding(
            "down", "move(1)", id="search.down", priority=True, show=False, tooltip=tr_later("Move")
        ),
        Binding(
            "escape",
            "cancel",
            tr_later("Cancel"),
            id="search.cancel",
            tooltip=tr_later("Close; nothing is done"),
        ),
    ]

    def __init__(self, craft: Sequence[str], first: str, ask: Ask) -> None:
        super().__init__()
        self._craft = list(craft)
        self._at = self._craft.index(first) if first in self._craft else 0
        self._ask = ask
        self._catalogues: dict[str, Sequence[Snapshot]] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="search-box", classes="dialogue") as box:
            box.border_title = tr("New command")
            yield Static(id="search-craft")
            yield Input(placeholder=tr("search: any words of it"), id="search-words", compact=True)
            yield RowsTable(
                tr_later("Command"),
                tr_later("Risk"),
                tr_later("What it does"),
                id="search-table",
                stretch=2,
            )
            yield Static(id="search-detail")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#search-table", RowsTable).can_focus = False
        self.query_one("#search-words", Input).focus()
        self._fetch()

    def on_input_changed(self, _: Input.Changed) -> None:
        """Other words, other rows: the best match is the one that Enter takes."""
        self._show()
        self.query_one("#search-table", RowsTable).move_cursor(row=0)

    def on_data_table_row_highlighted(self, _: RowsTable.RowHighlighted) -> None:
        self._show_detail()

    def action_move(self, step: int) -> None:
        table = self.query_one("#search-table", RowsTable)
        (table.action_cursor_up if step < 0 else table.action_cursor_down)()

    def action_next_craft(self) -> None:
        self._at = (self._at + 1) % len(self._craft)
        self._fetch()

    def action_take(self) -> None:
        selected = self._selected
        if selected is not None:
            self.dismiss((self._here, selected))

    def action_cancel(self) -> None:
        self.dismiss(None)

    @property
    def _here(self) -> str:
        return self._craft[self._at]

    @property
    def _selected(self) -> Snapshot | None:
        key = self.query_one("#search-table", RowsTable).selected_key
        known = self._catalogues.get(self._here, ())
        return next((one for one in known if one["name"] == key), None)

    def _fetch(self) -> None:
        craft = self._here

        def answered(answer: Answer) -> None:
            if answer.ok:
                self._catalogues[craft] = answer.content["commands"]
            if self.is_mounted and craft == self._here:
                self._show()
                if not answer.ok:
                    said = phrase_text(Phrase(f"✖ {answer.trouble}", "bad"))
                    self.query_one("#search-detail", Static).update(said)

        self._show()
        if craft not in self._catalogues:
            self._ask("command_catalogue", {"spacecraft": craft}, answered)

    def _show(self) -> None:
        craft = phrase_text(Phrase(self._here, "active"), bold=True)
        others = ", ".join(name for name in self._craft if name != self._here)
        craft.append(f"   Tab: {others}" if others else "", GREY)
        self.query_one("#search-craft", Static).update(craft)
        words = self.query_one("#search-words", Input).value
        rows = catalogue_rows(self._catalogues.get(self._here, ()), words)
        self.query_one("#search-table", RowsTable).show(
            [Row(row.name, (row.name, row.risk, row.description)) for row in rows]
        )
        self._show_detail()

    def _show_detail(self) -> None:
        detail = self.query_one("#search-detail", Static)
        command = self._selected
        if command is None:
            is_known = self._here in self._catalogues
            detail.update(tr("no such command") if is_known else tr("asking the desks …"))
            return
        detail.update(_detail(command))


def _detail(command: Snapshot) -> RenderableType:
    """What it takes, and what it risks."""
    arguments = "   ".join(f"{one['name']} ({argument_hint(one)})" for one in command["arguments"])
    text = Text(arguments or tr("takes no arguments"), no_wrap=True, overflow="ellipsis")
    banner = hazard_banner(hazard_phrase(command), needs_two=bool(command["hazardous"]))
    return text if banner is None else Group(text, banner)
