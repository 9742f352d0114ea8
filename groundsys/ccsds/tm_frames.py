"""TM transfer frames (CCSDS 132.0-B-3) with operational control field and frame error control.

One frame: primary header (6 octets), data field, OCF (4 octets, may be absent), FECF (2 octets).
No secondary header, no security; the data field carries packets (synchronisation flag 0).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from groundsys.ccsds.crc import CRC_LENGTH, is_crc_good, with_crc
from groundsys.ccsds.space_packets import (
    IDLE_APID,
    PRIMARY_HEADER_LENGTH,
    SHORTEST_PACKET_LENGTH,
    idle_packet,
    read_primary_header,
)
from groundsys.values.errors import FrameError

HEADER_LENGTH = 6
OCF_LENGTH = 4
COUNT_MODULUS = 256
#: first header pointer: no packet starts in this frame
NO_PACKET_STARTS = 0x7FF
#: first header pointer: only idle data in this frame
ONLY_IDLE_DATA = 0x7FE
_SEGMENT_LENGTH_UNUSED = 0b11


@dataclass(frozen=True, slots=True)
class TmFrame:
    """A TM transfer frame's contents; `ocf` is the four octets of a CLCW, or None."""

    spacecraft_id: int
    virtual_channel: int
    master_channel_count: int
    virtual_channel_count: int
    first_header_pointer: int
    data: bytes
    ocf: bytes | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it carries idle data alone."""
        return self.first_header_pointer == ONLY_IDLE_DATA


def data_field_length(frame_length: int, *, has_ocf: bool = True) -> int:
    """Octets of packet data in one frame of `frame_length` octets."""
    return frame_length - HEADER_LENGTH - CRC_LENGTH - (OCF_LENGTH if has_ocf else 0)


def encode_tm_frame(frame: TmFrame, length: int) -> bytes:
    """The frame's octets; its data must fill `length` exactly."""
    room = data_field_length(length, has_ocf=frame.ocf is not None)
    if len(frame.data) != room:
        raise FrameError(
            "a TM frame's data does not fill it",
            expected=f"{room} octets",
            found=f"{len(frame.data)} octets",
        )
    if frame.ocf is not None and len(frame.ocf) != OCF_LENGTH:
        raise FrameError(
            "an operational control field has the wrong length",
            expected=f"{OCF_LENGTH} octets",
            found=f"{len(frame.ocf)} octets",
        )
    if not (0 <= frame.spacecraft_id < 1024 and 0 <= frame.virtual_channel < 8):
        raise FrameError(
            "a TM frame's channel is out of range",
            expected="spacecraft id below 1024, virtual channel below 8",
            found=f"{frame.spacecraft_id}, {frame.virtual_channel}",
        )
    identification = frame.spacecraft_id << 4 | frame.virtual_channel << 1 | (frame.ocf is not None)
    status = _SEGMENT_LENGTH_UNUSED << 11 | frame.first_header_pointer
    header = (
        identification.to_bytes(2, "big")
        + bytes((frame.master_channel_count % COUNT_MODULUS,))
        + bytes((frame.virtual_channel_count % COUNT_MODULUS,))
        + status.to_bytes(2, "big")
    )
    return with_crc(header + frame.data + (frame.ocf or b""))


def decode_tm_frame(data: bytes) -> TmFrame:
    """The frame in `data`; `FrameError` if its CRC, version or length is wrong."""
    if len(data) < HEADER_LENGTH + CRC_LENGTH or not is_crc_good(data):
        raise FrameError(
            "a TM frame is harmed", expected="a good CRC", found=f"{len(data)} octets without one"
        )
    identification = data[0] << 8 | data[1]
    status = data[4] << 8 | data[5]
    if identification >> 14 or status & 0xC000:
        raise FrameError(
            "not a TM frame that we read",
            expected="version 1, no secondary header, packets in the data field",
            found=f"identification {identification:04x}, status {status:04x}",
        )
    has_ocf = bool(identification & 1)
    end = len(data) - CRC_LENGTH - (OCF_LENGTH if has_ocf else 0)
    if end < HEADER_LENGTH:
        raise FrameError("a TM frame is cut short", found=f"{len(data)} octets")
    return TmFrame(
        spacecraft_id=identification >> 4 & 0x3FF,
        virtual_channel=identification >> 1 & 0x7,
        master_channel_count=data[2],
        virtual_channel_count=data[3],
        first_header_pointer=status & 0x7FF,
        data=data[HEADER_LENGTH:end],
        ocf=data[end : end + OCF_LENGTH] if has_ocf else None,
    )


class FrameBuilder:
    """Packs packets end to end into the frames of one virtual channel.

    A flush fills the last frame with an idle packet.  Where fewer octets are left than the
    shortest packet has, its tail begins the channel's next frame, whenever that comes.
    """

    def __init__(self, spacecraft_id: int, virtual_channel: int, length: int) -> None:
        self._spacecraft_id = spacecraft_id
        self._virtual_channel = virtual_channel
        self._length = length
        self.capacity = data_field_length(length)
        self.virtual_channel_count = 0
        self._waiting = bytearray()
        self._starts: deque[int] = deque()
        self._taken = 0
        self._idle_tail = 0

    @property
    def pending_bytes(self) -> int:
        """Octets of packets (idle ones apart) that are in no frame yet."""
        return max(0, len(self._waiting) - self._idle_tail)

    def add(self, packet: bytes) -> None:
        """Queue one packet behind the others."""
        self._starts.append(self._taken + len(self._waiting))
        self._waiting += packet

    def frames_ready(self) -> int:
        """Frames that the waiting packets fill completely."""
        return len(self._waiting) // self.capacity

    def take(
        self,
        *,
        flush: bool,
        ocf: bytes,
        master_channel_count: Callable[[], int],
        limit: int | None = None,
    ) -> list[bytes]:
        """The frames that are full, at most `limit`; with `flush` also one filled with idle.

        `master_channel_count` is asked once a frame.
        """
        count = self.frames_ready()
        if flush and self._has_packets_beyond(count) and (limit is None or count < limit):
            room = self.capacity - len(self._waiting) % self.capacity
            padding = max(room, SHORTEST_PACKET_LENGTH)
            self.add(idle_packet(padding))
            self._idle_tail = padding - room
            count += 1
        if limit is not None:
            count = min(count, limit)
        return [self._take_one(ocf, master_channel_count()) for _ in range(count)]

    def idle_frame(self, *, ocf: bytes, master_channel_count: Callable[[], int]) -> bytes:
        """A frame of idle data alone; it takes its turn in the channel's count."""
        return self._encode(ONLY_IDLE_DATA, bytes(self.capacity), ocf, master_channel_count())

    def _has_packets_beyond(self, full_frames: int) -> bool:
        return len(self._waiting) - full_frames * self.capacity > self._idle_tail

    def _take_one(self, ocf: bytes, master_channel_count: int) -> bytes:
        data = bytes(self._waiting[: self.capacity])
        pointer = NO_PACKET_STARTS
        end = self._taken + self.capacity
        if self._starts and self._starts[0] < end:
            pointer = self._starts[0] - self._taken
        while self._starts and self._starts[0] < end:
            self._starts.popleft()
        del self._waiting[: self.capacity]
        self._taken = end
        if len(self._waiting) < self._idle_tail:
            self._idle_tail = len(self._waiting)
        return self._encode(pointer, data, ocf, master_channel_count)

    def _encode(self, pointer: int, data: bytes, ocf: bytes, master_channel_count: int) -> bytes:
        frame = TmFrame(
            self._spacecraft_id,
            self._virtual_channel,
            master_channel_count,
            self.virtual_channel_count,
            pointer,
            data,
            ocf,
        )
        self.virtual_channel_count = (self.virtual_channel_count + 1) % COUNT_MODULUS
        return encode_tm_frame(frame, self._length)


class PacketExtractor:
    """Takes the packets out of one virtual channel's frames, in the order of their counts.

    After a gap in the count it drops what it had of a packet and begins anew at the next first
    header pointer.  Idle packets are dropped.
    """

    def __init__(self) -> None:
        self._partial = bytearray()
        self._in_step = False
        self._next_count: int | None = None
        self.missing = 0

    def feed(self, frame: TmFrame) -> list[bytes]:
        """The packets that this frame completes; `missing` grows by the frames before it."""
        if self._next_count is not None and frame.virtual_channel_count != self._next_count:
            self.missing += (frame.virtual_channel_count - self._next_count) % COUNT_MODULUS
            self._lose_step()
        self._next_count = (frame.virtual_channel_count + 1) % COUNT_MODULUS
        if frame.first_header_pointer == ONLY_IDLE_DATA:
            return []
        if frame.first_header_pointer == NO_PACKET_STARTS:
            if not self._in_step:
                return []
            self._partial += frame.data
            return self._cut()
        if self._in_step:
            self._partial += frame.data[: frame.first_header_pointer]
            packets = self._cut()
            self._lose_step()
        else:
            packets = []
        self._partial += frame.data[frame.first_header_pointer :]
        self._in_step = True
        return packets + self._cut()

    def _lose_step(self) -> None:
        self._partial.clear()
        self._in_step = False

    def _cut(self) -> list[bytes]:
        packets = []
        offset = 0
        while len(self._partial) - offset >= PRIMARY_HEADER_LENGTH:
            header = read_primary_header(self._partial, offset)
            if offset + header.length > len(self._partial):
                break
            if header.apid != IDLE_APID:
                packets.append(bytes(self._partial[offset : offset + header.length]))
            offset += header.length
        del self._partial[:offset]
        return packets


def first_packet(frame: TmFrame) -> bytes | None:
    """The packet that starts first in this frame, if it also ends in it and is not idle."""
    if frame.first_header_pointer in (NO_PACKET_STARTS, ONLY_IDLE_DATA):
        return None
    rest = frame.data[frame.first_header_pointer :]
    if len(rest) < PRIMARY_HEADER_LENGTH:
        return None
    header = read_primary_header(rest)
    if header.length > len(rest) or header.apid == IDLE_APID:
        return None
    return rest[: header.length]
