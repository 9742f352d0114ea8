"""A long table of which only the lines on the screen are ever made, however quickly it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize, Show
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from groundsys.locales import tr
from ops_tui.theme import FOREGROUND
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import tone_style

_CURSOR = Style.parse(f"bold {FOREGROUND} on #1f4e79")
#: columns of the terminal from which those of the table stand apart
WIDE_FROM = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column of so many characters; a width of 0 takes what the others leave."""

    heading: str
    width: int
    right: bool = False


class ValuesTable(ScrollView, can_focus=True):
    """Shows `count` lines of cells that `line(number)` gives, asked only for what is seen.

    Its columns stand further apart where there is room.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "choose", "Plot", show=False),
    ]

    class Seen(Message):
        """Other lines are on the screen than before, or the cursor is on another."""

    class Chosen(Message):
        """The line under the cursor was chosen."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()
        self._line: Callable[[int], Sequence[Phrase]] = lambda number: ()
        self._count = 0
        self.cursor = 0

    def show(
        self,
        columns: Sequence[Column],
        count: int,
        line: Callable[[int], Sequence[Phrase]],
    ) -> None:
        """Show `count` lines from now on, or the same ones as they are now."""
        self._line = line
        if (tuple(columns), count) != (self._columns, self._count):
            self._columns, self._count = tuple(columns), count
            self.virtual_size = Size(0, count + 1)
            self.cursor = max(0, min(self.cursor, count - 1))
        self.refresh()

    def go_to(self, number: int) -> None:
        """Put the cursor on a line, and the line on the screen."""
        self.cursor = max(0, min(number, self._count - 1))
        # the heading covers the uppermost line
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
        self.refresh()
        self.post_message(self.Seen())

    @property
    def seen(self) -> range:
        """The numbers of the lines on the screen."""
        top = round(self.scroll_offset.y)
        return range(min(top, self._count), min(top + max(0, self.size.height - 1), self._count))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Seen())

    def on_resize(self, _: Resize) -> None:
        self.post_message(self.Seen())

    def on_show(self, _: Show) -> None:
        self.post_message(self.Seen())

    def on_click(self, event: Click) -> None:
        if event.y > 0:
            self.go_to(round(self.scroll_offset.y) + event.y - 1)

    def action_move(self, lines: int) -> None:
        self.go_to(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        self.go_to(self.cursor + pages * max(1, self.size.height - 2))

    def action_first(self) -> None:
        self.go_to(0)

    def action_last(self) -> None:
        self.go_to(self._count - 1)

    def action_choose(self) -> None:
        if self._count:
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        width, ground = self.size.width, self.rich_style
        number = round(self.scroll_offset.y) + y - 1
        if y == 0:
            cells: Sequence[Phrase] = [Phrase(tr(one.heading)) for one in self._columns]
            style = ground + Style(bold=True)
        elif 0 <= number < self._count:
            cells = self._line(number)
            style = ground + _CURSOR if number == self.cursor else ground
        else:
            return Strip.blank(width, ground)
        return self._strip(cells, width, style).adjust_cell_length(width, style)

    def _strip(self, cells: Sequence[Phrase], width: int, style: Style) -> Strip:
        gap = 3 if width >= WIDE_FROM else 1
        fixed = sum(one.width for one in self._columns) + gap * (len(self._columns) - 1)
        segments = [Segment(" ", style)]
        for cell, column in zip(cells, self._columns, strict=True):
            room = column.width or max(8, width - fixed - 2)
            text = _fitted(cell.text, room, right=column.right)
            segments.append(Segment(text, style + Style.parse(tone_style(cell.tone))))
            segments.append(Segment(" " * gap, style))
        return Strip(segments[:-1])


def _fitted(text: str, width: int, *, right: bool) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - length) + text if right else text + " " * (width - length)
