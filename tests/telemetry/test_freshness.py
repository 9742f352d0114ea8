"""The newest knowledge of a craft is the same in whatever order it comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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
