"""A cube that parts in space: its true orbit, its mothership's recoil, and the way between them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Release
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.parting import orbit_of_body, orbit_to_body, springs_m_s
from sims.space.air import Air
from sims.space.record import SpaceRecord

CUBE = "cube-parker-1"
SIZES = {"release_speed": 0.03, "release_pointing_rad": 0.02}
RELEASE = Release(0.8, (0.0, 1.0, 0.0), 2700.0)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SpaceRecord]:
    with contextlib.closing(SpaceRecord(tmp_path)) as record:
        yield record


def air_of(record: SpaceRecord) -> tuple[Air, Mission, Scenario]:
    mission, scenario = load_scenario("release-short")
    scenario = replace(scenario, truth={})
    return Air(mission, scenario, 1, record, lambda message: None), mission, scenario


def apart_km(air: Air, first: str, second: str, at: Instant) -> np.ndarray:
    tdb_s = tdb_seconds(instants_ns(at))
    places = [air.geometry.craft(id).trajectory.position_km(tdb_s)[:, 0] for id in (first, second)]
    return np.asarray(places[0] - places[1])


def test_springs_err_by_the_sizes_stated() -> None:
    drawn = np.array([springs_m_s(RELEASE, CUBE, seed, SIZES) for seed in range(2000)])
    speeds = np.linalg.norm(drawn, axis=1)
    assert speeds.mean() == pytest.approx(0.8, abs=0.003)
    assert speeds.std() == pytest.approx(0.024, rel=0.06)
    tilts = drawn[:, (0, 2)] / drawn[:, 1:2]
    assert tilts.std(axis=0) == pytest.approx([0.02, 0.02], rel=0.06)
    assert springs_m_s(RELEASE, CUBE, 3, SIZES) == springs_m_s(RELEASE, CUBE, 3, SIZES)
    assert springs_m_s(RELEASE, CUBE, 3, {}) == pytest.approx((0.0, 0.8, 0.0))


def test_an_orbit_goes_from_simulator_to_simulator_as_it_is() -> None:
    orbit = KeplerOrbit("MARS", Instant(10**18), 5600.0, 0.01, 80.0, 20.0, 30.0, 40.0)
    assert orbit_of_body(orbit_to_body(orbit)) == orbit


def test_both_part_by_momentum_and_drift_as_clohessy_and_wiltshire_say(record: SpaceRecord) -> None:
    """Ahead of a circle by v, a turn later 3 v T behind (Journal of the Aerospace Sciences 27)."""
    air, mission, scenario = air_of(record)
    orbit = mission.spacecraft["otv"].orbit
    assert orbit is not None
    at = scenario.span.start.plus_seconds(5_000.0)
    alone = air.geometry.craft("otv").trajectory
    air.part("otv", CUBE, at, (0.0, 0.8, 0.0), 0.025)
    assert np.linalg.norm(apart_km(air, "otv", CUBE, at.plus_seconds(0.001))) < 1e-3
    soon = at.plus_seconds(10.0)
    assert np.linalg.norm(apart_km(air, "otv", CUBE, soon)) == pytest.approx(8e-3, rel=0.02)
    period_s = 2.0 * math.pi * math.sqrt(orbit.semi_major_axis_km**3 / 42_828.375)
    later = at.plus_seconds(period_s)
    motion = alone.velocity_km_s(tdb_seconds(instants_ns(later)))[:, 0]
    along = float(apart_km(air, CUBE, "otv", later) @ motion / np.linalg.norm(motion))
    # eccentricity and J2 aside, as in `groundsys.geometry.released`
    assert along == pytest.approx(-3.0 * 0.8e-3 * period_s, rel=0.02)
    # the mothership has its share of it, the other way
    moved = (
        air.geometry.craft("otv").trajectory.position_km(tdb_seconds(instants_ns(later)))
        - alone.position_km(tdb_seconds(instants_ns(later)))
    )[:, 0]
    recoil = float(moved @ motion / np.linalg.norm(motion))
    assert recoil == pytest.approx(-0.025 * along, rel=0.03)


def test_a_free_cube_is_in_sight_and_as_far_as_it_truly_is(record: SpaceRecord) -> None:
    air, _, scenario = air_of(record)
    at = scenario.span.start.plus_seconds(5_000.0)
    with pytest.raises(DefinitionError, match="still held"):
        air.overflight("otv", CUBE)
    air.part("otv", CUBE, at, (0.0, 0.8, 0.0), 0.025)
    way = air.overflight(CUBE, "otv")
    assert not way.is_seen(at.tai_ns - 1)
    for after_s in (100.0, 3_000.0, 20_000.0):
        then = at.plus_seconds(after_s)
        true_km = float(np.linalg.norm(apart_km(air, "otv", CUBE, then)))
        assert way.range_km(then.tai_ns) == pytest.approx(true_km, rel=1e-6)
        assert way.is_seen(then.tai_ns)


def test_mars_comes_between_two_that_are_half_an_orbit_apart(record: SpaceRecord) -> None:
    air, mission, scenario = air_of(record)
    orbit = mission.spacecraft["otv"].orbit
    assert orbit is not None
    at = scenario.span.start.plus_seconds(5_000.0)
    # let go on a larger orbit, the cube falls back by an eleventh of a turn each time
    air.part("otv", CUBE, at, (0.0, 80.0, 0.0), 0.025)
    way = air.overflight("otv", CUBE)
    seen = [way.is_seen(at.plus_seconds(600.0 * step).tai_ns) for step in range(1, 220)]
    assert seen[0]
    assert not all(seen)
    hidden = at.plus_seconds(600.0 * (seen.index(False) + 1))
    places = [
        air.geometry.craft(id).trajectory.position_km(tdb_seconds(instants_ns(hidden)))[:, 0]
        for id in ("otv", CUBE)
    ]
    line = places[1] - places[0]
    nearest = places[0] - line * float(places[0] @ line) / float(line @ line)
    assert np.linalg.norm(nearest) < 3_400.0


def test_one_that_has_gone_before_is_on_its_way(record: SpaceRecord) -> None:
    mission, scenario = load_scenario("release-short")
    craft = mission.spacecraft[CUBE]
    gone = replace(RELEASE, at=scenario.span.start.plus_seconds(-86_400.0))
    spacecraft = {**mission.spacecraft, CUBE: replace(craft, release=gone)}
    mission = replace(mission, spacecraft=spacecraft)
    scenario = replace(scenario, truth={}, attached=("cube-kiso",))
    air = Air(mission, scenario, 1, record, lambda message: None)
    range_km = air.overflight("otv", CUBE).range_km(scenario.span.start.tai_ns)
    # a day at 3 · 0.8 m/s, the cube's share of it 40 in 41 or so
    assert range_km == pytest.approx(3.0 * 0.8e-3 * 86_400.0, rel=0.1)
