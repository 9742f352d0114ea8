"""Each life of our Yamcs is a source of commands, clear of every other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.requests import (
    GROUND_SOURCE,
    SCHEDULE_SOURCE,
    YAMCS_SOURCES,
    is_from_ground,
    read_source,
    source_of_life,
)
from groundsys.ccsds.space_packets import TcPacket, encode_tc_packet
from groundsys.commanding.packets import content_hash
from groundsys.values.errors import FrameError


def test_sources_come_again_only_after_all_of_them() -> None:
    lives = [source_of_life(number) for number in range(len(YAMCS_SOURCES))]
    assert len(set(lives)) == len(lives) == 4096
    assert source_of_life(len(lives)) == lives[0]
    assert {GROUND_SOURCE, SCHEDULE_SOURCE}.isdisjoint(lives)
    assert all(map(is_from_ground, (GROUND_SOURCE, *lives)))
    assert not is_from_ground(SCHEDULE_SOURCE)


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.binary(max_size=20))
def test_what_was_approved_is_the_same_from_any_source(first: int, later: int, data: bytes) -> None:
    packet, again = (
        encode_tc_packet(TcPacket(1, count, 8, 1, data, source))
        for count, source in ((0, first), (7, later))
    )
    assert (read_source(packet), read_source(again)) == (first, later)
    assert content_hash(packet) == content_hash(again)
    other = encode_tc_packet(TcPacket(1, 7, 8, 1, data + b"\0", later))
    assert content_hash(other) != content_hash(again)


def test_a_packet_without_a_source_is_refused() -> None:
    with pytest.raises(FrameError, match="cut short"):
        read_source(bytes(10))
