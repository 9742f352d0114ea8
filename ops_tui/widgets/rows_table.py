"""A table whose rows are known by their keys, so that the cursor stays with its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import RowDoesNotExist

from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, unique in the table, and its cells."""

    key: str
    cells: tuple[Phrase | str, ...]


class RowsTable(DataTable[Text]):
    """Shows rows of phrases; a row that moves takes the cursor along."""

    def __init__(self, *columns: Phrase | str, id: str) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False)
        self._headings = columns
        self._shown: tuple[Row, ...] = ()

    def on_mount(self) -> None:
        for heading in self._headings:
            self.add_column(phrase_text(heading, bold=True))

    @property
    def selected_key(self) -> str | None:
        """The key under the cursor, or None in an empty table."""
        if not self._shown:
            return None
        return self._shown[min(self.cursor_row, len(self._shown) - 1)].key

    def select(self, key: str) -> None:
        """Move the cursor to `key`; nothing happens if no row has it."""
        try:
            self.move_cursor(row=self.get_row_index(key))
        except RowDoesNotExist:
            return

    def show(self, rows: Sequence[Row]) -> None:
        """Show exactly `rows`, changing no more than what differs."""
        rows = tuple(rows)
        if rows == self._shown:
            return
        if [row.key for row in rows] == [row.key for row in self._shown]:
            self._update_cells(rows)
        else:
            self._replace_rows(rows)

    def _update_cells(self, rows: tuple[Row, ...]) -> None:
        for index, (row, shown) in enumerate(zip(rows, self._shown, strict=True)):
            for column, (cell, shown_cell) in enumerate(zip(row.cells, shown.cells, strict=True)):
                if cell != shown_cell:
                    self.update_cell_at(
                        Coordinate(index, column), phrase_text(cell), update_width=True
                    )
        self._shown = rows

    def _replace_rows(self, rows: tuple[Row, ...]) -> None:
        selected = self.selected_key
        self.clear()
        for row in rows:
            self.add_row(*(phrase_text(cell) for cell in row.cells), key=row.key)
        self._shown = rows
        if selected is not None:
            self.select(selected)
