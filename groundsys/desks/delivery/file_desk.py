"""The file desk: receives the cubes' files as a fold over the archive, and answers their senders.

Restart, loss of signal and change of station are no special cases: the fold does not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.ccsds.cfdp import FileDataPdu, parse_pdu
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.commanding.ledger import Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.files.answers import Answer, Patience, Said, answers
from groundsys.files.reception import (
    ArchivedPdu,
    FileReception,
    Receptions,
    Way,
    seal,
    take_pdus,
)
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import FileRecord, FileSegment
from groundsys.values.errors import FrameError
from groundsys.values.instants import EarthReceiveTime, Instant, SpacecraftEventTime
from groundsys.values.records import ArchivedPacket

PDU_PACKET = PDU_COMMAND = "CFDP_PDU"
#: beyond the round trip: waiting for the uplink's turn, the replay itself, reading of the archive
_RELAY_ANSWERS_S = 600.0
#: the archive has a packet so soon after the hub has told of it
_TOLD_WITHIN_S = 3_600.0
#: a cube hears a Finished in its next session, and its answer comes with the pass after that
_CUBE_ANSWERS = timedelta(hours=8)


class FileDesk:
    """Keeps every file's reception."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        on_complete: Callable[[FileReception, FileRecord], None],
        event_time: Callable[[Spacecraft, Instant], SpacecraftEventTime],
    ) -> None:
        self._room = room
        self._event_time = event_time
        self._passes = passes
        self._on_complete = on_complete
        self._receptions: Receptions = {}
        #: by cube and sequence count: what the hub has told of packets that were not read yet
        self._told: dict[tuple[str, int], tuple[int, int, str]] = {}
        #: … and which file was whole by a packet that was read before the hub told of it, and when
        self._read_early: dict[tuple[str, int], tuple[str, Instant]] = {}
        self._records = {record.id: record for record in room.store.catalogue.files()}

    @property
    def records(self) -> list[FileRecord]:
        return list(self._records.values())

    def payload_of(self, record: FileRecord) -> str:
        """Whose data a file holds, its craft's own payload's or a guest's."""
        return self._room.mission.spacecraft[record.spacecraft].payload_of(record.transaction)

    @property
    def wait_for_segments(self) -> bool:
        """Whether a file lacks something that a NAK will ask for.

        One of a craft that speaks to Earth itself does not: what lacks there are packets of its own
        recorder, which are asked for as all others are.
        """
        return any(
            one.completion() == "open" and one.missing() and self._is_relayed(one)
            for one in self._receptions.values()
        )

    def _is_relayed(self, reception: FileReception) -> bool:
        maker = self._room.by_entity(reception.source_entity)
        return maker is not None and maker.relay is not None

    def take_arrivals(self, body: Mapping[str, Any]) -> None:
        """The hub has seen packets with pieces of files come."""
        for cube, count, ert_ns, relay_sclk_ns, antenna in body["packets"]:
            self._told[cube, count] = (ert_ns, relay_sclk_ns, antenna)
        self._tell_true_ways()

    def take_packets(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        """Fold in what has been archived of a cube."""
        found = [
            (packet, pdu) for packet in packets if (pdu := self._pdu_of(craft, packet)) is not None
        ]
        if not found:
            return
        self._room.store.segments.add(_segments(found))
        before = self._receptions
        self._receptions = take_pdus(before, [pdu for _, pdu in found])
        for key, reception in self._receptions.items():
            if reception is not before.get(key):
                self._take_change(reception)
        for packet, archived in found:
            file = f"{archived.pdu.source_entity}:{archived.pdu.transaction}"
            record = self._records.get(file)
            # the archive's own time is what such a record has for ERT
            if record is not None and record.received_at == packet.reception:
                self._read_early[craft.id, packet.sequence_count] = (file, packet.reception)

    def kept(self, record: FileRecord) -> None:
        """The delivery desk has changed a file's record; a delivered one needs no octets here."""
        self._records[record.id] = record
        key = (record.source_entity, record.transaction)
        if record.delivered_at is not None and key in self._receptions:
            self._receptions = seal(self._receptions, key)

    def answer(self, ledger: CommandLedger, *, nothing_under_way: bool) -> None:
        """Queue what is to be said to the senders now."""
        light_time_s = max(
            (self._passes.light_time(craft.id).seconds for craft in self._room.speakers),
            default=0.0,
        )
        round_trip = timedelta(seconds=2.0 * light_time_s)
        patience = Patience(
            relay=round_trip + timedelta(seconds=_RELAY_ANSWERS_S),
            sender=max(_CUBE_ANSWERS, 2 * round_trip),
        )
        said = _said(ledger.of("file"), self._room.now)
        for reception in self._receptions.values():
            cube = self._room.by_entity(reception.source_entity)
            if cube is None:
                continue
            relay = self._room.mission.spacecraft[cube.relay or cube.id]
            found = answers(
                reception,
                said.get(_file_id(reception), Said()),
                self._room.now,
                patience,
                nothing_under_way=nothing_under_way and cube.relay is not None,
                maximum_octets=_longest_pdu(relay),
            )
            self._queue(ledger, relay, reception, found)

    def _queue(
        self,
        ledger: CommandLedger,
        relay: Spacecraft,
        reception: FileReception,
        found: Sequence[Answer],
    ) -> None:
        for answer in found:
            ledger.queue(
                relay.id,
                PDU_COMMAND,
                {"pdu_length": len(answer.pdu), "pdu": answer.pdu},
                purpose="file",
                subject=f"{_file_id(reception)}:{answer.kind}",
            )
        if any(answer.kind == "nak" for answer in found):
            record = self._records[_file_id(reception)]
            rounds = record.retransmission_rounds + 1
            self._keep(replace(record, retransmission_rounds=rounds))
            octets = sum(end - start for start, end in reception.missing())
            text = f"{reception.name or record.id}: asks again for {octets} octets"
            self._room.log(record.spacecraft, "info", "file", text)

    def _take_change(self, reception: FileReception) -> None:
        cube = self._room.by_entity(reception.source_entity)
        if cube is None:
            return
        record_id = _file_id(reception)
        known = self._records.get(record_id)
        completion = known.completion if known and known.delivered_at else reception.completion()
        record = FileRecord(
            id=record_id,
            spacecraft=cube.id,
            source_entity=reception.source_entity,
            destination_entity=reception.destination_entity,
            transaction=reception.transaction,
            name=reception.name,
            size=reception.size,
            octets_received=reception.octets_received,
            completion=completion,
            first_reception=reception.first_reception,
            last_reception=reception.last_reception,
            finished_acknowledged=reception.finished_acknowledged,
        )
        if known is not None:
            record = replace(
                record,
                completed_at=known.completed_at,
                sha256=known.sha256,
                retransmission_rounds=known.retransmission_rounds,
                clock_solution=known.clock_solution,
                delivered_at=known.delivered_at,
                version=known.version,
                left_at=known.left_at,
                relayed_at=known.relayed_at,
                received_at=known.received_at,
                antenna=known.antenna,
                measured_from=known.measured_from,
                measured_until=known.measured_until,
            )
        if completion != "open" and record.completed_at is None:
            way = self._last_of_way(cube, reception)
            record = replace(record, completed_at=reception.last_reception, **way)
            severity = "info" if completion == "complete" else "warning"
            self._room.log(cube.id, severity, "file", f"{record.name}: {completion}")
        if record != known:
            self._keep(record)
        if completion == "complete" and record.delivered_at is None:
            self._on_complete(reception, record)
        elif record.delivered_at is not None:
            self.kept(record)

    def _tell_true_ways(self) -> None:
        """Mend the ways of files that were whole before the hub had told of their last packet."""
        words: dict[str, list[tuple[int, int, str]]] = {}
        for key, (file, reception) in list(self._read_early.items()):
            if self._room.now.seconds_since(reception) > _TOLD_WITHIN_S:
                del self._read_early[key]
            elif key in self._told:
                words.setdefault(file, []).append(self._told.pop(key))
                del self._read_early[key]
        for file, told in words.items():
            record = self._records[file]
            cube = self._room.mission.spacecraft[record.spacecraft]
            way = self._way_told(cube, record.left_at, max(told))
            relayed = [one for one in (record.relayed_at, way.relayed) if one is not None]
            record = replace(
                record,
                relayed_at=max(relayed, default=None),
                received_at=way.received,
                antenna=way.antenna,
            )
            self._keep(record)
            if record.completion == "complete" and record.delivered_at is None:
                transaction = (record.source_entity, record.transaction)
                self._on_complete(self._receptions[transaction], record)

    def _last_of_way(self, cube: Spacecraft, reception: FileReception) -> dict[str, Any]:
        """When the last of what made a file whole was where, as its record has it.

        A packet that was read before the hub told of it has the archive's time for ERT, and the
        antenna of the pass in which that was, until the hub tells.
        """
        needed = reception.needed()
        if not needed:
            return {}
        left = [one.way.left for one in needed if one.way.left is not None]
        relayed = [one.way.relayed for one in needed if one.way.relayed is not None]
        last = needed[-1]
        heard_in = self._passes.at(cube.relay or cube.id, last.received)
        return {
            "left_at": max(left, default=None),
            "relayed_at": max(relayed, default=None),
            "received_at": last.received,
            "antenna": last.way.antenna or (heard_in.antenna if heard_in else ""),
        }

    def _keep(self, record: FileRecord) -> None:
        self._records[record.id] = record
        self._room.store.catalogue.put_file(record)

    def _pdu_of(self, craft: Spacecraft, packet: ArchivedPacket) -> ArchivedPdu | None:
        if packet.name != PDU_PACKET or not packet.binary:
            return None
        fields = craft.model.packet(PDU_PACKET).fields
        try:
            values = decode_fields(fields, packet.binary[TM_HEADER_LENGTH:-CRC_LENGTH])
            return ArchivedPdu(parse_pdu(values["pdu"]), packet.reception, self._way(craft, packet))
        except FrameError as error:
            self._room.log(craft.id, "warning", "file", f"not a PDU: {error.message}")
            return None

    def _way(self, cube: Spacecraft, packet: ArchivedPacket) -> Way:
        left = self._event_time(cube, packet.generation)
        told = self._told.pop((cube.id, packet.sequence_count), None)
        if told is None:
            return Way(left)
        if packet.reception.seconds_since(Instant(told[0])) > _TOLD_WITHIN_S:
            return Way(left)  # of an earlier packet with this count
        return self._way_told(cube, left, told)

    def _way_told(self, cube: Spacecraft, left: Instant | None, told: tuple[int, int, str]) -> Way:
        ert_ns, relay_sclk_ns, antenna = told
        if cube.relay is None:
            return Way(left, None, EarthReceiveTime(ert_ns), antenna)
        relay = self._room.mission.spacecraft[cube.relay]
        relayed = self._event_time(relay, Instant(relay.sclk_epoch.tai_ns + relay_sclk_ns))
        return Way(left, relayed, EarthReceiveTime(ert_ns), antenna)


def _segments(found: Sequence[tuple[ArchivedPacket, ArchivedPdu]]) -> Iterator[FileSegment]:
    """What each file-data PDU brought, for whoever asks later where an octet came from."""
    for packet, archived in found:
        pdu = archived.pdu
        if isinstance(pdu, FileDataPdu) and pdu.data:
            yield FileSegment(
                file=f"{pdu.source_entity}:{pdu.transaction}",
                begins=pdu.offset,
                ends=pdu.offset + len(pdu.data),
                apid=packet.apid,
                sequence_count=packet.sequence_count,
                generation=packet.generation,
                reception=packet.reception,
            )


def _file_id(reception: FileReception) -> str:
    return f"{reception.source_entity}:{reception.transaction}"


def _longest_pdu(relay: Spacecraft) -> int:
    """What the relay's command takes at most."""
    length = next(
        field for field in relay.model.command(PDU_COMMAND).arguments if field.kind == "uint"
    )
    return int(length.maximum or 255)


def _said(commands: Sequence[Command], now: Instant) -> dict[str, Said]:
    """What has been said to each sender, from the ledger; what waits in the queue is said now."""
    latest: dict[tuple[str, str], Instant] = {}
    times: dict[str, int] = {}
    for command in commands:
        if command.state in ("failed", "expired", "cancelled"):
            continue
        file, _, kind = command.subject.rpartition(":")
        when = command.attempts[-1].issued_at if command.attempts else now
        latest[file, kind] = max(when, latest.get((file, kind), when))
        if kind == "finished":
            times[file] = times.get(file, 0) + 1
    return {
        file: Said(
            ack_eof=latest.get((file, "ack_eof")),
            nak=latest.get((file, "nak")),
            finished=latest.get((file, "finished")),
            finished_times=times.get(file, 0),
        )
        for file, _ in latest
    }
