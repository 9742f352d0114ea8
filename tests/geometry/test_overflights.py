"""Overflights of landed and of orbiting craft: every one, with ends that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, relay_windows
from groundsys.geometry.overflights import elevation_and_range, farthest_km
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Radio
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Interval, SpacecraftEventTime
from tests.geometry.missions import DAY, MISSION, ORBIT, OTV, START, UHF, landed

LOW = replace(ORBIT, semi_major_axis_km=3800.0, eccentricity=0.01, inclination_deg=93.0)
LONG = replace(ORBIT, semi_major_axis_km=12_000.0, eccentricity=0.6, inclination_deg=60.0)
FOUR_WEEKS = Interval(START, START.plus_seconds(28 * 86_400.0))
WEEK = Interval(START, START.plus_seconds(7 * 86_400.0))
#: a weak radio: 8 kbit/s close with 3 dB up to 2060 km
WEAK = replace(UHF, transmit_power_w=0.1)

RIDGE = ((0.0, 5.0), (60.0, 30.0), (120.0, 8.0), (200.0, 40.0), (280.0, 15.0))


def orbiting(id: str, orbit: KeplerOrbit, uhf: Radio = UHF) -> Spacecraft:
    return replace(
        OTV, id=id, relay="otv", orbit=orbit, radios={"uhf": uhf}, space_system=id.upper()
    )


def with_craft(otv: KeplerOrbit, *others: Spacecraft) -> Mission:
    craft = [replace(OTV, orbit=otv), *others]
    return replace(MISSION, spacecraft={one.id: one for one in craft})


def ridged() -> Spacecraft:
    cube = landed("ridge", -35.0, 120.0)
    assert cube.site is not None
    return replace(cube, site=replace(cube.site, horizon=RIDGE))


def seen_above_ridge(geometry: Geometry, ns: np.ndarray) -> np.ndarray:
    """By interpolation in the table, from azimuth and elevation."""
    site, tdb = geometry.craft("ridge").site, tdb_seconds(ns)
    assert site is not None
    (north, east, up), _ = site.look(tdb, geometry.craft("otv").trajectory.position_km(tdb))
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    azimuths, masks = zip(*RIDGE, (360.0, 5.0), strict=True)
    mask = np.maximum(np.interp(azimuth, azimuths, masks), 15.0)
    return np.degrees(np.arctan2(up, np.hypot(north, east))) >= mask


@pytest.mark.parametrize("orbit", [ORBIT, LOW, LONG], ids=["otv", "low", "long"])
@pytest.mark.parametrize("cube", [landed("cube", 81.5, 248.0), ridged()], ids=lambda c: c.id)
def test_windows_are_when_the_relay_is_above_mask_and_horizon(
    orbit: KeplerOrbit, cube: Spacecraft
) -> None:
    """Sampled every 10 s; only within 1 ms of an end may a sample differ."""
    geometry = Geometry(with_craft(orbit, cube))
    windows = relay_windows(geometry, "otv", cube.id, WEEK)
    grid = WEEK.start.tai_ns + np.arange(0, 7 * 86_400, 10) * 1_000_000_000
    if cube.id == "ridge":
        seen = seen_above_ridge(geometry, grid)
    else:
        seen = geometry.overflight("otv", cube.id, grid)[0] >= 15.0
    starts = np.array([one.interval.start.tai_ns for one in windows])
    ends = np.array([one.interval.end.tai_ns for one in windows])
    number = np.searchsorted(starts, grid, side="right") - 1
    told = (number >= 0) & (grid < ends[number])
    edges = np.sort(np.concatenate([starts, ends]))
    nearest = edges[np.clip(np.searchsorted(edges, grid), 0, edges.size - 1)]
    differs = (told != seen) & (np.abs(nearest - grid) > 1_000_000)
    assert not differs.any()
    assert len(windows) >= 8
    assert isinstance(windows[0].interval.start, SpacecraftEventTime)


def test_ends_of_windows_stand_at_the_mask() -> None:
    geometry = Geometry(with_craft(LOW, landed("cube", 81.5, 248.0)))
    windows = relay_windows(geometry, "otv", "cube", FOUR_WEEKS)
    ends = [end for one in windows for end in (one.interval.start, one.interval.end)
            if START < end < FOUR_WEEKS.end]  # fmt: skip
    elevation, _ = geometry.overflight("otv", "cube", instants_ns(*ends))
    # grazing windows rise by less than 0.01°/s, most by 0.05
    np.testing.assert_allclose(elevation, 15.0, rtol=0.0, atol=1e-5)


def test_highest_elevation_and_smallest_range_are_those_of_the_window() -> None:
    geometry = Geometry(with_craft(LOW, landed("cube", 81.5, 248.0)))
    for window in relay_windows(geometry, "otv", "cube", DAY):
        start, end = window.interval.start.tai_ns, window.interval.end.tai_ns
        every = np.arange(start, end, 50_000_000)
        elevation, distance = elevation_and_range(geometry, "otv", "cube", every)
        assert window.maximum_elevation_deg == pytest.approx(elevation.max(), abs=0.01)
        assert window.minimum_range_km == pytest.approx(distance.min(), abs=0.05)
        at_best = geometry.overflight("otv", "cube", instants_ns(window.highest_at))[0][0]
        assert at_best == pytest.approx(elevation.max(), abs=0.01)


@pytest.mark.parametrize(
    ("orbit", "uhf"), [(LOW, UHF), (LONG, UHF), (LOW, WEAK)], ids=["low", "long", "weak"]
)
def test_orbiting_craft_hear_each_other_past_mars_and_within_range(
    orbit: KeplerOrbit, uhf: Radio
) -> None:
    cube = orbiting("cube", replace(ORBIT, semi_major_axis_km=4200.0, raan_deg=100.0), uhf)
    mission = with_craft(orbit, cube)
    geometry = Geometry(mission)
    windows = relay_windows(geometry, "otv", "cube", DAY)
    grid = DAY.start.tai_ns + np.arange(0, 86_400, 5) * 1_000_000_000
    _, distance = elevation_and_range(geometry, "otv", "cube", grid)
    farthest = farthest_km(mission.spacecraft["otv"], cube)
    seen = geometry.line_of_sight("otv", "cube", grid) & (distance <= farthest)
    told = np.zeros_like(seen)
    for window in windows:
        told |= (grid >= window.interval.start.tai_ns) & (grid < window.interval.end.tai_ns)
        assert window.minimum_range_km <= farthest + 1e-3
    np.testing.assert_array_equal(told, seen)
    assert len(windows) >= 4
    assert seen.any()
    assert not seen.all()


def test_the_farthest_is_where_the_slowest_rate_closes_by_hand() -> None:
    # 8 kbit/s need 4.5 + 3 + 39.031 = 46.531 dBHz.  0.1 W give −10 + 4 − 1 + 4 − 1 + 228.599 −
    # 26.532 = 198.067 less the loss, which may be 151.536 dB: 32.448 + 52.812 (437.1 MHz) +
    # 66.276 (2060 km)
    weak = orbiting("cube", LOW, WEAK)
    assert farthest_km(OTV, weak) == pytest.approx(2060.0, abs=1.0)


def test_windows_that_reach_over_the_spans_ends_are_cut_there() -> None:
    geometry = Geometry(MISSION)
    whole = relay_windows(geometry, "otv", "cube-polar", DAY)[1]
    inside = Interval(
        whole.interval.start.plus_seconds(60.0), whole.interval.end.plus_seconds(-60.0)
    )
    (cut,) = relay_windows(geometry, "otv", "cube-polar", inside)
    assert cut.interval == inside
    assert relay_windows(geometry, "otv", "cube-polar", Interval(START, START)) == ()


def test_four_weeks_hold_one_overflight_for_nearly_every_orbit_over_the_pole() -> None:
    geometry = Geometry(with_craft(LOW, landed("cube", 81.5, 248.0)))
    assert len(relay_windows(geometry, "otv", "cube", FOUR_WEEKS)) > 300


def test_a_relay_flies_about_what_the_other_is_about() -> None:
    heliocentric = replace(ORBIT, center="SUN", frame="ICRF", semi_major_axis_km=2e8)
    geometry = Geometry(with_craft(heliocentric, landed("cube", 0.0, 0.0)))
    with pytest.raises(DefinitionError, match="otv cannot relay for cube") as caught:
        relay_windows(geometry, "otv", "cube", DAY)
    assert caught.value.found == "otv about sun, cube on mars"
    with pytest.raises(DefinitionError, match="cube-polar cannot relay for otv"):
        relay_windows(Geometry(MISSION), "cube-polar", "otv", DAY)


def test_a_radio_without_rates_is_refused() -> None:
    mute = orbiting("cube", LOW, replace(UHF, rates_bps=()))
    with pytest.raises(DefinitionError, match="UHF radio of cube has no data rates"):
        relay_windows(Geometry(with_craft(ORBIT, mute)), "otv", "cube", DAY)
