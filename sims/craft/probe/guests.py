"""Payloads beside a cube's own: each logs by itself, and its closed files wait with the others.

They take no commands, and draw their power from the little that a sleeping cube uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sims.craft.computer.board import Board
from sims.craft.payload.file_closing import FileClosing
from sims.craft.payload.payload_files import PayloadFile, PayloadLogger, note_closed

#: takes a file's CFDP transaction number, its name and its octets
Offer = Callable[[int, str, bytes], None]


class Guests:
    """The loggers, in the order in which the craft carries them behind its own payload."""

    def __init__(self, board: Board, loggers: Sequence[PayloadLogger], offer: Offer) -> None:
        self._board = board
        self._offer = offer
        for place, logger in enumerate(loggers, 1):
            FileClosing(board, logger, partial(self._keep, place)).begin(board.start_ns)

    def _keep(self, place: int, closed: PayloadFile | None, now_ns: int) -> None:
        """Offer a closed file, if it holds any record; faults of files are of the craft's own."""
        if closed is None:
            return
        craft = self._board.craft
        note_closed(self._board.truth, closed, craft.guests[place - 1], now_ns)
        self._offer(place * craft.TRANSACTIONS + closed.sequence, closed.name, closed.data)
