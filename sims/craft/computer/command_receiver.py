"""The receiving end of telecommands on board: transfer frames, their security, FARM-1.

As on every craft (CCSDS 232.0-B, 232.1-B and 355.0-B): a frame that can be read and is addressed to
the craft goes through link security first, so that FARM-1 sees authentic frames alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundsys.ccsds.clcw import encode_clcw
from groundsys.ccsds.farm import FarmState, advance_farm, report
from groundsys.ccsds.tc_frames import decode_tc_frame
from groundsys.values.errors import FrameError
from sims.craft.computer.board import Board
from sims.craft.computer.security import CommandSecurity


class CommandReceiver:
    """Takes TC transfer frames; `execute` gets the packet of each that FARM-1 accepts."""

    def __init__(self, board: Board, keys: Path, execute: Callable[[bytes, int], None]) -> None:
        framing = board.craft.framing
        self._address = framing.spacecraft_id, framing.tc_virtual_channel
        self._execute = execute
        self.security = CommandSecurity(board, keys)
        self.farm = FarmState(framing.tc_virtual_channel)
        self.accepted = 0
        self.rejected = 0

    def take(self, octets: bytes, now_ns: int) -> bool:
        """Whether FARM-1 has seen the frame, so that its report may be another now."""
        try:
            frame = decode_tc_frame(octets)
        except FrameError:
            return self.reject()
        if (frame.spacecraft_id, frame.virtual_channel) != self._address:
            return self.reject()
        plain = self.security.open(frame, now_ns)
        if plain is None:
            return self.reject()
        self.farm, accepted = advance_farm(self.farm, plain)
        if accepted:
            self.accepted += 1
            self._execute(plain.data, now_ns)
        elif frame.kind != "BC":
            self.rejected += 1
        return True

    def reject(self) -> bool:
        """Count what cannot be read; False, as FARM-1 has not seen it."""
        self.rejected += 1
        return False

    def clcw(self, *, no_rf_available: bool = False) -> bytes:
        """FARM-1's report (CCSDS 232.0-B §4.2)."""
        return encode_clcw(report(self.farm, no_rf_available=no_rf_available))

    def reset_counters(self) -> None:
        self.accepted = self.rejected = 0
        self.security.reset_counters()

    def telemetry(self) -> dict[str, Any]:
        return {
            **self.security.telemetry(),
            "comm_frames_accepted": self.accepted,
            "comm_frames_rejected": self.rejected,
        }
