"""Each packet comes with exactly the frames that hold its octets, whatever was lost."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.tm_frames import (
    FrameBuilder,
    PacketExtractor,
    data_field_length,
    decode_tm_frame,
)
from groundsys.hub import JournalFrame
from groundsys.tracing.carriers import carried_packets
from tests.ccsds.test_tm_frames import LENGTH, OCF

CAPACITY = data_field_length(LENGTH)
STEP_NS = 100_000_000


def packet(number: int, length: int) -> bytes:
    header = (0x0800 | 5).to_bytes(2, "big") + (0xC000 | number).to_bytes(2, "big")
    return header + (length - 7).to_bytes(2, "big") + bytes([number % 251]) * (length - 6)


def framed(packets: list[bytes], channel: int = 1) -> list[JournalFrame]:
    """The packets' frames, a tenth of a second apart; the channel's count passes 255."""
    builder, master = FrameBuilder(417, channel, LENGTH), itertools.count()
    builder.virtual_channel_count = 250
    for one in packets:
        builder.add(one)
    octets = builder.take(flush=True, ocf=OCF, master_channel_count=lambda: next(master))
    return [
        JournalFrame("cube", channel, 0, n * STEP_NS, n * STEP_NS, "usuda-64", 0, data)
        for n, data in enumerate(octets)
    ]


sizes = st.lists(st.integers(22, 700), min_size=1, max_size=20)


@given(sizes, st.data())
def test_what_is_lost_and_comes_late_changes_no_packet(
    lengths: list[int], data: st.DataObject
) -> None:
    packets = [packet(n, length) for n, length in enumerate(lengths)]
    frames = framed(packets)
    lost = data.draw(st.sets(st.sampled_from(frames), max_size=3))
    left = [frame for frame in frames if frame not in lost]
    extractor = PacketExtractor()
    expected = [one for frame in left for one in extractor.feed(decode_tm_frame(frame.data))]
    arrived = data.draw(st.permutations(left)) if len(left) < 6 else left[1:] + left[:1]
    found = list(carried_packets(arrived))
    assert [one.octets for one in found] == expected
    ends = list(itertools.accumulate(lengths))
    for one in found:
        number = packets.index(one.octets)
        first, last = (ends[number] - lengths[number]) // CAPACITY, (ends[number] - 1) // CAPACITY
        assert list(one.frames) == frames[first : last + 1]


def test_channels_do_not_mix() -> None:
    one = framed([packet(1, 300), packet(2, 40)], 1)
    other = framed([packet(3, 500)], 2)
    mixed = [frame for pair in itertools.zip_longest(one, other) for frame in pair if frame]
    found = list(carried_packets(mixed))
    assert [each.octets for each in found] == [packet(1, 300), packet(2, 40), packet(3, 500)]
    assert {frame.virtual_channel for frame in found[2].frames} == {2}
