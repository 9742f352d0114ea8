"""The steps of a pass: planned from the booking, actual from what the antenna says."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from groundsys.passes.execution import (
    AntennaReport,
    AntennaState,
    EndReached,
    Pass,
    PassEvent,
    ServiceOpened,
    advance_pass,
    milestones,
)
from groundsys.passes.timeline import timeline
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def after(seconds: float) -> Instant:
    return NOON.plus_seconds(seconds)


BOOKED = Pass("p", "dish", "otv", NOON, after(3600), NOON, after(2000), 600.0, 1e5)


def report(at_s: float, state: AntennaState, *, uplink: bool = False) -> AntennaReport:
    return AntennaReport(after(at_s), state, uplink, None, 3, 0, 0, 0)


def test_steps_come_in_the_order_in_which_they_happen() -> None:
    steps = timeline(BOOKED, 300.0, 60.0, has_service=True)
    assert [step.name for step in steps] == [
        "configure", "search", "lock", "uplink_sweep", "ad_service", "uplink_end", "los",
    ]  # fmt: skip
    by_name = {step.name: step.planned for step in steps}
    assert by_name["configure"] == after(-300)
    assert by_name["ad_service"] == after(120)
    assert by_name["los"] == BOOKED.end


def test_what_a_pass_does_not_have_is_no_step() -> None:
    deaf = replace(BOOKED, uplink_until=BOOKED.uplink_from)
    assert [s.name for s in timeline(deaf, 300.0, 60.0, has_service=True)] == [
        "configure", "search", "lock", "los",
    ]  # fmt: skip
    names = [s.name for s in timeline(BOOKED, 300.0, 60.0, has_service=False)]
    assert "ad_service" not in names


def test_lock_that_comes_back_is_no_loss_of_signal() -> None:
    one = BOOKED
    for at_s, state in ((60, "locked"), (700, "lost"), (800, "locked")):
        one = advance_pass(one, report(at_s, state), after(at_s))  # type: ignore[arg-type]
    assert timeline(one, 300.0, 60.0, has_service=True)[-1].actual is None
    closed = advance_pass(one, EndReached(), after(3630))
    los = timeline(closed, 300.0, 60.0, has_service=True)[-1]
    assert los.actual == BOOKED.end
    assert closed.first_lock == after(60)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["configuring", "searching", "locked", "lost", "idle"]), st.booleans()
    ),
    max_size=12,
)


@given(EVENTS, st.booleans())
def test_a_milestone_once_reached_stays(
    events: list[tuple[AntennaState, bool]], opens_service: bool
) -> None:
    one, times = BOOKED, []
    said: list[PassEvent] = [
        report(50.0 * (number + 1), state, uplink=uplink)
        for number, (state, uplink) in enumerate(events)
    ]
    if opens_service:
        said.append(ServiceOpened())
    for number, event in enumerate([*said, EndReached()]):
        one = advance_pass(one, event, after(50.0 * (number + 1)))
        times.append((one.configuring_from, one.searching_from, one.carrier_from, one.service_from))
    for early, late in pairwise(times):
        assert all(before is None or before == now for before, now in zip(early, late, strict=True))
    assert not one.uplink
    assert (one.carrier_until is None) == (one.carrier_from is None)
    assert milestones(one)[-1] == one.service_from
