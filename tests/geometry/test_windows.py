"""The fast search against the exact geometry that it stands for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, uplink_intervals, view_periods, visibility
from groundsys.geometry.geometry import BooleanArray
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tdb_seconds,
)
from groundsys.geometry.trajectories.span import check_span
from groundsys.geometry.view_periods import true_intervals
from groundsys.geometry.windows import find_windows
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval
from tests.geometry.missions import DAY, MALARGUE, MISSION, ORBIT, OTV, START, USUDA, landed

#: steep hills every seven degrees, and a slot through which only something low and fast is seen
HILLS = tuple((7.0 * n, 4.0 + 19.0 * ((7 * n) % 11) / 11.0) for n in range(51))
SLOT = ((0.0, 80.0), (89.0, 80.0), (90.0, 3.0), (95.0, 3.0), (96.0, 80.0), (270.0, 60.0))
ANTENNAS = {
    antenna.id: antenna
    for antenna in (
        USUDA,
        replace(MALARGUE, elevation_mask_deg=-5.0, transmit_elevation_mask_deg=20.0),
        replace(USUDA, id="hills", elevation_mask_deg=6.0, horizon=HILLS),
        replace(USUDA, id="slot", latitude_deg=-17.0, horizon=SLOT),
        replace(USUDA, id="pole", latitude_deg=89.9, elevation_mask_deg=1.0),
    )
}
EARTH = {"center": "EARTH", "frame": "ICRF"}


def orbiting(**elements: object) -> Spacecraft:
    return replace(OTV, orbit=replace(ORBIT, **elements))  # type: ignore[arg-type]


CRAFT = {
    "low": orbiting(semi_major_axis_km=3800.0, eccentricity=0.001, inclination_deg=92.9),
    "elliptical": orbiting(semi_major_axis_km=30_000.0, eccentricity=0.88),
    "site": landed("site", 20.0, 30.0),
    "cruise": orbiting(center="SUN", frame="ICRF", semi_major_axis_km=2e8, eccentricity=0.2),
    "low earth": orbiting(**EARTH, semi_major_axis_km=6900.0, eccentricity=0.001,
                          inclination_deg=97.0),
    "transfer": orbiting(**EARTH, semi_major_axis_km=60_000.0, eccentricity=0.88),
}  # fmt: skip
GEOMETRY = Geometry(replace(MISSION, antennas=ANTENNAS, spacecraft=CRAFT))


@pytest.mark.parametrize("direction", [RECEIVING, TRANSMITTING], ids=["down", "up"])
@pytest.mark.parametrize("craft", CRAFT)
def test_windows_are_those_of_the_exact_geometry(craft: str, direction: Direction) -> None:
    """Every end is one within a millisecond; at 500 moments it sees what the windows say."""
    moments = START.tai_ns + np.random.default_rng(5).integers(0, 86_400 * 10**9, 500)
    for antenna, windows in find_windows(GEOMETRY, list(ANTENNAS), craft, DAY, direction).items():
        ends = np.concatenate([windows.start_ns, windows.end_ns])
        inner = ends[(ends > DAY.start.tai_ns) & (ends < DAY.end.tai_ns)]
        asked = np.concatenate([inner - 1_000_000, inner + 1_000_000, moments])
        seen = visible(antenna, craft, asked, direction)
        before, after = seen[: inner.size], seen[inner.size : 2 * inner.size]
        is_start = np.isin(inner, windows.start_ns)
        np.testing.assert_array_equal(before, ~is_start, antenna)
        np.testing.assert_array_equal(after, is_start, antenna)
        within = (windows.start_ns[:, np.newaxis] <= moments) & (
            moments < windows.end_ns[:, np.newaxis]
        )
        np.testing.assert_array_equal(seen[2 * inner.size :], within.any(axis=0), antenna)


def visible(antenna: str, craft: str, ns: NanosecondArray, direction: Direction) -> BooleanArray:
    if direction == RECEIVING:
        return GEOMETRY.visible_downlink(antenna, craft, ns)
    return GEOMETRY.visible_uplink(antenna, craft, ns)


def test_a_slot_in_the_hills_is_seen_through_for_seconds() -> None:
    """A craft in low Earth orbit crosses it between two samples."""
    span = Interval(START.plus_seconds(6.5 * 3600.0), START.plus_seconds(7.0 * 3600.0))
    periods = view_periods(GEOMETRY, "slot", "low earth", span)
    sampled = true_intervals(
        lambda ns: visible("slot", "low earth", ns, RECEIVING), span, step_s=2.0
    )
    assert [period.receive.seconds < 30.0 for period in periods] == [True]
    for period, theirs in zip(periods, sampled, strict=True):
        assert abs(period.receive.start.seconds_since(theirs.start)) < 0.006
        assert abs(period.receive.end.seconds_since(theirs.end)) < 0.006


def test_the_shortest_occultation_is_found() -> None:
    """An orbit is turned until it grazes the limb: gaps of a second are seen, and then none."""
    grazing_deg, clear_deg = 40.0, 130.0
    shortest_s = np.inf
    while clear_deg - grazing_deg > 1e-6:
        middle_deg = (grazing_deg + clear_deg) / 2.0
        geometry = _turned(middle_deg)
        windows = find_windows(geometry, ["usuda-64"], "otv", _WINDOW, RECEIVING)["usuda-64"]
        gaps_s = (windows.start_ns[1:] - windows.end_ns[:-1]) / 1e9
        if gaps_s.size:
            grazing_deg = middle_deg
            shortest_s = min(shortest_s, float(gaps_s.min()))
            middle_ns = (windows.start_ns[1:] + windows.end_ns[:-1]) // 2
            assert geometry.occulted("usuda-64", "otv", middle_ns).all()
        else:
            clear_deg = middle_deg
    assert shortest_s < 1.0
    # beyond it the exact geometry knows of no occultation that lasts a second
    seconds = np.arange(_WINDOW.start.tai_ns, _WINDOW.end.tai_ns, 1_000_000_000)
    above = _turned(clear_deg).clearance_km("usuda-64", "otv", seconds) >= 0.0
    assert above.all()


#: within it Usuda has Mars high above its mask
_WINDOW = Interval(START.plus_seconds(5 * 3600.0), START.plus_seconds(8 * 3600.0))


def _turned(node_deg: float) -> Geometry:
    orbit = replace(ORBIT, raan_deg=node_deg, eccentricity=0.0)
    return Geometry(replace(MISSION, spacecraft={"otv": replace(OTV, orbit=orbit)}))


def test_one_antenna_alone_gets_what_it_gets_among_many() -> None:
    both = visibility(GEOMETRY, ["usuda-64", "malargue-35"], "low", DAY)
    for antenna, seen in both.items():
        assert view_periods(GEOMETRY, antenna, "low", DAY) == seen.downlink
        assert uplink_intervals(GEOMETRY, antenna, "low", DAY) == seen.uplink
        assert seen.downlink
        assert seen.uplink


def test_each_direction_has_its_own_mask() -> None:
    """Malargüe transmits above 20° only: it first reaches the craft long after it hears it."""
    seen = visibility(GEOMETRY, ["malargue-35"], "cruise", DAY)["malargue-35"]
    assert seen.downlink
    down_s = sum(one.receive.seconds for one in seen.downlink)
    up_s = sum(one.seconds for one in seen.uplink)
    assert up_s < down_s - 3600.0


def test_the_highest_elevation_is_that_within_the_window() -> None:
    for period in view_periods(GEOMETRY, "usuda-64", "low", DAY):
        start, end = period.receive.start.tai_ns, period.receive.end.tai_ns
        ns = np.linspace(start, end, 200).astype(np.int64)
        highest = GEOMETRY.elevation_deg("usuda-64", "low", ns).max()
        assert period.maximum_elevation_deg == pytest.approx(highest, abs=0.01)


def test_empty_views_and_empty_spans_give_nothing() -> None:
    assert view_periods(GEOMETRY, "pole", "low", DAY) == ()
    assert uplink_intervals(GEOMETRY, "pole", "low", DAY) == ()
    assert view_periods(GEOMETRY, "usuda-64", "low", Interval(START, START)) == ()
    shortest = Interval(START.plus_seconds(3600.0), START.plus_seconds(3600.001))
    for period in view_periods(GEOMETRY, "usuda-64", "low", shortest):
        assert period.receive == shortest


def test_a_span_beyond_the_kernels_is_refused() -> None:
    late = Interval(START, Instant.from_utc_iso("2130-01-01T00:00:00Z"))
    with pytest.raises(DefinitionError, match="orientation is not known"):
        view_periods(GEOMETRY, "usuda-64", "low", late)
    later = Instant.from_utc_iso("2300-01-01T00:00:00Z")
    with pytest.raises(DefinitionError, match="too far from 1970"):
        view_periods(GEOMETRY, "usuda-64", "low", Interval(START, later))


def test_a_span_beyond_the_trajectory_is_refused() -> None:
    """Light is on its way for eight minutes: what is received first left before the span."""
    first, last = tdb_seconds(instants_ns(DAY.start, DAY.end))
    short = Geometry(MISSION, trajectories={"otv": _Known((float(first), float(last)))})
    with pytest.raises(DefinitionError, match="before its start"):
        view_periods(short, "usuda-64", "otv", DAY)
    with pytest.raises(DefinitionError, match="past its end"):
        uplink_intervals(short, "usuda-64", "otv", DAY)
    enough = Geometry(MISSION, trajectories={"otv": _Known((first - 600.0, last + 600.0))})
    whole = Geometry(MISSION)
    for direction in (view_periods, uplink_intervals):
        assert direction(enough, "usuda-64", "otv", DAY) == direction(  # type: ignore[operator]
            whole, "usuda-64", "otv", DAY
        )


class _Known(SecularOrbit):
    """The orbiter's orbit, known for a while only."""

    def __init__(self, span: tuple[float, float]) -> None:
        super().__init__(ORBIT)
        self.tdb_span = span

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        check_span("the orbit", self.tdb_span, tdb_s)
        return super().position_km(tdb_s)
