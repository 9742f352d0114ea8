"""A pass ends with one verdict, and its time in lock is what the antenna held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.passes.execution import (
    AntennaReport,
    AntennaState,
    ConfigureOrdered,
    EndReached,
    Pass,
    PassEvent,
    advance_pass,
)
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
HOUR_S = 3600.0


def planned(view_s: float | None = None) -> Pass:
    end = NOON.plus_seconds(4 * HOUR_S)
    return Pass("p1", "usuda-64", "otv", NOON, end, NOON, end, 600.0, 128e3, 40.0, view_s=view_s)


def report(state: AntennaState, at_s: float, good: int = 0, bad: int = 0) -> AntennaReport:
    return AntennaReport(
        NOON.plus_seconds(at_s), state, state == "locked", 55.0, good, good // 3, good, bad
    )


def after(one: Pass, *events: PassEvent) -> Pass:
    now = NOON
    for event in events:
        if isinstance(event, AntennaReport):
            now = max(now, event.time)
        one = advance_pass(one, event, one.end if isinstance(event, EndReached) else now)
    return one


def test_a_pass_from_plan_to_verdict() -> None:
    states = []
    one = planned()
    for event in (
        ConfigureOrdered(),
        report("configuring", -300),
        report("searching", 0),
        report("locked", 60, good=1),
        EndReached(),
    ):
        one = after(one, event)
        states.append(one.state)
    assert states == ["configuring", "configuring", "searching", "locked", "closed"]
    assert one.verdict == "executed"
    assert one.lock_s == 4 * HOUR_S - 60
    assert one.losses_of_lock == 0


def test_half_the_time_without_lock_is_degraded_unless_mars_was_in_the_way() -> None:
    events = (
        ConfigureOrdered(),
        report("locked", 0, good=1),
        report("lost", HOUR_S, good=500),
        report("locked", 3 * HOUR_S, good=500),
        report("locked", 3.5 * HOUR_S, good=700),
        EndReached(),
    )
    degraded = after(planned(), *events)
    assert (degraded.verdict, degraded.lock_s) == ("degraded", 2 * HOUR_S)
    assert (degraded.losses_of_lock, degraded.frames_good) == (1, 700)
    assert after(planned(view_s=2.2 * HOUR_S), *events).verdict == "executed"


def test_without_a_frame_it_is_missed_until_the_last_count_comes() -> None:
    missed = after(planned(), ConfigureOrdered(), report("searching", 0), EndReached())
    assert missed.verdict == "missed"
    late = after(missed, report("idle", 4 * HOUR_S, good=3))
    assert (late.state, late.verdict) == ("closed", "degraded")


_STATES: st.SearchStrategy[AntennaState] = st.sampled_from(
    ["idle", "configuring", "searching", "locked", "lost"]
)


@given(st.lists(st.tuples(_STATES, st.floats(-1000, 5 * HOUR_S), st.integers(0, 900))))
def test_whatever_the_antenna_says_figures_stay_sane(
    said: list[tuple[AntennaState, float, int]],
) -> None:
    reports = [report(state, at_s, good) for state, at_s, good in sorted(said, key=lambda x: x[1])]
    one = after(planned(), ConfigureOrdered(), *reports, EndReached())
    again = after(one, *reports, EndReached())
    assert one.state == again.state == "closed"
    assert 0.0 <= one.lock_s <= one.interval.seconds + 1e-6
    assert one.frames_good == max([0, *(good for _, _, good in said)])
    assert (one.verdict == "missed") == (one.frames_good == 0)
    assert again == one
