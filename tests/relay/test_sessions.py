"""What is loaded when, and how a relay session ends."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundsys.relay.sessions import (
    ClockJumped,
    ClockReached,
    EverythingHeard,
    LoadFailed,
    LoadQueued,
    LoadVerified,
    PacketsArchived,
    RelayEvent,
    RelaySession,
    advance_relay_session,
    forward_arguments,
    load_arguments,
    sessions_to_load,
)
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")


def session(hour: float, spacecraft: str = "cube-polar") -> RelaySession:
    start = NOON + timedelta(hours=hour)
    return RelaySession(f"s{hour}", "otv", spacecraft, start, start + timedelta(minutes=15))


def test_from_plan_to_verdict() -> None:
    states = []
    one = session(2)
    made_at = (one.start.plus_seconds(30), one.end.plus_seconds(-90))
    for event, now in (
        (LoadQueued(), NOON),
        (LoadFailed(), NOON),
        (LoadQueued(), NOON),
        (LoadVerified(), NOON),
        (ClockReached(), one.start),
        (ClockReached(), one.end),
        (PacketsArchived(made_at), one.end + timedelta(hours=3)),
        (EverythingHeard(), one.end + timedelta(hours=4)),
    ):
        one = advance_relay_session(one, event, now)
        states.append(one.state)
    assert states == [
        "loading", "planned", "loading", "loaded", "open", "closed", "closed", "closed",
    ]  # fmt: skip
    assert one.verdict == "executed"
    assert (one.heard_from, one.heard_until) == made_at


def test_what_was_loaded_by_a_clock_that_has_jumped_since_is_loaded_again() -> None:
    one = advance_relay_session(session(2), LoadQueued(), NOON)
    for loaded in (one, advance_relay_session(one, LoadVerified(), NOON)):
        again = advance_relay_session(loaded, ClockJumped(), NOON)
        assert again.state == "planned"
        assert sessions_to_load([again], NOON, clock_is_measured=True) == (again,)
    begun = advance_relay_session(advance_relay_session(one, LoadVerified(), NOON),
                                  ClockReached(), one.start)  # fmt: skip
    assert advance_relay_session(begun, ClockJumped(), one.start) == begun


def test_a_session_from_which_nothing_came_is_missed_once_everything_is_heard() -> None:
    one = advance_relay_session(session(2), ClockReached(), NOON + timedelta(hours=3))
    assert (one.state, one.verdict) == ("closed", None)
    other = PacketsArchived((NOON + timedelta(hours=5),))
    one = advance_relay_session(one, other, NOON + timedelta(hours=6))
    one = advance_relay_session(one, EverythingHeard(), NOON + timedelta(hours=6))
    assert one.verdict == "missed"


_EVENTS: st.SearchStrategy[RelayEvent] = st.sampled_from(
    [
        LoadQueued(),
        LoadVerified(),
        LoadFailed(),
        PacketsArchived((NOON + timedelta(hours=2, minutes=3),)),
        PacketsArchived((NOON + timedelta(hours=2, minutes=9), NOON)),
    ]
)


@given(st.lists(_EVENTS, max_size=10), st.lists(_EVENTS, max_size=10))
def test_packets_of_the_session_make_it_executed_in_any_order(
    before: list[RelayEvent], later: list[RelayEvent]
) -> None:
    one = session(2)
    heard = PacketsArchived((NOON + timedelta(hours=2, minutes=3),))
    events = [*before, ClockReached(), heard, *later, EverythingHeard()]
    for event in events:
        one = advance_relay_session(one, event, one.end)
    assert (one.state, one.verdict) == ("closed", "executed")
    assert one == advance_relay_session(one, heard, one.end)


def test_only_what_can_arrive_in_time_and_is_near_enough_is_loaded() -> None:
    sessions = [session(hour) for hour in (20, 0.1, 5, 2)]

    def loaded(at: Instant, *, clock_is_measured: bool) -> list[str]:
        found = sessions_to_load(sessions, at, clock_is_measured=clock_is_measured)
        return [one.id for one in found]

    assert loaded(NOON, clock_is_measured=True) == ["s0.1", "s2", "s5"]
    assert loaded(NOON, clock_is_measured=False) == ["s0.1", "s2"]
    assert loaded(NOON + timedelta(minutes=5), clock_is_measured=True) == ["s2", "s5"]


def test_what_no_later_uplink_can_load_in_time_is_loaded_however_far_it_is() -> None:
    sessions = [session(hour) for hour in (5, 20, 23.9, 24.1)]

    def loaded(*, clock_is_measured: bool) -> list[str]:
        found = sessions_to_load(
            sessions,
            NOON,
            clock_is_measured=clock_is_measured,
            next_arrives_at=NOON + timedelta(hours=24),
        )
        return [one.id for one in found]

    assert loaded(clock_is_measured=True) == ["s5", "s20", "s23.9"]
    assert loaded(clock_is_measured=False) == []


def test_the_start_is_told_in_the_relay_s_own_clock() -> None:
    clock = ClockSolution("otv", 0, SpacecraftEventTime(EPOCH.tai_ns), 1.0, 0.0, EPOCH)
    slow = ClockSolution(
        "otv", 0, SpacecraftEventTime(EPOCH.plus_seconds(7).tai_ns), 1.0, 0.0, EPOCH
    )
    one = session(2)
    start_s = round(one.start.seconds_since(EPOCH))
    assert load_arguments(one, 418, clock) == {
        "session_spacecraft_id": 418,
        "session_start_sclk": start_s,
        "session_duration_s": 900,
    }
    assert load_arguments(one, 418, slow)["session_start_sclk"] == start_s - 7
    assert forward_arguments(418, b"frame")["forward_frame_length"] == 5
