"""A capsule on its way down: what it senses and tells once a second, until it lands or is lost.

It tells live, by Proximity-1's expedited service (CCSDS 211.0-B): frames that nobody
acknowledges and that are never repeated; and by its tone, which is heard where no frame is.  What
it tells is kept as well, and is sent again in its first sessions from the ground.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from groundsys.ccsds.space_packets import decode_tm_packet, encode_tm_packet
from groundsys.mission.scenario.scenario_model import Scenario
from sims.craft.computer.board import Board
from sims.craft.computer.packets import Packet
from sims.craft.radio.live_radio import LiveRadio
from sims.entry import Sensed, TrueEntry, enters_in

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander

EntryPhase = Literal["COAST", "ENTRY", "SUBSONIC", "SECOND_STAGE", "LANDED"]

_SECOND_NS = 1_000_000_000
#: it tells of itself from so long before the interface that it believes in …
_TELLS_BEFORE_NS = 60 * _SECOND_NS
#: … until so long after it has landed
_TELLS_AFTER_NS = 20 * _SECOND_NS
#: the entry is sensed by this deceleration
_ENTRY_SENSED_M_S2 = 1.0


class Descent:
    """Follows one true flight; `landed(now_ns)` is called if the capsule survives its landing."""

    def __init__(
        self,
        board: Board,
        flight: TrueEntry,
        believed_interface_ns: int,
        radio: LiveRadio,
        landed: Callable[[int], None],
    ) -> None:
        self._board = board
        self._flight = flight
        self._radio = radio
        self._landed = landed
        self._phase: EntryPhase = "COAST"
        self.has_landed = False
        self.is_lost = False
        self.is_telling = False
        self._sticks_at_m_s2 = board.faults.accelerometer_sticks_m_s2
        self._is_stuck = False
        self._until_ns = flight.end_ns + _TELLS_AFTER_NS
        board.agenda.at(believed_interface_ns - _TELLS_BEFORE_NS, self._tell)
        board.agenda.at(flight.end_ns, self._end)

    @property
    def is_mute(self) -> bool:
        """Whether it can neither hear nor be heard as a landed cube."""
        return not self.has_landed or self._board.faults.mute_on_ground

    def _tell(self, now_ns: int) -> None:
        """Make a packet, send it, and go on."""
        broken = self.has_landed and self._board.faults.mute_on_ground
        self.is_telling = not (self.is_lost or broken) and now_ns <= self._until_ns
        if not self.is_telling:
            return
        sensed = self._flight.sense(now_ns)
        self._phase = self._next_phase(sensed)
        packet = self._board.emit("ENTRY", self._values(sensed), now_ns)
        if self._board.faults.late_stamps:
            packet = _stamped_later(packet)
        self._radio.send(packet, self._phase, now_ns)
        self._board.agenda.at(now_ns + _SECOND_NS, self._tell)

    def _end(self, now_ns: int) -> None:
        """It lands, or is lost."""
        reason = self._flight.lost_reason
        self.is_lost, self.has_landed = reason is not None, reason is None
        if self._board.faults.mute_on_ground and self.has_landed:
            self._board.truth.note("fault", fault="mute_on_ground", time_ns=now_ns)
        self._board.truth.note("entry", events=self._flight.events_ns, lost=reason, time_ns=now_ns)
        if self.has_landed:
            self._landed(now_ns)

    def _next_phase(self, sensed: Sensed) -> EntryPhase:
        """Each phase follows the one before it, by what is sensed."""
        if self.has_landed:
            return "LANDED"
        if sensed.second_stage_open:
            return "SECOND_STAGE"
        if self._phase == "COAST" and sensed.deceleration_m_s2 >= _ENTRY_SENSED_M_S2:
            return "ENTRY"
        if self._phase == "ENTRY" and sensed.mach < 1.0:
            return "SUBSONIC"
        return self._phase

    def _values(self, sensed: Sensed) -> dict[str, Any]:
        return {
            "entry_phase": self._phase,
            "entry_deceleration": self._felt_m_s2(sensed),
            "entry_nose_temperature": sensed.nose_temperature_k,
            "entry_speed": 0.0 if self.has_landed else sensed.speed_m_s,
        }

    def _felt_m_s2(self, sensed: Sensed) -> float:
        """What the accelerometer says."""
        stuck = self._sticks_at_m_s2
        if stuck is not None:
            self._is_stuck = self._is_stuck or sensed.deceleration_m_s2 >= stuck
            if self._is_stuck:
                return stuck
        return 0.0 if self.has_landed else sensed.deceleration_m_s2


def _stamped_later(packet: Packet) -> Packet:
    """The same packet with a time code a second later."""
    later_ns = packet.sclk_ns + _SECOND_NS
    content = replace(decode_tm_packet(packet.data), sclk_ns=later_ns)
    return replace(packet, sclk_ns=later_ns, data=encode_tm_packet(content))


def descent_of(lander: Lander, scenario: Scenario, seed: int) -> Descent | None:
    """What a capsule does until it lands; None for a cube that lies at its site."""
    board, craft = lander.board, lander.board.craft
    if craft.entry is None or craft.relay is None or not enters_in(craft, scenario):
        return None
    lander.logger.switch_off(board.start_ns)
    radio = LiveRadio(
        board,
        craft.relay,
        clcw=lambda: lander.receiver.clcw(),
        next_count=lander.radio.next_master_count,
    )
    return Descent(
        board,
        TrueEntry(craft, seed, scenario.truth),
        craft.entry.interface.time.tai_ns,
        radio,
        lambda now_ns: lander.switch_payload(True, now_ns),
    )
