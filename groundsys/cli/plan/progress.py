"""How a search for a plan goes: value, bound, gap and time, live in a terminal, else in lines."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

if TYPE_CHECKING:
    from groundsys.planning.situation import Progress

_PLAIN_LINE_EVERY_S = 5.0
_BAR_WIDTH = 24


class SearchProgress:
    """Shows a search and takes Ctrl-C as `enough`; a second one ends at once.  A context manager.

    It writes to standard error, so that what a machine reads stays clean.
    """

    def __init__(self, console: Console, allowed_s: float | None) -> None:
        self._console = console
        self._allowed_s = allowed_s
        self.interrupted = False
        self._started = time.monotonic()
        self._last_line = self._started
        self._progress: Progress | None = None
        self._live = Live(
            console=console, get_renderable=self._panel, refresh_per_second=5, transient=True
        )
        self._previous_handler: Any = None

    def __enter__(self) -> SearchProgress:
        self._previous_handler = signal.signal(signal.SIGINT, self._interrupt)
        if self._console.is_terminal:
            self._live.start()
        else:
            limit = "" if self._allowed_s is None else f" for at most {self._allowed_s:g} s"
            self._console.print(f"searching{limit}; Ctrl-C keeps the best", highlight=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()
        signal.signal(signal.SIGINT, self._previous_handler)

    def show(self, progress: Progress) -> None:
        """A better plan, or a better bound."""
        self._progress = progress
        moment = time.monotonic()
        if not self._console.is_terminal and moment - self._last_line >= _PLAIN_LINE_EVERY_S:
            self._last_line = moment
            self._console.print(self._line(progress), highlight=False)

    def enough(self) -> bool:
        """Whether Ctrl-C has been pressed: the search then ends with the best it has."""
        return self.interrupted

    def _interrupt(self, signal_number: int, frame: FrameType | None) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def _line(self, one: Progress) -> str:
        return (
            f"{one.elapsed_s:5.0f} s  value {one.value:,.2f}  bound {one.bound:,.2f}  "
            f"gap {one.gap:.2%}  {one.what}"
        )

    def _panel(self) -> Table:
        elapsed_s = time.monotonic() - self._started
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        cells: list[Any] = []
        if self._allowed_s is not None:
            cells.append(ProgressBar(self._allowed_s, min(elapsed_s, self._allowed_s), _BAR_WIDTH))
        cells.append(f"{elapsed_s:.0f} s")
        one = self._progress
        if one is None:
            cells.append("looking at the geometry …")
        else:
            cells += [
                f"value [bold]{one.value:,.2f}[/]",
                f"bound {one.bound:,.2f}",
                f"gap [bold]{one.gap:.2%}[/]",
                f"[dim]{one.what}[/]",
            ]
        if self.interrupted:
            cells.append("[yellow]ending; Ctrl-C again drops it[/]")
        else:
            cells.append("[dim]Ctrl-C keeps the best[/]")
        table.add_row(*cells)
        return table
