"""The newest knowledge of a craft is the same in whatever order it comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.telemetry.completeness import CountRecord, take_tail
from groundsys.telemetry.freshness import CraftState, take_archived, take_frames, take_readings
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket, ParameterReading

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


@given(st.permutations(range(6)))
def test_order_makes_no_difference(order: list[int]) -> None:
    state = CraftState("otv")
    for number in order:
        made = NOON.plus_seconds(10 * number)
        state = take_readings(state, [ParameterReading("obc_mode", f"mode {number}", made)])
        state = take_archived(state, [ArchivedPacket("OBC", made, 1, number, made)])
        state = take_frames(state, 2, made)
    assert state.value("obc_mode") == "mode 5"
    assert state.value("unheard") is None
    assert state.newest_generation == state.newest_receive_time == NOON.plus_seconds(50)
    assert state.frames == 12
    assert state.age_s(NOON.plus_seconds(60)) == 10.0


def test_a_craft_never_heard_has_no_age() -> None:
    assert CraftState("otv").age_s(NOON) is None
    assert take_archived(CraftState("otv"), []).newest_generation is None


def test_after_a_reset_of_the_clock_what_came_last_is_newest() -> None:
    """Its stamps begin anew; when they were is told by whoever knows the clock."""
    reset = NOON.plus_seconds(100)
    epoch = NOON.plus_seconds(-5e7)

    def dated(generation: Instant) -> Instant:
        after_s = generation.seconds_since(epoch)
        return reset.plus_seconds(after_s) if after_s < 1e6 else generation

    state = CraftState("otv")
    for made, mode in ((NOON, "NOMINAL"), (epoch.plus_seconds(30), "SAFE"), (NOON, "NOMINAL")):
        state = take_readings(state, [ParameterReading("obc_mode", mode, made)], dated)
        state = take_archived(state, [ArchivedPacket("OBC", made, 1, 0, made)], dated)
    assert state.value("obc_mode") == "SAFE"
    assert state.newest_generation == epoch.plus_seconds(30)
    record = take_tail(CountRecord(1), NOON, 40)
    record = take_tail(record, epoch.plus_seconds(30), 43, dated)
    assert take_tail(record, NOON, 41, dated).tail == record.tail
    assert record.tail is not None
    assert record.tail[1] == 43
