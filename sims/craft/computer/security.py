"""Security of the telecommand channel on board (SDLS, CCSDS 355.0-B), ahead of FARM-1.

Keys and numbers seen lie in memory that a reboot does not lose.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from groundsys.ccsds.sdls import (
    REFUSALS,
    ReceiverState,
    Refusal,
    SecurityAssociation,
    activate,
    process,
    receiver,
)
from groundsys.ccsds.tc_frames import TcFrame
from groundsys.mission.spacecraft.keys import read_keys
from sims.craft.computer.board import Board
from sims.craft.computer.commands import CommandFailure

#: one event tells of all refusals meanwhile, lest whoever sends forged frames fills the downlink
_EVENT_EVERY_NS = 60_000_000_000
_COUNTERS: dict[Refusal, str] = {
    "invalid_spi": "security_refused_spi",
    "invalid_mac": "security_refused_mac",
    "replayed": "security_refused_replays",
}


class CommandSecurity:
    """Opens command frames, counts and reports what it refuses; a craft without keys opens all."""

    def __init__(self, board: Board, keys: Path) -> None:
        self._board = board
        self._state = _receiver(board, keys)
        self._next_event_ns = 0
        self._refused: Counter[Refusal] = Counter()
        self._opened = 0

    def open(self, frame: TcFrame, now_ns: int) -> TcFrame | None:
        """The plain frame, or None if it is not the ground's or has come before."""
        if self._state is None:
            return frame
        self._state, result = process(self._state, frame)
        if isinstance(result, TcFrame):
            self._opened += not frame.control_command
            return result
        self._refused[result] += 1
        self._board.truth.note("refused_frame", reason=result, time_ns=now_ns)
        if now_ns >= self._next_event_ns:
            self._next_event_ns = now_ns + _EVENT_EVERY_NS
            total = float(self._refused.total())
            self._board.event("MEDIUM", "COMMAND_FRAME_REFUSED", total, now_ns)
        return None

    def require(self, association: int) -> None:
        """`CommandFailure` if there is no such key on board."""
        if self._state is None or association not in self._state.associations:
            raise CommandFailure("NOT_FOUND")

    def change_key(self, association: int, now_ns: int) -> None:
        """Accept frames under the key of `association`."""
        self.require(association)
        assert self._state is not None
        self._state = activate(self._state, association)
        self._board.event("INFO", "KEY_CHANGED", float(association), now_ns)

    def reset_counters(self) -> None:
        self._opened = 0
        self._refused.clear()

    def telemetry(self) -> dict[str, Any]:
        return {
            "security_association": 0 if self._state is None else self._state.active,
            "security_frames_opened": self._opened,
            **{_COUNTERS[reason]: self._refused[reason] for reason in REFUSALS},
        }


def _receiver(board: Board, keys: Path) -> ReceiverState | None:
    security = board.craft.security
    if security is None:
        return None
    read = read_keys(keys, board.craft)
    return receiver(
        {spi: SecurityAssociation(spi, key) for spi, key in read.items()},
        active=security.first,
        window=security.replay_window,
    )
