"""A table whose rows are known by their keys and whose width is that of the screen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text
from textual.coordinate import Coordinate
from textual.events import Resize
from textual.widgets import DataTable
from textual.widgets.data_table import RowDoesNotExist

from groundsys.locales import tr
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text

NARROWEST_STRETCH = 12

#: a table of so many columns of the terminal has room for everything
ROOMY_FROM = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, unique in the table, and its cells."""

    key: str
    cells: tuple[Phrase | str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's headings, and the number of the column that takes the room left over.

    Headings are marked messages, translated where they are shown.
    """

    headings: tuple[Phrase | str, ...]
    stretch: int


class RowsTable(DataTable[Text]):
    """Shows rows of phrases over the whole width.

    The column `stretch` takes the room that the others leave: what is longer is cut with an
    ellipsis or, with `wraps`, goes on in a second line.  A row that moves takes the cursor along,
    one that goes leaves it where it was; with `stays_on_top` the cursor on the first row stays
    there while new rows come in.  Columns in `if_roomy` are left out where the table is
    narrower than `ROOMY_FROM`.
    """

    def __init__(
        self,
        *columns: Phrase | str,
        id: str,
        stretch: int,
        wraps: bool = False,
        stays_on_top: bool = False,
        if_roomy: Collection[int] = (),
    ) -> None:
        super().__init__(id=id, cursor_type="row")
        self._headings = columns
        self._stretch = stretch
        self._wraps = wraps
        self._stays_on_top = stays_on_top
        self._if_roomy = frozenset(if_roomy)
        self._shown: tuple[Row, ...] = ()
        self._widths: tuple[int, ...] = ()

    @property
    def selected_key(self) -> str | None:
        """The key under the cursor, or None in an empty table."""
        if not self._shown:
            return None
        return self._shown[min(self.cursor_row, len(self._shown) - 1)].key

    def select(self, key: str) -> bool:
        """Move the cursor to `key`; False, and nothing happens, if no row has it."""
        try:
            self.move_cursor(row=self.get_row_index(key))
        except RowDoesNotExist:
            return False
        return True

    def show(self, rows: Sequence[Row], columns: Columns | None = None) -> None:
        """Show exactly `rows`, changing no more than what differs; with `columns`, under those."""
        rows = tuple(rows)
        if columns is not None and columns != Columns(self._headings, self._stretch):
            self._headings, self._stretch = columns.headings, columns.stretch
            self._rebuild(rows)
        if rows == self._shown:
            return
        same_keys = [row.key for row in rows] == [row.key for row in self._shown]
        if same_keys and not self._wraps and self._widths_for(rows) == self._widths:
            self._update_cells(rows)
        else:
            self._rebuild(rows)

    def on_resize(self, _: Resize) -> None:
        if self._widths_for(self._shown) != self._widths:
            self._rebuild(self._shown)

    @property
    def _columns(self) -> list[int]:
        """The columns that there is room for."""
        is_roomy = self.size.width >= ROOMY_FROM
        return [one for one in range(len(self._headings)) if is_roomy or one not in self._if_roomy]

    def _update_cells(self, rows: tuple[Row, ...]) -> None:
        for index, (row, shown) in enumerate(zip(rows, self._shown, strict=True)):
            for place, column in enumerate(self._columns):
                cell = row.cells[column]
                if cell != shown.cells[column]:
                    self.update_cell_at(Coordinate(index, place), self._cell(cell, column))
        self._shown = rows

    def _rebuild(self, rows: tuple[Row, ...]) -> None:
        selected = None if self._stays_on_top and self.cursor_row == 0 else self.selected_key
        place = self.cursor_row
        self.clear(columns=True)
        self._widths = self._widths_for(rows)
        for column, width in zip(self._columns, self._widths, strict=True):
            heading = _translated(self._headings[column])
            self.add_column(phrase_text(heading, bold=True), width=width)
        for row in rows:
            cells = (self._cell(row.cells[column], column) for column in self._columns)
            self.add_row(*cells, key=row.key, height=None if self._wraps else 1)
        self._shown = rows
        if selected is not None and not self.select(selected) and rows:
            self.move_cursor(row=min(place, len(rows) - 1))  # its row has gone: what is there now

    def _widths_for(self, rows: tuple[Row, ...]) -> tuple[int, ...]:
        headings = tuple(map(_translated, self._headings))
        cells = [headings, *(row.cells for row in rows)]
        columns = self._columns
        widths = [max(cell_len(_plain(line[column])) for line in cells) for column in columns]
        padding = 2 * self.cell_padding * len(widths)
        stretch = columns.index(self._stretch)
        others = sum(widths) - widths[stretch] + padding
        room = self.size.width - others - self.styles.scrollbar_size_vertical
        widths[stretch] = max(room, NARROWEST_STRETCH)
        return tuple(widths)

    def _cell(self, cell: Phrase | str, column: int) -> Text:
        text = phrase_text(cell)
        if column == self._stretch:
            text.no_wrap = not self._wraps
            text.overflow = "fold" if self._wraps else "ellipsis"
        return text


def _translated(heading: Phrase | str) -> Phrase | str:
    if isinstance(heading, str):
        return tr(heading)
    return replace(heading, text=tr(heading.text))


def _plain(cell: Phrase | str) -> str:
    return cell if isinstance(cell, str) else cell.text
