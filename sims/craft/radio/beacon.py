"""The tone that a craft sends between passes, chosen on board from what has happened.

Safe mode is urgent, an event of high severity since the ground listened last important, one of low
or medium severity interesting.  While the ground's carrier is held telemetry says it all: there is
no tone then, and what has been said is forgotten, but for safe mode.
"""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.ground.beacon_model import MEANINGS, Beacon, Meaning
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board

_MEANS: Mapping[str, Meaning] = {"LOW": "interesting", "MEDIUM": "interesting", "HIGH": "important"}


class BeaconTransmitter:
    """Chooses the tone, and tells space of each change."""

    def __init__(self, board: Board, beacon: Beacon) -> None:
        self._board = board
        self._beacon = beacon
        self._happened: Meaning = "nominal"
        self._sending = False
        self._told: str | None = None
        board.at_event.append(self._take_event)

    @property
    def _meant(self) -> Meaning:
        return "urgent" if self._board.mode == "SAFE" else self._happened

    def switch(self, sending: bool, now_ns: int) -> None:
        """Tones, or telemetry (`sending` false), or nothing, from now on."""
        if self._sending and not sending:
            self._happened = "nominal"
        self._sending = sending
        self.look(now_ns)

    def look(self, now_ns: int) -> None:
        """Send what is to be said now."""
        meant = self._beacon.meaning(self._meant)
        stuck = self._board.faults.stuck_beacon
        sent = self._beacon.meaning("nominal") if stuck else meant
        tone = sent.name if self._sending else None
        if tone == self._told:
            return
        self._told = tone
        name = self._board.craft.id
        self._board.say(Message(name, "space", "x_tone", Instant(now_ns), {"tone": tone}))
        self._board.truth.note("tone", tone=tone, meant=meant.name, time_ns=now_ns)

    def _take_event(self, severity: str, now_ns: int) -> None:
        means = _MEANS.get(severity, "nominal")
        self._happened = max(self._happened, means, key=MEANINGS.index)
        self.look(now_ns)
