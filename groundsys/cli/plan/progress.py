"""How a search for a plan goes: value, bound, gap and time, live in a terminal, else in lines."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from groundsys.planning.situation import Progress

_PLAIN_LINE_EVERY_S = 5.0
_BAR_WIDTH = 12
_BAR_FROM_WIDTH = 100


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

    def _panel(self) -> Text:
        elapsed_s = time.monotonic() - self._started
        line = Text(no_wrap=True)
        if self._allowed_s is not None and self._console.width >= _BAR_FROM_WIDTH:
            done = round(_BAR_WIDTH * min(1.0, elapsed_s / self._allowed_s))
            line.append("━" * done, "cyan").append("━" * (_BAR_WIDTH - done), "bright_black")
            line.append("  ")
        line.append(f"{elapsed_s:.0f} s  ")
        one = self._progress
        if one is None:
            line.append("looking at the geometry …  ")
        else:
            line.append("value ").append(f"{one.value:,.2f}", "bold")
            line.append(f"  bound {one.bound:,.2f}  gap ").append(f"{one.gap:.2%}  ", "bold")
        if self.interrupted:
            line.append("ending; again drops it", "yellow")
        else:
            line.append("Ctrl-C keeps the best", "dim")
        if one is not None:
            line.append(f"  {one.what}", "dim")
        # the terminal itself writes ^C at the line's end, which must not begin another line
        line.truncate(self._console.width - 3, overflow="ellipsis")
        return line
