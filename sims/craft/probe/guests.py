"""Payloads beside a cube's own: each logs by itself, and its closed files wait with the others.

They take no commands, and draw their power from the little that a sleeping cube uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sims.craft.computer.board import Board
from sims.craft.payload.payload_files import PayloadFile, PayloadLogger, note_closed

#: takes a file's CFDP transaction number, its name and its octets
Offer = Callable[[int, str, bytes], None]


class Guests:
    """The loggers, in the order in which the craft carries them behind its own payload."""

    def __init__(self, board: Board, loggers: Sequence[PayloadLogger], offer: Offer) -> None:
        self._board = board
        self._loggers = loggers
        self._offer = offer
        #: each file closes at the boundary that was waited for last
        self._waits = 0
        board.before_clock_reset.append(self._close_all)
        board.after_clock_reset.append(self._log_anew)
        self._wait_for_boundaries(board.start_ns)

    def _wait_for_boundaries(self, now_ns: int) -> None:
        self._waits += 1
        for place, logger in enumerate(self._loggers, 1):
            self._wait_for_boundary(place, logger, self._waits, now_ns)

    def _wait_for_boundary(
        self, place: int, logger: PayloadLogger, series: int, now_ns: int
    ) -> None:
        def close_file(time_ns: int) -> None:
            if self._waits == series:
                self._keep(logger.close(time_ns), place, time_ns)
                self._wait_for_boundary(place, logger, series, time_ns)

        self._board.agenda.at(logger.next_boundary_tai_ns(now_ns), close_file)

    def _keep(self, closed: PayloadFile | None, place: int, now_ns: int) -> None:
        """Offer a closed file, if it holds any record; faults of files are of the craft's own."""
        if closed is None:
            return
        craft = self._board.craft
        note_closed(self._board.truth, closed, craft.guests[place - 1], now_ns)
        self._offer(place * craft.TRANSACTIONS + closed.sequence, closed.name, closed.data)

    def _close_all(self, now_ns: int) -> None:
        for place, logger in enumerate(self._loggers, 1):
            self._keep(logger.close(now_ns), place, now_ns)

    def _log_anew(self, now_ns: int, jump_ns: int) -> None:
        for logger in self._loggers:
            logger.begin_anew(now_ns)
        self._wait_for_boundaries(now_ns)
