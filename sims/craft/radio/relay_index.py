"""The OTV's part in the cubes' file transfers: an index of its own copy.

From the file frames that it keeps, the OTV notes which recorder packet carries which piece of
which file.  So it can answer the ground's NAK while the cube sleeps, and repeat an EOF that
nobody acknowledged.  A waypoint, not a CFDP entity: it makes no PDU of its own.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from groundsys.ccsds.cfdp import (
    METADATA_SEGMENT,
    EofPdu,
    FileDataPdu,
    MetadataPdu,
    NakPdu,
    parse_pdu,
)
from groundsys.ccsds.space_packets import decode_tm_packet
from groundsys.ccsds.tm_frames import NO_PACKET_STARTS, PacketExtractor, TmFrame
from groundsys.values.errors import FrameError

#: source entity and transaction number
Transaction = tuple[int, int]
#: a relay packet, or what tells one from all others: counts alone come again
Carrier = TypeVar("Carrier", bound=Hashable)
_PDU_SERVICE = 201
_LENGTH_FIELD = 2


@dataclass(slots=True)
class _Copy(Generic[Carrier]):
    """Where one file's PDUs are: the relay packets that carry them."""

    pieces: list[tuple[int, int, tuple[Carrier, ...]]] = field(default_factory=list)
    metadata: tuple[Carrier, ...] = ()
    eof: tuple[Carrier, ...] = ()
    eof_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Generic[Carrier]):
    """What a NAK gets: packets to replay, in order, and segments that only the cube has."""

    carriers: tuple[Carrier, ...]
    missing: tuple[tuple[int, int], ...]


class RelayIndex(Generic[Carrier]):
    """The copies of all cubes' files that are not finished."""

    def __init__(self) -> None:
        self._copies: dict[Transaction, _Copy[Carrier]] = {}
        self._extractors: dict[int, PacketExtractor] = {}
        self._since_whole: dict[int, list[Carrier]] = {}

    def __len__(self) -> int:
        return len(self._copies)

    def note(self, frame: TmFrame, carrier: Carrier) -> None:
        """Take a cube's file frame, kept in this relay packet."""
        cube = frame.spacecraft_id
        extractor = self._extractors.setdefault(cube, PacketExtractor())
        begun = self._since_whole.setdefault(cube, [])
        packets = extractor.feed(frame)
        carriers = (*begun, carrier)
        for packet in packets:
            self.note_packet(packet, carriers)
            carriers = (carrier,)
        if packets or frame.first_header_pointer != NO_PACKET_STARTS:
            begun.clear()
        begun.append(carrier)

    def answer(self, nak: NakPdu) -> Answer[Carrier]:
        """The packets that carry what `nak` asks for."""
        copy = self._copies.get((nak.source_entity, nak.transaction), _Copy())
        found: dict[Carrier, None] = {}
        missing: list[tuple[int, int]] = []
        for segment in nak.segments:
            if segment == METADATA_SEGMENT:
                found.update(dict.fromkeys(copy.metadata))
                if not copy.metadata:
                    missing.append(segment)
                continue
            covered = segment[0]
            for start, end, carriers in sorted(copy.pieces, key=lambda piece: piece[:2]):
                if start < segment[1] and end > segment[0]:
                    found.update(dict.fromkeys(carriers))
                    if start <= covered:
                        covered = max(covered, end)
            if covered < segment[1]:
                missing.append((covered, segment[1]))
        return Answer(tuple(found), tuple(missing))

    def acknowledge_eof(self, source_entity: int, transaction: int) -> None:
        """The ground has the EOF; it is not repeated any more."""
        if copy := self._copies.get((source_entity, transaction)):
            copy.eof_acknowledged = True

    def forget(self, source_entity: int, transaction: int) -> None:
        """The ground is done with the file."""
        self._copies.pop((source_entity, transaction), None)

    def unacknowledged_eofs(self) -> list[tuple[Carrier, ...]]:
        """The packets of each EOF that nobody acknowledged, file by file."""
        return [
            copy.eof for copy in self._copies.values() if copy.eof and not copy.eof_acknowledged
        ]

    def note_packet(self, packet: bytes, carriers: tuple[Carrier, ...]) -> None:
        """Take a packet that may hold a PDU, kept in these of the recorder."""
        try:
            telemetry = decode_tm_packet(packet)
            if telemetry.service != _PDU_SERVICE:
                return
            pdu = parse_pdu(telemetry.data[_LENGTH_FIELD:])
        except FrameError:
            return  # not ours to judge: the ground sees the same octets
        key = (pdu.source_entity, pdu.transaction)
        match pdu:
            case FileDataPdu():
                piece = (pdu.offset, pdu.offset + len(pdu.data), carriers)
                self._copies.setdefault(key, _Copy()).pieces.append(piece)
            case MetadataPdu():
                self._copies.setdefault(key, _Copy()).metadata = carriers
            case EofPdu():
                self._copies.setdefault(key, _Copy()).eof = carriers
