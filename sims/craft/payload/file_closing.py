"""When a payload's file ends: at each boundary of the craft's own clock, and as that is reset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sims.craft.computer.board import Board
from sims.craft.payload.payload_files import PayloadFile

#: takes a closed file, or None if it held no record
Keep = Callable[[PayloadFile | None, int], None]


class Log(Protocol):
    """What a payload writes its records into, a file after another."""

    def next_boundary_tai_ns(self, now_tai_ns: int) -> int: ...

    def close(self, now_tai_ns: int) -> PayloadFile | None: ...

    def begin_anew(self, now_tai_ns: int) -> None: ...


class FileClosing:
    """Closes the files of one logger for as long as nothing begins its series anew."""

    def __init__(self, board: Board, logger: Log, keep: Keep) -> None:
        self._agenda, self._logger, self._keep = board.agenda, logger, keep
        #: the file being written closes at the boundary that was waited for last
        self._series = 0
        board.before_clock_reset.append(lambda now_ns: keep(logger.close(now_ns), now_ns))
        board.after_clock_reset.append(self._log_anew)

    def begin(self, now_ns: int) -> None:
        """Wait for the next boundary, and for those that follow it."""
        self._series += 1
        self._wait(self._series, now_ns)

    def _wait(self, series: int, now_ns: int) -> None:
        def close_file(time_ns: int) -> None:
            if self._series == series:
                self._keep(self._logger.close(time_ns), time_ns)
                self._wait(series, time_ns)

        self._agenda.at(self._logger.next_boundary_tai_ns(now_ns), close_file)

    def _log_anew(self, now_ns: int, _jump_ns: int) -> None:
        self._logger.begin_anew(now_ns)
        self.begin(now_ns)
