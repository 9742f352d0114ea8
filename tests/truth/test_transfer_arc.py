"""The scenario `cruise` flies from Earth to Mars by way of its burn, as SPICE propagates it.

Elements of the scenario's file, DE440 of NAIF's own reader, two bodies by `prop2b`.
"""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.orbits import GM_KM3_S2
from tests.truth.transfer_arc import (
    AIMED_BEHIND_KM,
    ARRIVAL,
    BURN,
    DEPARTURE,
    designed,
    heliocentric_km,
)

SCENARIO = load_mission(default_mission_db()).scenarios["cruise"]


def _orbit(scenario: str = "cruise") -> KeplerOrbit:
    orbit = load_mission(default_mission_db()).scenarios[scenario].craft["otv"].orbit
    assert orbit is not None
    return orbit


def _after(orbit: KeplerOrbit, burn: Instant, push_m_s: np.ndarray, at: Instant) -> np.ndarray:
    """Where the craft is at a time (km), with an impulse before."""
    path = SecularOrbit(orbit)
    then, later = (tdb_seconds(instants_ns(moment)) for moment in (burn, at))
    motion = path.velocity_km_s(then)[:, 0] + push_m_s / 1e3
    state = np.concatenate([path.position_km(then)[:, 0], motion])
    return np.asarray(spice.prop2b(GM_KM3_S2["SUN"], state, float(later[0] - then[0])))[:3]


def _burn_of_the_file() -> np.ndarray:
    (run,) = (one for one in SCENARIO.procedures if one.procedure == "trajectory-correction")
    return np.array([run.parameters[f"delta_v_{axis}"] for axis in "xyz"])


def test_it_came_from_earth() -> None:
    there = SecularOrbit(_orbit()).position_km(tdb_seconds(instants_ns(DEPARTURE)))[:, 0]
    # digits of the file, over 14 months
    assert np.linalg.norm(there - heliocentric_km("earth", DEPARTURE)) < 100.0


def test_it_would_miss_mars_and_the_burn_leads_there() -> None:
    mars = heliocentric_km("mars", ARRIVAL)
    missed = np.linalg.norm(_after(_orbit(), BURN, np.zeros(3), ARRIVAL) - mars)
    assert missed == pytest.approx(AIMED_BEHIND_KM, rel=0.01)
    # a millimetre a second of each component, over 15 months
    assert np.linalg.norm(_after(_orbit(), BURN, _burn_of_the_file(), ARRIVAL) - mars) < 200_000.0


def test_the_file_says_what_was_designed() -> None:
    arc = designed()
    np.testing.assert_allclose(_burn_of_the_file(), arc.delta_v_m_s, atol=0.001)
    assert arc.c3_km2_s2 == pytest.approx(11.6, abs=0.05)
    assert arc.arrival_km_s == pytest.approx(2.47, abs=0.05)


def test_the_short_one_is_on_the_same_orbit() -> None:
    short = _orbit("cruise-short")
    at = tdb_seconds(instants_ns(short.epoch))
    one, other = (SecularOrbit(orbit).position_km(at) for orbit in (_orbit(), short))
    assert np.linalg.norm(one - other) < 1.0
