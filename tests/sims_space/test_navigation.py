"""Navigation tells the ground orbits that are near the truth of their cut-off, and not it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories import orbit_trajectory
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.mission import load_scenario
from groundsys.mission.scenario.scenario_model import OrbitSolution
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Navigation
from groundsys.values.messages import Message
from sims.orbits import GM_KM3_S2
from sims.space import Space
from tests.geometry.missions import DAY, MISSION, SCENARIO
from tests.sims_space.flying import fly, record_of

BURN_AT = DAY.start.plus_seconds(4 * 3600.0)
SUN_ORBIT = KeplerOrbit(
    "SUN", DAY.start, 1.88e8, 0.2, 24.0, 3.0, 60.0, 80.0, "ICRF"
)  # fmt: skip
NAVIGATION = Navigation(along_track_km=20.0, cross_track_km=10.0, radial_km=5.0)


def told(
    folder: Path,
    seed: int,
    navigation: Navigation,
    *hours: float,
    faults: tuple[dict[str, Any], ...] = (),
) -> list[OemTrajectory]:
    """What is told of an OTV about the Sun that burns in the fifth hour."""
    otv = replace(MISSION.spacecraft["otv"], orbit=SUN_ORBIT, navigation=navigation)
    mission = replace(MISSION, spacecraft={**MISSION.spacecraft, "otv": otv})
    solutions = tuple(
        OrbitSolution("otv", at.plus_seconds(-3600.0), at)
        for at in (DAY.start.plus_seconds(hour * 3600.0) for hour in hours)
    )
    scenario = replace(SCENARIO, solutions=solutions, faults=faults)
    space = Space(mission, scenario, seed, folder)
    body = {"at_ns": BURN_AT.tai_ns, "delta_v_m_s": [10.0, 0.0, 0.0]}
    impulse = Message("otv", "space", "impulse", BURN_AT.plus_seconds(5.0), body)
    found = []
    for message in fly(space, [impulse], DAY.end):
        if message.kind == "notice":
            assert (message.target, message.body["kind"]) == ("desks", "trajectory")
            path = folder / f"{len(found)}.oem"
            path.write_text(message.body["oem"])
            found.append(OemTrajectory(path))
            assert message.time in [one.told_at for one in solutions]
    return found


def test_a_solution_has_what_has_happened_before_its_cut_off_and_no_more(tmp_path: Path) -> None:
    before, after = told(tmp_path, 1, Navigation(), 4.5, 6.0)
    at, later = (tdb_seconds(instants_ns(one)) for one in (BURN_AT, DAY.end))
    known = SecularOrbit(SUN_ORBIT)
    state = np.concatenate([known.position_km(at), known.velocity_km_s(at)])[:, 0]
    seconds = float(later[0] - at[0])
    for path, push in ((before, 0.0), (after, 0.010)):
        expected = spice.prop2b(GM_KM3_S2["SUN"], state + np.array([0, 0, 0, push, 0, 0]), seconds)
        np.testing.assert_allclose(path.position_km(later)[:, 0], expected[:3], atol=1.0)


def test_solutions_err_by_what_is_stated_and_each_anew(tmp_path: Path) -> None:
    noon = tdb_seconds(instants_ns(DAY.start.plus_seconds(43_200.0)))
    truth = SecularOrbit(SUN_ORBIT).position_km(noon)[:, 0]
    misses = []
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        one, other = told(folder, seed, NAVIGATION, 2.0, 3.0)
        misses += [path.position_km(noon)[:, 0] - truth for path in (one, other)]
        assert np.linalg.norm(misses[-1] - misses[-2]) > 0.1
    size = float(np.sqrt(np.mean(np.sum(np.square(misses), axis=1))))
    # 20 along, 10 across by node and inclination, 5 by shape
    assert size == pytest.approx(np.sqrt(20.0**2 + 2 * 10.0**2 / 2 + 5.0**2), rel=0.35)


def test_a_solution_may_be_lost_or_farther_off_than_is_stated(tmp_path: Path) -> None:
    noon = tdb_seconds(instants_ns(DAY.start.plus_seconds(43_200.0)))
    truth = SecularOrbit(SUN_ORBIT).position_km(noon)[:, 0]
    lost = {"fault": "lose_solution", "spacecraft": "otv"}
    wrong = {"fault": "wrong_solution", "spacecraft": "otv", "sequence": 2, "sigmas": 100.0}
    misses = {}
    for name, faults in {"as planned": (), "faulty": (lost, wrong)}.items():
        folder = tmp_path / name
        folder.mkdir()
        paths = told(folder, 3, NAVIGATION, 2.0, 3.0, faults=faults)
        misses[name] = [path.position_km(noon)[:, 0] - truth for path in paths]
    assert len(misses["as planned"]) == 2
    (worse,) = misses["faulty"]
    # the very same draw, a hundred times as far (an orbit's elements are not quite linear)
    np.testing.assert_allclose(worse, 100.0 * misses["as planned"][1], rtol=0.02, atol=20.0)
    (noted,) = [one for one in record_of(tmp_path / "faulty") if one["record"] == "fault"]
    assert noted["fault"] == "lose_solution"


def test_another_agency_tells_of_a_craft_beside_a_small_body_as_others_do(tmp_path: Path) -> None:
    """The escort of the flyby: off the truth by no more than some of the share that is stated."""
    mission, scenario = load_scenario("apophis-flyby")
    (one,) = scenario.solutions
    assert one.agency is not None
    space = Space(mission, scenario, 3, tmp_path)
    said = space.advance(one.told_at, ()).outbox
    true_orbit = space._air.orbit(one.spacecraft)
    space.close()
    (message,) = [each for each in said if each.kind in ("notice", "solution")]
    assert (message.kind, message.time) == ("solution", one.told_at)
    assert (message.body["of"], message.body["by"]) == (one.spacecraft, one.agency.name)
    path = tmp_path / "told.oem"
    path.write_text(message.body["oem"])
    told = OemTrajectory(path)
    craft = mission.spacecraft[one.spacecraft]
    assert told.tdb_span is not None
    at = tdb_seconds(instants_ns(scenario.span.start, scenario.span.end))
    assert told.tdb_span[0] < at[0]
    assert at[1] < told.tdb_span[1]
    epoch = tdb_seconds(instants_ns(true_orbit.epoch))  # of which the sizes are
    off_km = float(
        np.linalg.norm(
            told.position_km(epoch) - orbit_trajectory(true_orbit).position_km(epoch), axis=0
        )[0]
    )
    # elements are moved as on a circle: far out on a hyperbola that is so many times as much
    away = np.linalg.norm(told.position_km(epoch)) / abs(true_orbit.semi_major_axis_km)
    navigation = craft.navigation
    parts = (navigation.along_track_km, navigation.cross_track_km, navigation.radial_km)
    size_km = one.uncertainty * away * np.hypot.reduce(parts)
    assert 1e-3 < off_km < 3.0 * size_km
