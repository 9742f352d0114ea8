"""The way of a sample: record, file-data PDUs, packets, frames, relay, frames again, antenna.

The store says which packets brought the record's octets, the hub's journal which frames carried
those packets, and that of the relay which of its packets held those frames.  Each step is checked
against the octets themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundsys.ccsds.cfdp import FileDataPdu, parse_pdu
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import (
    CRC_LENGTH,
    TM_HEADER_LENGTH,
    decode_tm_packet,
    read_primary_header,
)
from groundsys.hub import JournalFrame
from groundsys.hub.relaying import RelayPackets
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import FileSegment, ProductRecord, Store
from groundsys.tracing.carriers import CarriedPacket, carried_packets
from groundsys.tracing.samples import TracedSample, locate_sample
from groundsys.values.errors import FrameError, ProductError
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    SpacecraftEventTime,
)

_PDU_PACKET = "CFDP_PDU"
#: Yamcs keeps generation times in whole milliseconds
_SAME_STAMP_NS = 2_000_000
#: frames of a relay's packet come within so much of the one that completes it
_PACKET_TAKES_NS = 600 * NANOSECONDS_PER_SECOND


@dataclass(frozen=True, slots=True)
class TracedFrame:
    """A transfer frame: its virtual channel frame count as sent, and as unwrapped by the hub.

    `relayed` says how a frame of a cube came to Earth; None if it was sent there itself.
    """

    spacecraft: str
    virtual_channel: int
    count: int
    unwrapped_count: int
    antenna: str
    ert: EarthReceiveTime
    corrected_symbols: int
    relayed: TracedRelay | None = None


@dataclass(frozen=True, slots=True)
class TracedPacket:
    """A space packet; `sclk_ns` is its own stamp, `archived` when Yamcs took it (mission time).

    None of `archived` for a relay's packet, which is found in its frames alone.
    """

    spacecraft: str
    apid: int
    sequence_count: int
    sclk_ns: int
    archived: Instant | None
    frames: tuple[TracedFrame, ...]


@dataclass(frozen=True, slots=True)
class TracedRelay:
    """The hop over Proximity-1: when the frame's first bit reached the relay, by its own clock and
    as event time, and the relay's packet that took it on."""

    relay: str
    reception_sclk_ns: int
    reception: SpacecraftEventTime | None
    packet: TracedPacket | None


@dataclass(frozen=True, slots=True)
class TracedSegment:
    """A file-data PDU with octets of the record; `agrees`: it holds what the Level-0 file does.

    None of `agrees`: its packet is not in the journal, so that nobody could look.
    """

    begins: int
    ends: int
    packet: TracedPacket
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a sample came from; `segments` are in the order in which they were archived."""

    product: ProductRecord
    sample: TracedSample
    level_0: ProductRecord
    source_entity: int
    destination_entity: int
    transaction: int
    segments: tuple[TracedSegment, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every octet of the record is seen in frames, and is the same there."""
        seen: set[int] = set()
        for one in self.segments:
            if one.agrees:
                seen.update(range(one.begins, one.ends))
        right = all(one.agrees is not False for one in self.segments)
        return right and seen.issuperset(range(self.sample.begins, self.sample.ends))


def trace_sample(
    store: Store,
    journal: Callable[[], Iterable[JournalFrame]],
    mission: Mission,
    read_product: Callable[[ProductRecord], bytes],
    wanted: str,
    sample: int,
) -> Trace:
    """Trace a sample of the product `wanted`: its id, its name, or a path that ends with its name.

    `journal` reads the hub's journal from its beginning, as often as it is called.
    """
    product = _find(store, wanted)
    made = store.catalogue.products_of(product.file)
    level_0 = next(one for one in made if one.level == "L0")
    manifest = next(
        one for one in made if one.level == "manifest" and one.version == product.version
    )
    record = next((one for one in store.catalogue.files() if one.id == product.file), None)
    if record is None:
        raise ProductError(
            f"'{product.name}' holds packets as received, and no samples",
            expected="a product of a payload file",
            remedy="its manifest names the frames that brought them",
        )
    content = read_product(level_0)
    craft = mission.spacecraft[product.spacecraft]
    located = locate_sample(
        *(mission.payloads[product.payload], content, json.loads(read_product(manifest))),
        *(product.name, sample),
    )
    segments = store.segments.of(product.file, located.begins, located.ends)
    if not segments:
        raise ProductError(
            f"nobody has written down by what packets {record.name} came",
            expected=f"packets with its octets {located.begins} to {located.ends - 1}",
            remedy="it was received by an older version of the ground segment; "
            "its manifest names the frames of that time",
        )
    carried = _carriers(journal(), craft, segments)
    relayed = _relay_hops(store, journal(), mission, craft, carried.values())
    return Trace(
        product=product,
        sample=located,
        level_0=level_0,
        source_entity=record.source_entity,
        destination_entity=record.destination_entity,
        transaction=record.transaction,
        segments=tuple(
            _segment(craft, one, carried.get(_key(one)), relayed, content) for one in segments
        ),
    )


def _find(store: Store, wanted: str) -> ProductRecord:
    path = Path(wanted)
    found = [one for one in store.catalogue.named(path.name) if not one.is_partners]
    if len(found) > 1:  # two craft's products may be called alike
        found = [one for one in found if one.spacecraft == path.parent.name] or found
    if len(found) == 1:
        return found[0]
    raise ProductError(
        f"'{wanted}' is one of several products" if found else f"there is no product '{wanted}'",
        expected="a product's id, or its name or path: <spacecraft>/<file>",
        found=", ".join(f"{one.id} ({one.customer}/{one.spacecraft})" for one in found),
    )


_Key = tuple[int, int, int]


def _key(segment: FileSegment) -> _Key:
    return (segment.apid, segment.sequence_count, segment.generation.tai_ns)


def _carriers(
    journal: Iterable[JournalFrame], craft: Spacecraft, segments: Sequence[FileSegment]
) -> dict[_Key, CarriedPacket]:
    """The packets that brought `segments`, as they stand in the craft's frames."""
    wanted: dict[tuple[int, int], list[FileSegment]] = {}
    for one in segments:
        wanted.setdefault((one.apid, one.sequence_count), []).append(one)
    idle = craft.framing.virtual_channels.get("IDLE")
    mine = (
        frame for frame in journal if frame.spacecraft == craft.id and frame.virtual_channel != idle
    )
    found: dict[_Key, CarriedPacket] = {}
    for carried in carried_packets(mine):
        header = read_primary_header(carried.octets)
        for one in wanted.get((header.apid, header.sequence_count), ()):
            sclk_ns = _stamp(carried.octets)
            made_ns = one.generation.tai_ns - craft.sclk_epoch.tai_ns
            if sclk_ns is not None and abs(sclk_ns - made_ns) <= _SAME_STAMP_NS:
                found.setdefault(_key(one), carried)
    return found


def _stamp(packet: bytes) -> int | None:
    try:
        return decode_tm_packet(packet).sclk_ns
    except FrameError:
        return None


def _relay_hops(
    store: Store,
    journal: Iterable[JournalFrame],
    mission: Mission,
    craft: Spacecraft,
    carried: Iterable[CarriedPacket],
) -> dict[bytes, TracedRelay]:
    """By a cube's frame (its octets): how its relay had it, and took it on."""
    if craft.relay is None:
        return {}
    relay = mission.spacecraft[craft.relay]
    history = store.clocks.history(relay.id)
    frames = {frame.data: frame for packet in carried for frame in packet.frames}
    found = {
        data: TracedRelay(
            *(relay.id, frame.order_ns),
            reception=None
            if history is None
            else history.scet(frame.order_ns, Instant(frame.ert_ns)),
            packet=None,
        )
        for data, frame in frames.items()
    }
    times = sorted({frame.ert_ns for frame in frames.values()})
    near = [one for one in journal if one.spacecraft == relay.id and _is_near(one.ert_ns, times)]
    idle = relay.framing.virtual_channels.get("IDLE")
    packets = RelayPackets(relay)
    for packet in carried_packets(one for one in near if one.virtual_channel != idle):
        for inside in packets.frames([packet.octets]):
            frame = frames.get(inside.data)
            if frame is None or inside.reception_sclk_ns != frame.order_ns:
                continue
            hop = found[inside.data]
            last = packet.frames[-1]
            if hop.packet is None or (last.ert_ns, last.antenna) == (frame.ert_ns, frame.antenna):
                found[inside.data] = TracedRelay(
                    *(hop.relay, hop.reception_sclk_ns, hop.reception),
                    _packet(relay, packet.octets, None, packet.frames, {}),
                )
    return found


def _is_near(ert_ns: int, times: Sequence[int]) -> bool:
    return any(time - _PACKET_TAKES_NS <= ert_ns <= time + _PACKET_TAKES_NS for time in times)


def _segment(
    craft: Spacecraft,
    segment: FileSegment,
    carried: CarriedPacket | None,
    relayed: Mapping[bytes, TracedRelay],
    level_0: bytes,
) -> TracedSegment:
    if carried is None:
        sclk_ns = segment.generation.tai_ns - craft.sclk_epoch.tai_ns
        packet = TracedPacket(
            *(craft.id, segment.apid, segment.sequence_count, sclk_ns, segment.reception, ())
        )
        return TracedSegment(segment.begins, segment.ends, packet, None)
    return TracedSegment(
        segment.begins,
        segment.ends,
        _packet(craft, carried.octets, segment.reception, carried.frames, relayed),
        _data(craft, carried.octets) == level_0[segment.begins : segment.ends],
    )


def _data(craft: Spacecraft, packet: bytes) -> bytes | None:
    """The file's octets in a packet with a file-data PDU."""
    fields = craft.model.packet(_PDU_PACKET).fields
    try:
        values = decode_fields(fields, packet[TM_HEADER_LENGTH:-CRC_LENGTH])
        pdu = parse_pdu(values["pdu"])
    except FrameError:
        return None
    return pdu.data if isinstance(pdu, FileDataPdu) else None


def _packet(
    craft: Spacecraft,
    octets: bytes,
    archived: Instant | None,
    frames: Iterable[JournalFrame],
    relayed: Mapping[bytes, TracedRelay],
) -> TracedPacket:
    decoded = decode_tm_packet(octets)
    return TracedPacket(
        *(craft.id, decoded.apid, decoded.sequence_count, decoded.sclk_ns, archived),
        tuple(_frames(frames, relayed)),
    )


def _frames(
    frames: Iterable[JournalFrame], relayed: Mapping[bytes, TracedRelay]
) -> Iterator[TracedFrame]:
    for frame in frames:
        yield TracedFrame(
            spacecraft=frame.spacecraft,
            virtual_channel=frame.virtual_channel,
            count=frame.data[3],  # 132.0-B-3 §4.1.2.6
            unwrapped_count=frame.count,
            antenna=frame.antenna,
            ert=EarthReceiveTime(frame.ert_ns),
            corrected_symbols=frame.corrected_symbols,
            relayed=relayed.get(frame.data),
        )
