"""CFDP class 2 reception as a fold over archived PDUs (CCSDS 727.0-B-5, §4.6.4).

A `FileReception` is what a set of PDUs says of one transaction: the order of arrival, duplicates,
restarts and station handovers make no difference.  It holds no timers; when to answer is decided
in `answers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from groundsys.ccsds.cfdp import (
    METADATA_SEGMENT,
    AckPdu,
    EofPdu,
    FileDataPdu,
    MetadataPdu,
    Pdu,
    file_checksum,
)
from groundsys.ccsds.segments import Segment, holes, union
from groundsys.values.instants import Instant

#: (source entity, transaction number): CFDP's transaction ID
TransactionId = tuple[int, int]

Completion = Literal["open", "complete", "checksum_failure"]


@dataclass(frozen=True, slots=True)
class Way:
    """When a PDU was where on its way home; None is what nobody has told.

    `left`: it was made, and so sent, by its cube, by the cube's clock; `relayed`: its frame's
    first bit reached the relay, by the relay's clock (both SCET); `received`: the frame that
    completed its packet reached `antenna` (ERT).
    """

    left: Instant | None = None
    relayed: Instant | None = None
    received: Instant | None = None
    antenna: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedPdu:
    """A PDU, when the archive took the packet that carried it, and how it had come."""

    pdu: Pdu
    reception: Instant
    way: Way = Way()


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the archive took a copy of something, and how it had come."""

    reception: Instant
    way: Way

    @property
    def received(self) -> Instant:
        """ERT; of what came unseen, the archive's own time, which may be minutes off."""
        return self.way.received or self.reception


@dataclass(frozen=True, slots=True)
class FileReception:
    """One file under way from `source_entity`; `pieces` maps offset → octets."""

    source_entity: int
    destination_entity: int
    transaction: int
    metadata: MetadataPdu | None = None
    eof: EofPdu | None = None
    #: when each archived copy of the EOF came
    eof_receptions: tuple[Instant, ...] = ()
    pieces: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    received: tuple[Segment, ...] = ()
    #: how the first copy of each PDU came, by its segment; see `_segment_of`
    arrivals: Mapping[Segment, Arrival] = field(default_factory=dict, repr=False)
    #: the sender has answered our Finished: nothing is left to be said
    finished_acknowledged: bool = False
    first_reception: Instant | None = None
    last_reception: Instant | None = None
    #: how a sealed reception ended; its octets have been let go
    ended: Completion | None = None

    @property
    def id(self) -> TransactionId:
        return (self.source_entity, self.transaction)

    @property
    def name(self) -> str:
        """The file's name, or "" while the metadata has not come."""
        if self.metadata is None:
            return ""
        return self.metadata.destination_name or self.metadata.source_name

    @property
    def size(self) -> int | None:
        """The file's size as its sender says it, or None while nobody has."""
        if self.eof is not None:
            return self.eof.file_size
        return None if self.metadata is None else self.metadata.file_size

    @property
    def octets_received(self) -> int:
        return sum(end - start for start, end in self.received)

    def missing(self) -> tuple[Segment, ...]:
        """What must be asked for: below the EOF's size, or, before the EOF, below the last octet.

        A missing metadata PDU is the segment (0, 0), first.
        """
        if self.eof is not None:
            known_end = self.eof.file_size
        else:
            known_end = self.received[-1][1] if self.received else 0
        lacking = holes(self.received, known_end)
        return lacking if self.metadata is not None else (METADATA_SEGMENT, *lacking)

    @property
    def has_everything(self) -> bool:
        return self.eof is not None and not self.missing()

    def content(self) -> bytes:
        """The file's octets; whole only if `has_everything`."""
        size = self.size or 0
        assembled = bytearray(size)
        for offset in sorted(self.pieces):
            piece = self.pieces[offset][: max(0, size - offset)]
            assembled[offset : offset + len(piece)] = piece
        return bytes(assembled)

    def needed(self) -> tuple[Arrival, ...]:
        """The arrivals that brought something new, in order of their time.

        The last of them made the file whole, if it is; copies that came later brought nothing.
        """
        found: list[Arrival] = []
        known: tuple[Segment, ...] = ()
        in_order = sorted(self.arrivals.items(), key=lambda one: (one[1].received, one[0]))
        for segment, arrival in in_order:
            if segment not in (_METADATA, _EOF):
                with_it = union((*known, segment))
                if with_it == known:
                    continue
                known = with_it
            found.append(arrival)
        return tuple(found)

    def completion(self) -> Completion:
        """Whether the file is whole, and if so whether its checksum holds."""
        if self.ended is not None:
            return self.ended
        if not self.has_everything or self.eof is None:
            return "open"
        whole = file_checksum(self.content()) == self.eof.checksum
        return "complete" if whole else "checksum_failure"


#: segments that no file has
_METADATA: Segment = (-2, -1)
_EOF: Segment = (-1, 0)

Receptions = Mapping[TransactionId, FileReception]


def seal(receptions: Receptions, transaction: TransactionId) -> Receptions:
    """Let go of the octets of a file that is kept elsewhere; later copies change nothing."""
    reception = receptions[transaction]
    sealed = replace(reception, ended=reception.completion(), pieces={}, arrivals={})
    return {**receptions, transaction: sealed}


def take_pdus(receptions: Receptions, archived: Iterable[ArchivedPdu]) -> Receptions:
    """Add archived PDUs from senders; those of other kinds (ours, heard back) change nothing."""
    by_transaction: dict[TransactionId, list[ArchivedPdu]] = {}
    for item in archived:
        if _is_from_sender(item.pdu):
            key = (item.pdu.source_entity, item.pdu.transaction)
            by_transaction.setdefault(key, []).append(item)
    updated = dict(receptions)
    for key, items in by_transaction.items():
        first = items[0].pdu
        before = updated.get(key) or FileReception(
            first.source_entity, first.destination_entity, first.transaction
        )
        updated[key] = _take(before, items)
    return updated


def _is_from_sender(pdu: Pdu) -> bool:
    match pdu:
        case MetadataPdu() | FileDataPdu() | EofPdu():
            return True
        case AckPdu():
            return pdu.acknowledged == "finished"
    return False


def _take(reception: FileReception, items: Iterable[ArchivedPdu]) -> FileReception:
    pieces, arrivals = dict(reception.pieces), dict(reception.arrivals)
    segments = list(reception.received)
    metadata, eof = reception.metadata, reception.eof
    eof_receptions = set(reception.eof_receptions)
    acknowledged = reception.finished_acknowledged
    times = {reception.first_reception, reception.last_reception} - {None}
    for item in items:
        times.add(item.reception)
        if reception.ended is None and (segment := _segment_of(item.pdu)) is not None:
            arrival = Arrival(item.reception, item.way)
            arrivals[segment] = min(arrivals.get(segment, arrival), arrival, key=_arrival_order)
        match item.pdu:
            case MetadataPdu():
                metadata = min(metadata or item.pdu, item.pdu, key=_metadata_order)
            case FileDataPdu(offset=offset, data=data) if reception.ended is None:
                pieces[offset] = _longer(pieces.get(offset, b""), data)
                segments.append((offset, offset + len(data)))
            case EofPdu():
                eof = min(eof or item.pdu, item.pdu, key=_eof_order)
                eof_receptions.add(item.reception)
            case AckPdu():
                acknowledged = True
    known = [instant for instant in times if instant is not None]
    return replace(
        reception,
        metadata=metadata,
        eof=eof,
        eof_receptions=tuple(sorted(eof_receptions)),
        pieces=pieces,
        arrivals=arrivals,
        received=union(segments),
        finished_acknowledged=acknowledged,
        first_reception=min(known),
        last_reception=max(known),
    )


def _segment_of(pdu: Pdu) -> Segment | None:
    """What a sender's PDU brings: octets, or one of two segments that no file has."""
    match pdu:
        case MetadataPdu():
            return _METADATA
        case EofPdu():
            return _EOF
        case FileDataPdu(offset=offset, data=data):
            return (offset, offset + len(data))
    return None


def _arrival_order(one: Arrival) -> tuple[Instant, Instant, bool]:
    return (one.received, one.reception, one.way.received is None)


def _longer(one: bytes, other: bytes) -> bytes:
    """The longer of two pieces at one offset; of equally long ones always the same."""
    return min((one, other), key=lambda piece: (-len(piece), piece))


def _metadata_order(pdu: MetadataPdu) -> tuple[int, str, str]:
    return (pdu.file_size, pdu.source_name, pdu.destination_name)


def _eof_order(pdu: EofPdu) -> tuple[int, int, int]:
    return (pdu.condition, pdu.file_size, pdu.checksum)
