"""Packets with the transfer frames that carried them, read from what the hub has journaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from groundsys.ccsds.space_packets import IDLE_APID, PRIMARY_HEADER_LENGTH, read_primary_header
from groundsys.ccsds.tm_frames import NO_PACKET_STARTS, ONLY_IDLE_DATA, TmFrame, decode_tm_frame
from groundsys.hub.channels import Channel, Place
from groundsys.hub.journal import JournalFrame


@dataclass(frozen=True, slots=True)
class CarriedPacket:
    """A packet's octets and the frames that hold a part of it, in order."""

    octets: bytes
    frames: tuple[JournalFrame, ...]


def carried_packets(frames: Iterable[JournalFrame]) -> Iterator[CarriedPacket]:
    """The packets in one craft's frames of any channels, each channel's in order of its counts.

    The frames come in the journal's order, which is that of their arrival; idle packets are
    dropped, and packets of which a frame is not there.
    """
    channels: dict[int, list[JournalFrame]] = {}
    for frame in frames:
        channels.setdefault(frame.virtual_channel, []).append(frame)
    for _, of_channel in sorted(channels.items()):
        carrying = _Carrying()
        for count, frame, decoded in _in_order(of_channel):
            yield from carrying.feed(count, frame, decoded)


def _in_order(frames: Sequence[JournalFrame]) -> list[tuple[int, JournalFrame, TmFrame]]:
    """By unwrapped count: that in the journal is what was known when the frame came."""
    channel = Channel()
    placed = []
    for number, frame in enumerate(frames):
        decoded = decode_tm_frame(frame.data)
        count = channel.unwrap(decoded.virtual_channel_count, frame.order_ns)
        if count is not None:
            starts = decoded.first_header_pointer != NO_PACKET_STARTS
            place = Place(frame.virtual_channel, count, frame.order_ns, number, starts)
            channel.add(place)
            placed.append((place, frame, decoded))
    placed.sort(key=lambda one: one[0].count)
    return [(place.count, frame, decoded) for place, frame, decoded in placed]


class _Carrying:
    """What `PacketExtractor` does for one channel, and whose octets each packet's are."""

    def __init__(self) -> None:
        self._partial = bytearray()
        #: each frame with octets in `_partial`, and where they end there
        self._owners: list[tuple[int, JournalFrame]] = []
        self._in_step = False
        self._next_count: int | None = None

    def feed(self, count: int, frame: JournalFrame, decoded: TmFrame) -> list[CarriedPacket]:
        if count != self._next_count:
            self._lose_step()
        self._next_count = count + 1
        pointer = decoded.first_header_pointer
        if pointer == ONLY_IDLE_DATA:
            return []
        if pointer == NO_PACKET_STARTS:
            self._take(frame, decoded.data if self._in_step else b"")
            return self._cut()
        self._take(frame, decoded.data[:pointer] if self._in_step else b"")
        packets = self._cut()
        self._lose_step()
        self._in_step = True
        self._take(frame, decoded.data[pointer:])
        return packets + self._cut()

    def _take(self, frame: JournalFrame, octets: bytes) -> None:
        if octets:
            self._partial += octets
            self._owners.append((len(self._partial), frame))

    def _lose_step(self) -> None:
        self._partial.clear()
        self._owners.clear()
        self._in_step = False

    def _cut(self) -> list[CarriedPacket]:
        packets = []
        start = 0
        while len(self._partial) - start >= PRIMARY_HEADER_LENGTH:
            header = read_primary_header(self._partial, start)
            end = start + header.length
            if end > len(self._partial):
                break
            if header.apid != IDLE_APID:
                octets = bytes(self._partial[start:end])
                packets.append(CarriedPacket(octets, self._between(start, end)))
            start = end
        del self._partial[:start]
        self._owners = [(ends - start, frame) for ends, frame in self._owners if ends > start]
        return packets

    def _between(self, start: int, end: int) -> tuple[JournalFrame, ...]:
        begins = [0, *(ends for ends, _ in self._owners)]
        return tuple(
            frame
            for first, (ends, frame) in zip(begins, self._owners, strict=False)
            if first < end and ends > start
        )
