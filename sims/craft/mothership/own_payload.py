"""The payload of a craft that speaks to Earth itself: logger, files, and their way home.

A closed file goes out at once as packets of CFDP class 2 (CCSDS 727.0-B-5 §4.6.4): metadata, file
data, EOF.  The recorder keeps them like all packets, so that a NAK is answered by sending them
again, as is an EOF that nobody has acknowledged when a lock begins.  Finished ends a file.  There
are no timers: between two passes lies a week.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundsys.ccsds.cfdp import AckPdu, FinishedPdu, NakPdu, Pdu
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY
from sims.craft.computer.board import Board
from sims.craft.computer.commands import Effect, Execution
from sims.craft.computer.packets import Packet
from sims.craft.payload.file_closing import FileClosing
from sims.craft.payload.payload_files import (
    Nature,
    PayloadFile,
    PayloadLogger,
    note_closed,
    stray_copy,
)
from sims.craft.probe.cfdp_source import CfdpSource, corrupted
from sims.craft.radio.relay_index import RelayIndex

_LONGEST_PDU = 960


class OwnPayload:
    """Logs, closes files, sends them, and answers what the ground says of them."""

    def __init__(
        self,
        board: Board,
        payload: Payload,
        nature: Nature,
        replay: Callable[[Sequence[Packet], int], None],
    ) -> None:
        """`replay(packets, now_ns)` sends stored packets again."""
        self._board = board
        self._payload = payload
        self._replay = replay
        self._pdu_octets = round(board.craft.platform.get("pdu_octets", _LONGEST_PDU))
        self._source = CfdpSource(board.craft.entity_id, GROUND_ENTITY)
        #: which packets carry which piece of which file
        self.index: RelayIndex[Packet] = RelayIndex()
        self.logger = PayloadLogger(payload, nature, board.clock, board.start_ns)
        self.gain = 0
        self._closing = FileClosing(board, self.logger, self._keep)
        self._closing.begin(board.start_ns)

    @property
    def load_w(self) -> float:
        """What the instrument draws while it is on."""
        return self._board.craft.platform["payload_load_w"] if self.logger.is_on else 0.0

    def switch(self, on: bool, now_ns: int) -> None:
        """Switch the instrument; its file is closed when it goes off."""
        if on == self.logger.is_on:
            return
        if on:
            self.logger.switch_on(now_ns)
            self._closing.begin(now_ns)
        else:
            self._keep(self.logger.switch_off(now_ns), now_ns)
        self._board.event("INFO", "PAYLOAD_SWITCHED", float(on), now_ns)

    def take(self, pdu: Pdu, octets: bytes, now_ns: int) -> None:
        """Take what the ground says of one of its files."""
        match pdu:
            case NakPdu():
                self._replay(self.index.answer(pdu).carriers, now_ns)
            case AckPdu():
                self.index.acknowledge_eof(pdu.source_entity, pdu.transaction)
            case FinishedPdu():
                self.index.forget(pdu.source_entity, pdu.transaction)
                deleted = self._source.receive(octets)
                self._send_all(now_ns)
                if deleted is not None:
                    self._board.truth.note("file_deleted", name=deleted, time_ns=now_ns)

    def telemetry(self, now_ns: int) -> dict[str, Any]:
        """Engineering values of the PAYLOAD packet that are not of its box's heat and current."""
        on = self.logger.is_on
        return {
            "payload_power": "ON" if on else "OFF",
            "payload_current": self.load_w / self._board.craft.platform["battery_full_v"],
            "payload_gain": self.gain,
            "payload_samples": self.logger.records_taken(now_ns),
            "payload_file_sequence": self.logger.sequence,
            "payload_files_waiting": self._source.files_waiting,
            "payload_bytes_waiting": self._source.bytes_waiting,
            "payload_files_delivered": self._source.files_delivered,
        }

    def _keep(self, closed: PayloadFile | None, now_ns: int) -> None:
        """Keep a closed file until the ground has it; None is none."""
        if closed is None:
            return
        truth, faults = self._board.truth, self._board.faults
        note_closed(truth, closed, self._payload.id, now_ns)
        data = closed.data
        if closed.sequence in faults.drop_file:
            truth.note("fault", fault="drop_file", time_ns=now_ns)
            return
        if closed.sequence in faults.corrupt_file:
            truth.note("fault", fault="corrupt_file", time_ns=now_ns)
            data = corrupted(data)
        self._source.add_file(closed.sequence, closed.name, data)
        if closed.sequence in faults.stray_file:
            truth.note("fault", fault="stray_file", time_ns=now_ns)
            stray = stray_copy(closed)
            self._source.add_file(stray.sequence, stray.name, stray.data)
        self._send_all(now_ns)
        self._board.event("INFO", "FILE_CLOSED", float(closed.sequence), now_ns)

    def _send_all(self, now_ns: int) -> None:
        while (pdu := self._source.next_pdu(self._pdu_octets)) is not None:
            packet = self._board.emit("CFDP_PDU", {"pdu_length": len(pdu), "pdu": pdu}, now_ns)
            self.index.note_packet(packet.data, (packet,))


def payload_effects(own: OwnPayload, settle: Callable[[int], None]) -> dict[str, Effect]:
    """Effect by command name; `settle` brings the craft's power up to now."""

    def payload_power(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        on = arguments["payload_power"] == "ON"

        def switch(time_ns: int) -> None:
            settle(time_ns)
            own.switch(on, time_ns)

        return Execution(finish=switch)

    def payload_set_gain(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_gain(time_ns: int) -> None:
            own.gain = arguments["gain"]

        return Execution(finish=set_gain)

    return {"PAYLOAD_POWER": payload_power, "PAYLOAD_SET_GAIN": payload_set_gain}
