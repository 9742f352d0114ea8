"""Ways of commands: hops in order, inside windows, refused with the next moment that works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.commanding.itinerary import (
    Itinerary,
    NoWay,
    Overflight,
    Way,
    foresee,
    heard_at,
    holds,
)
from groundsys.commanding.uplink import UplinkWindow, radiation_seconds
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, Interval, LightTime, SpacecraftEventTime

NOON = Instant.from_utc_iso("2033-08-20T12:00:00Z")
OCTETS = 30
RATE_BPS = 4000.0


def at(minutes: float) -> Instant:
    return NOON.plus_seconds(60.0 * minutes)


def between(start: float, end: float) -> Interval:
    return Interval(at(start), at(end))


def window(number: int, start: float, end: float, light_min: float) -> UplinkWindow:
    return UplinkWindow(
        f"pass-{number}", "usuda-64", "otv", between(start, end - 2 * light_min),
        between(start, end), LightTime.from_seconds(60.0 * light_min), 32_000.0,
    )  # fmt: skip


def way(
    *passes: tuple[float, float],
    light_min: float = 10.0,
    overflights: tuple[tuple[float, float], ...] | None = None,
) -> Way:
    return Way(
        spacecraft="otv",
        uplink_rate_bps=RATE_BPS,
        security_octets=0,
        windows=tuple(window(n, *span, light_min) for n, span in enumerate(passes)),
        passes=tuple(between(*span) for span in passes),
        overflights=None
        if overflights is None
        else tuple(Overflight(f"relay-{n}", between(*s)) for n, s in enumerate(overflights)),
        execution_s=2.0,
        clock=ClockSolution.nominal("otv", NOON),
    )


def found(result: Itinerary | NoWay) -> Itinerary:
    assert isinstance(result, Itinerary), result
    return result


def test_a_direct_command_arrives_after_its_light_and_is_known_after_its_light_again() -> None:
    itinerary = found(foresee(way((0, 120)), OCTETS, at(5)))
    leaves = at(5).plus_seconds(radiation_seconds(OCTETS, RATE_BPS))
    assert itinerary.radiated == leaves
    assert itinerary.arrived == itinerary.reached == leaves.plus_seconds(600.0)
    assert itinerary.completed == itinerary.reached.plus_seconds(2.0)
    assert itinerary.confirmed == itinerary.completed.plus_seconds(600.0)
    assert itinerary.sclk_s == pytest.approx(itinerary.reached.seconds_since(NOON))


def test_hours_of_light_are_foreseen_as_minutes_are() -> None:
    # 30 au: a pass of ten hours holds an uplink of less than two, and one question with its answer
    ways = way((0, 600), (10_080, 10_680), light_min=249.5)
    itinerary = found(foresee(ways, OCTETS, at(50)))
    assert itinerary.pass_id == "pass-0"
    assert itinerary.confirmed == itinerary.radiated.plus_seconds(2.0 * 249.5 * 60.0 + 2.0)
    assert itinerary.confirmed <= at(600)
    # what comes too late for this uplink leaves a week later
    assert found(foresee(ways, OCTETS, at(102))).pass_id == "pass-1"


def test_a_cube_s_command_waits_at_the_relay_for_an_overflight_that_has_time_for_it() -> None:
    # the first overflight is nearly over as it arrives: nothing new is handed over
    ways = way((0, 120), (300, 400), overflights=((0, 15.5), (200, 210)))
    itinerary = found(foresee(ways, OCTETS, at(5)))
    assert itinerary.session_id == "relay-1"
    assert itinerary.arrived < at(16)
    assert itinerary.reached == at(200).plus_seconds(HAIL_S)
    # no pass is under way then: the next one plays it back, one round trip after its carrier
    assert itinerary.confirmed == at(320)


@pytest.mark.parametrize(
    ("ways", "wish", "reason", "next_at"),
    [
        (way(), {}, "no uplink to otv is booked", None),
        (way((0, 20)), {}, "no uplink to otv is booked", None),  # light takes the whole pass
        (way((60, 120)), {"exactly": True}, "no uplink to otv is booked at", at(60)),
        (way((0, 120), overflights=()), {}, "sleeps", None),
        (way((0, 120)), {"before": at(12)}, "not before", None),
    ],
)
def test_no_way_says_why_and_when(
    ways: Way, wish: dict[str, object], reason: str, next_at: Instant | None
) -> None:
    refusal = foresee(ways, OCTETS, at(5), **wish)  # type: ignore[arg-type]
    assert isinstance(refusal, NoWay)
    assert reason in refusal.reason
    assert refusal.next_at == next_at


@given(
    starts=st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True),
    length=st.integers(10, 170),
    light_min=st.floats(3.2, 22.0),
    earliest=st.floats(0.0, 4000.0),
    flights=st.none() | st.lists(st.integers(0, 60), max_size=8, unique=True),
)
def test_hops_are_in_order_inside_what_is_booked_and_the_next_moment_works(
    starts: list[int],
    length: int,
    light_min: float,
    earliest: float,
    flights: list[int] | None,
) -> None:
    spans = [(180.0 * one, 180.0 * one + length) for one in sorted(starts)]
    spans = [one for one in spans if one[1] - one[0] > 2 * light_min]
    overflights = None if flights is None else tuple((90.0 * f, 90.0 * f + 12) for f in flights)
    ways = way(*spans, light_min=light_min, overflights=overflights)
    result = foresee(ways, OCTETS, at(earliest))
    if isinstance(result, NoWay):
        exact = foresee(ways, OCTETS, at(earliest), exactly=True)
        assert isinstance(exact, NoWay)
        assert exact.next_at is None
        return
    inside = next(one for one in ways.windows if one.pass_id == result.pass_id)
    assert inside.transmit.start < result.radiated <= inside.transmit.end
    assert result.radiated > at(earliest)
    assert result.arrived.seconds_since(result.radiated) == pytest.approx(60.0 * light_min)
    assert result.arrived <= result.reached < result.completed
    if overflights is not None:
        session = (ways.overflights or ())[int(result.session_id.removeprefix("relay-"))]
        assert session.interval.contains(result.reached)
    if result.confirmed is not None:
        assert result.confirmed >= result.completed.plus_seconds(60.0 * light_min - 1e-6)
        assert any(one.contains(result.confirmed) for one in ways.passes)
    assert holds(result, ways, at(earliest))
    exact = foresee(ways, OCTETS, at(earliest), exactly=True)
    if isinstance(exact, NoWay):
        assert exact.next_at is not None
        again = found(foresee(ways, OCTETS, exact.next_at, exactly=True))
        assert again.radiated == result.radiated


def test_an_itinerary_no_longer_holds_once_its_pass_moves_away() -> None:
    ways = way((0, 120), (300, 400))
    itinerary = found(foresee(ways, OCTETS, at(5)))
    assert holds(itinerary, ways, at(0))
    assert not holds(itinerary, replace(ways, windows=ways.windows[1:]), at(0))
    assert not holds(itinerary, ways, at(11))


def test_what_no_pass_hears_is_never_known() -> None:
    made = SpacecraftEventTime(at(50).tai_ns)
    light = LightTime.from_seconds(600.0)
    assert heard_at(made, light, ()) is None
    assert heard_at(made, light, [between(0, 30)]) is None
    # too short for its own round trip
    assert heard_at(made, light, [between(100, 115)]) is None
