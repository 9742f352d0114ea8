"""A packet that is put on board is what Yamcs has encoded, under a source and count of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.requests import SCHEDULE_SOURCE, RequestId, request_id, with_source
from groundsys.ccsds.space_packets import TcPacket, decode_tc_packet, encode_tc_packet
from groundsys.mission import load_mission
from groundsys.scheduling import (
    Entry,
    command_name,
    entry_of,
    insert_arguments,
    knows_schedules,
    next_count,
)
from groundsys.values.errors import FrameError
from tests.sims_craft.air import command_packet

MISSION = load_mission()
OTV = MISSION.spacecraft["otv"]


@given(
    count=st.integers(0, 16383),
    source=st.integers(0, 65535),
    data=st.binary(min_size=1, max_size=200),
)
def test_only_source_and_count_change(count: int, source: int, data: bytes) -> None:
    packet = encode_tc_packet(TcPacket(1, 0, 8, 1, data))
    changed = with_source(packet, source, count)
    assert request_id(changed) == RequestId(source, 1, count)
    read = decode_tc_packet(changed)
    assert (read.service, read.subtype, read.data) == (8, 1, data)
    assert with_source(changed, 0, 0) == packet


def test_a_harmed_packet_is_not_put_into_an_insertion() -> None:
    packet = command_packet(OTV, "PING", 0)
    with pytest.raises(FrameError):
        with_source(packet[:-1] + b"\0", SCHEDULE_SOURCE, 1)


def test_an_insertion_carries_its_entry() -> None:
    packet = command_packet(OTV, "SET_HEATER", 0, {"heater_state": "ON"})
    arguments = insert_arguments(7, 50_000, packet, 3)
    entry = entry_of(arguments)
    assert entry == Entry(50_000, with_source(packet, SCHEDULE_SOURCE, 3))
    assert arguments["scheduled_length"] == len(entry.packet)
    assert command_name(OTV.model, entry.packet) == "SET_HEATER"
    assert command_name(OTV.model, entry.packet[:-1]) == "a packet that cannot be read"
    strange = encode_tc_packet(TcPacket(1, 0, 8, 1, b"\xfa"))
    assert command_name(OTV.model, strange) == "an unknown command"


def test_counts_go_on_and_come_round() -> None:
    assert next_count([]) == 0
    assert next_count([{}] * 5) == 5
    assert next_count([{}] * 16385) == 1


def test_which_craft_hold_sequences() -> None:
    assert knows_schedules(OTV.model)
    assert not knows_schedules(MISSION.spacecraft["cube-polar"].model)
