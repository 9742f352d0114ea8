"""A craft beside an asteroid past Earth, against both integrated together by all forces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from groundsys.geometry import Ephemeris
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.small_bodies.forces import gravity, oblateness
from groundsys.geometry.small_bodies.perturbers import EARTH, Perturbers
from groundsys.geometry.trajectories import orbit_trajectory
from groundsys.geometry.trajectories.companion import CompanionOrbit
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit

ORBIT = load_mission().spacecraft["apophis-otv"].orbit
assert isinstance(ORBIT, KeplerOrbit)
HOURS = np.array([-8.5, -4.0, 0.0, 3.5])


def integrated(hours: float) -> np.ndarray:
    """From Earth's centre, so long after the epoch: Sun, planets, Moon, relativity, J2."""
    path, ephemeris, perturbers = CompanionOrbit(ORBIT), Ephemeris.load(), Perturbers()
    start = path.epoch_tdb_s
    body, pole = known_bodies()["earth"], ephemeris.pole("earth", np.array([start]))[:, 0]
    at = np.array([start])
    earth = ephemeris.state("earth", at)
    first = np.concatenate(
        [(path.position_km(at) + earth[0])[:, 0], (path.velocity_km_s(at) + earth[1])[:, 0]]
    )

    def change(elapsed_s: float, state: np.ndarray) -> np.ndarray:
        places, motions = perturbers.states(start + elapsed_s)
        pull = gravity(state[:3], state[3:], perturbers.gm_km3_s2, places, motions)
        row = perturbers.index(EARTH)
        pull = pull + oblateness(
            *(state[:3] - places[row], pole, float(perturbers.gm_km3_s2[row])),
            *(body.j2, body.gravity_radius_km),
        )
        return np.concatenate([state[3:], pull])

    found = solve_ivp(change, (0.0, hours * 3600.0), first, method="DOP853", rtol=1e-12, atol=1e-9)
    there = ephemeris.position_km("earth", np.array([start + hours * 3600.0]))[:, 0]
    return np.asarray(found.y[:3, -1] - there)


@pytest.mark.parametrize("hours", [-8.5, 3.5])
def test_it_goes_as_if_all_of_them_pulled_at_it(hours: float) -> None:
    path = CompanionOrbit(ORBIT)
    at = np.array([path.epoch_tdb_s + hours * 3600.0])
    truth = integrated(hours)
    assert np.linalg.norm(path.position_km(at)[:, 0] - truth) < 0.02
    # Earth alone is kilometres off
    assert np.linalg.norm(SecularOrbit(ORBIT).position_km(at)[:, 0] - truth) > 1.0


def test_at_its_epoch_it_is_where_its_elements_say() -> None:
    path, alone = CompanionOrbit(ORBIT), SecularOrbit(ORBIT)
    at = np.array([path.epoch_tdb_s])
    assert path.position_km(at) == pytest.approx(alone.position_km(at), abs=1e-6)
    assert path.velocity_km_s(at) == pytest.approx(alone.velocity_km_s(at), abs=1e-8)


def test_its_velocity_is_that_of_its_places() -> None:
    path = CompanionOrbit(ORBIT)
    times = path.epoch_tdb_s + HOURS * 3600.0
    moved = (path.position_km(times + 5.0) - path.position_km(times - 5.0)) / 10.0
    assert path.velocity_km_s(times) == pytest.approx(moved, abs=1e-6)


def test_elements_that_name_nobody_are_two_bodies_alone() -> None:
    assert isinstance(orbit_trajectory(replace(ORBIT, beside="")), SecularOrbit)
    assert isinstance(orbit_trajectory(ORBIT), CompanionOrbit)
