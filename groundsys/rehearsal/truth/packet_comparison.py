"""Which packets the archive lacks of those that a craft made, and which nobody made: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundsys.rehearsal.truth.record import TruePacket
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

#: Yamcs keeps generation times in whole milliseconds
_SAME_TIME_NS = 2_000_000
#: so many are told by name
_TOLD = 3


@dataclass(frozen=True, slots=True, order=True)
class PacketStamp:
    """What tells a packet from all others: APID, 14-bit sequence count, its craft's own stamp."""

    apid: int
    sequence_count: int
    generation: Instant

    def __str__(self) -> str:
        return f"APID {self.apid} count {self.sequence_count} of {self.generation.utc_iso(3)}"


@dataclass(frozen=True, slots=True)
class PacketComparison:
    """`missing` were made and are not archived, `strange` the other way round; each in order."""

    missing: tuple[PacketStamp, ...]
    strange: tuple[PacketStamp, ...]
    matched: int


def compare_packets(
    sclk_epoch: Instant, generated: Iterable[TruePacket], archived: Iterable[ArchivedPacket]
) -> PacketComparison:
    """Compare what a craft truly made with what the archive holds.

    A packet is the same if APID and 14-bit sequence count agree and its generation time does, to
    the archive's millisecond.  A packet that was archived twice counts once.
    """
    waiting: defaultdict[tuple[int, int], dict[int, Instant]] = defaultdict(dict)
    for packet in archived:
        generation = packet.generation
        waiting[packet.apid, packet.sequence_count][generation.tai_ns // _SAME_TIME_NS] = generation
    missing = []
    matched = 0
    for one in generated:
        times = waiting.get((one.apid, one.sequence_count), {})
        generation = Instant(sclk_epoch.tai_ns + one.sclk_ns)
        near = [
            key
            for key, found in times.items()
            if abs(found.tai_ns - generation.tai_ns) <= _SAME_TIME_NS
        ]
        for key in near:
            del times[key]
        if near:
            matched += 1
        else:
            missing.append(PacketStamp(one.apid, one.sequence_count, generation))
    strange = [
        PacketStamp(apid, count, generation)
        for (apid, count), times in waiting.items()
        for generation in times.values()
    ]
    return PacketComparison(tuple(sorted(missing)), tuple(sorted(strange)), matched)


def tell_packets(packets: Sequence[PacketStamp], what: str) -> str:
    """How many there are, and the first few by name."""
    named = ", ".join(map(str, packets[:_TOLD]))
    more = ", …" if len(packets) > _TOLD else ""
    return f"{len(packets)} {what}" + (f": {named}{more}" if packets else "")
