"""TM frames, their builder and the extractor under loss."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet, idle_packet
from groundsys.ccsds.tm_frames import (
    NO_PACKET_STARTS,
    ONLY_IDLE_DATA,
    FrameBuilder,
    PacketExtractor,
    TmFrame,
    data_field_length,
    decode_tm_frame,
    encode_tm_frame,
    first_packet,
)
from groundsys.values.errors import FrameError

LENGTH = 128
CAPACITY = data_field_length(LENGTH)
OCF = b"\x01\x02\x03\x04"


def packet(number: int, size: int) -> bytes:
    """A telemetry packet of `size` octets at least 22."""
    data = random.Random(number).randbytes(size - 22)
    return encode_tm_packet(TmPacket(1, number % 16384, 3, 25, number * 10**9, data))


def packets(sizes: list[int]) -> list[bytes]:
    return [packet(number, size) for number, size in enumerate(sizes)]


class Sender:
    def __init__(self, length: int = LENGTH) -> None:
        self.builder = FrameBuilder(417, 3, length)
        self._master = itertools.count()

    def take(self, *, flush: bool, limit: int | None = None) -> list[TmFrame]:
        octets = self.builder.take(
            flush=flush, ocf=OCF, master_channel_count=lambda: next(self._master), limit=limit
        )
        return [decode_tm_frame(frame) for frame in octets]


sizes = st.lists(st.integers(22, 400), min_size=1, max_size=20)


@given(
    st.builds(
        TmFrame,
        spacecraft_id=st.integers(0, 1023),
        virtual_channel=st.integers(0, 7),
        master_channel_count=st.integers(0, 255),
        virtual_channel_count=st.integers(0, 255),
        first_header_pointer=st.integers(0, 2047),
        data=st.binary(min_size=CAPACITY, max_size=CAPACITY),
        ocf=st.binary(min_size=4, max_size=4),
    )
)
def test_frames_come_back(frame: TmFrame) -> None:
    octets = encode_tm_frame(frame, LENGTH)
    assert len(octets) == LENGTH
    assert decode_tm_frame(octets) == frame


def test_a_frame_octet_by_octet() -> None:
    frame = TmFrame(417, 3, 7, 9, 5, b"abcdef", OCF)
    octets = encode_tm_frame(frame, 18)
    # version 0, id 0x1A1, channel 3, OCF; counts; no flags, segment length 11, pointer 5
    assert octets[:6].hex() == "1a17" + "07" + "09" + "1805"
    assert octets[6:16] == b"abcdef" + OCF
    without = encode_tm_frame(TmFrame(417, 3, 7, 9, 5, b"abcdef"), 14)
    assert without[:2].hex() == "1a16"
    assert decode_tm_frame(without).ocf is None


def test_a_harmed_frame_is_refused() -> None:
    octets = bytearray(encode_tm_frame(TmFrame(417, 0, 0, 0, 0, bytes(CAPACITY), OCF), LENGTH))
    octets[50] ^= 1
    with pytest.raises(FrameError, match="CRC"):
        decode_tm_frame(bytes(octets))
    with pytest.raises(FrameError):
        decode_tm_frame(b"")


@pytest.mark.parametrize(
    "frame",
    [
        TmFrame(1024, 0, 0, 0, 0, bytes(CAPACITY), OCF),
        TmFrame(417, 8, 0, 0, 0, bytes(CAPACITY), OCF),
        TmFrame(417, 0, 0, 0, 0, bytes(CAPACITY - 1), OCF),
        TmFrame(417, 0, 0, 0, 0, bytes(CAPACITY), OCF[:3]),
    ],
)
def test_a_frame_that_cannot_be_is_refused(frame: TmFrame) -> None:
    with pytest.raises(FrameError):
        encode_tm_frame(frame, LENGTH)


@given(sizes, st.lists(st.booleans(), min_size=20, max_size=20))
def test_packets_come_back_whenever_frames_are_flushed(
    lengths: list[int], flushes: list[bool]
) -> None:
    sent, got = packets(lengths), []
    sender, extractor = Sender(), PacketExtractor()
    for octets, flush in zip(sent, flushes, strict=False):
        sender.builder.add(octets)
        for frame in sender.take(flush=flush):
            got += extractor.feed(frame)
        if flush:
            assert sender.builder.pending_bytes == 0
            assert got == sent[: len(got)]
            assert len(got) == sent.index(octets) + 1
    for frame in sender.take(flush=True):
        got += extractor.feed(frame)
    assert got == sent
    assert extractor.missing == 0
    assert sender.take(flush=True) == []


@given(sizes, st.lists(st.booleans(), min_size=80, max_size=80))
def test_lost_frames_cost_only_the_packets_they_touch(lengths: list[int], lost: list[bool]) -> None:
    sent = packets(lengths)
    sender, extractor = Sender(), PacketExtractor()
    for octets in sent:
        sender.builder.add(octets)
    frames = sender.take(flush=True)
    lost = [False, *lost[: len(frames) - 2], False] if len(frames) > 1 else [False]
    got = [
        p
        for frame, gone in zip(frames, lost, strict=False)
        if not gone
        for p in extractor.feed(frame)
    ]
    offsets = list(itertools.accumulate((len(p) for p in sent), initial=0))
    untouched = [
        octets
        for octets, start, end in zip(sent, offsets, offsets[1:], strict=False)
        if not any(lost[start // CAPACITY : (end - 1) // CAPACITY + 1])
    ]
    assert got == untouched
    assert extractor.missing == sum(lost)


def test_counts_wrap_and_gaps_across_the_wrap_are_counted() -> None:
    sender, extractor = Sender(), PacketExtractor()
    frames = []
    for number in range(300):
        sender.builder.add(packet(number, CAPACITY))
        frames += sender.take(flush=False)
    got = [p for frame in frames[:250] + frames[260:] for p in extractor.feed(frame)]
    assert len(got) == 290
    assert extractor.missing == 10
    assert frames[256].virtual_channel_count == 0
    assert frames[256].master_channel_count == 0


def test_first_header_pointers() -> None:
    sender = Sender()
    sender.builder.add(packet(1, 2 * CAPACITY + 10))
    sender.builder.add(packet(2, 22))
    one, two, three = sender.take(flush=True)
    pointers = [frame.first_header_pointer for frame in (one, two, three)]
    assert pointers == [0, NO_PACKET_STARTS, 10]
    assert first_packet(one) is None  # it goes on in the next
    assert first_packet(two) is None
    assert first_packet(three) == packet(2, 22)


def test_the_tail_of_a_short_idle_packet_begins_the_next_frame() -> None:
    sender, extractor = Sender(), PacketExtractor()
    sender.builder.add(packet(1, CAPACITY - 3))  # three octets are too few for an idle packet
    (first,) = sender.take(flush=True)
    assert extractor.feed(first) == [packet(1, CAPACITY - 3)]
    assert sender.builder.pending_bytes == 0
    assert sender.take(flush=True) == []
    sender.builder.add(packet(2, 22))
    (second,) = sender.take(flush=True)
    assert second.first_header_pointer == 4
    assert first_packet(second) == packet(2, 22)
    assert extractor.feed(second) == [packet(2, 22)]


def test_a_limit_leaves_the_rest_waiting() -> None:
    sender = Sender()
    for number in range(5):
        sender.builder.add(packet(number, CAPACITY))
    sender.builder.add(packet(5, 30))
    assert sender.builder.frames_ready() == 5
    assert len(sender.take(flush=True, limit=2)) == 2
    assert sender.builder.pending_bytes == 3 * CAPACITY + 30
    assert len(sender.take(flush=True, limit=3)) == 3
    assert sender.take(flush=True, limit=0) == []
    assert len(sender.take(flush=True, limit=1)) == 1
    assert sender.builder.pending_bytes == 0


def test_idle_frames_take_their_turn_and_carry_nothing() -> None:
    builder, extractor = FrameBuilder(417, 7, LENGTH), PacketExtractor()
    frames = [
        decode_tm_frame(builder.idle_frame(ocf=OCF, master_channel_count=lambda: 5))
        for _ in range(2)
    ]
    assert [frame.virtual_channel_count for frame in frames] == [0, 1]
    assert all(frame.first_header_pointer == ONLY_IDLE_DATA for frame in frames)
    assert all(frame.is_idle and frame.ocf == OCF for frame in frames)
    assert [extractor.feed(frame) for frame in frames] == [[], []]
    assert first_packet(frames[0]) is None


def test_an_extractor_that_comes_late_waits_for_a_packet_to_start() -> None:
    sender, extractor = Sender(), PacketExtractor()
    for number in range(3):
        sender.builder.add(packet(number, 3 * CAPACITY // 2))
    frames = sender.take(flush=True)
    got = [p for frame in frames[2:] for p in extractor.feed(frame)]
    assert got == [packet(2, 3 * CAPACITY // 2)]
    assert extractor.missing == 0


def test_idle_packets_are_dropped() -> None:
    sender, extractor = Sender(), PacketExtractor()
    sender.builder.add(idle_packet(40))
    sender.builder.add(packet(1, 22))
    (frame,) = sender.take(flush=True)
    assert extractor.feed(frame) == [packet(1, 22)]
    assert first_packet(frame) is None
