"""The sample's way home, from Ryugu by way of its burns into the corridor, as SPICE propagates it.

Elements and burns of the scenarios' files, Lambert's problem between the asteroid's table and
DE440's Earth, two bodies by `prop2b` and `oscelt`.
"""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice

from groundsys.entry.falling import offset_km
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.orbits import GM_KM3_S2
from tests.truth.sample_arc import (
    AIMED_BEHIND_KM,
    ARRIVAL,
    CAPSULE,
    CORRECTION,
    CRUISE_BURN,
    DEPARTURE,
    FLIGHT_PATH_DEG,
    PASSES_KM,
    RELEASE,
    STAGE,
    arriving,
    ryugu,
    transfer,
)
from tests.truth.transfer_arc import heliocentric_km

MISSION = load_mission(default_mission_db())
EARTH_KM = 6378.137


def _orbit(scenario: str) -> KeplerOrbit:
    orbit = MISSION.scenarios[scenario].craft[STAGE].orbit
    assert orbit is not None
    return orbit


def _burns(scenario: str) -> list[np.ndarray]:
    return [
        np.array([one.parameters[f"delta_v_{axis}"] for axis in "xyz"])
        for one in MISSION.scenarios[scenario].procedures
        if one.procedure == "trajectory-correction"
    ]


def _state(orbit: KeplerOrbit, at: Instant) -> np.ndarray:
    path, tdb = SecularOrbit(orbit), tdb_seconds(instants_ns(at))
    return np.concatenate([path.position_km(tdb)[:, 0], path.velocity_km_s(tdb)[:, 0]])


def _pushed(state: np.ndarray, push_m_s: np.ndarray) -> np.ndarray:
    return np.concatenate([state[:3], state[3:] + push_m_s / 1e3])


def _clearance_km(state: np.ndarray) -> float:
    return float(spice.oscelt(state, 0.0, GM_KM3_S2["EARTH"])[0]) - EARTH_KM


def test_it_takes_little_to_leave_the_asteroid() -> None:
    """As Hayabusa2, which left Ryugu in November 2019 and passed Earth by on 2020-12-05."""
    arc = transfer()
    assert np.linalg.norm(arc.departure_m_s) == pytest.approx(50.1, abs=0.5)
    assert np.linalg.norm(arc.arriving_km_s) == pytest.approx(4.561, abs=0.001)


def test_the_cruise_would_miss_earth_and_its_correction_leads_there() -> None:
    start, earth = _state(_orbit("sample-cruise"), CRUISE_BURN), heliocentric_km("earth", ARRIVAL)
    missed, met = (
        np.asarray(spice.prop2b(GM_KM3_S2["SUN"], state, ARRIVAL.seconds_since(CRUISE_BURN)))[:3]
        for state in (start, _pushed(start, _burns("sample-cruise")[0]))
    )
    assert np.linalg.norm(missed - earth) == pytest.approx(AIMED_BEHIND_KM, rel=0.01)
    # half a millimetre a second of each component, over seven weeks
    assert np.linalg.norm(met - earth) < 8_000.0


def test_the_cruise_comes_from_the_asteroid() -> None:
    there = _state(_orbit("sample-cruise"), DEPARTURE)[:3]
    assert np.linalg.norm(there - ryugu(DEPARTURE)[0]) < 100.0  # digits of the file, over two years


def test_its_asymptote_is_the_transfers() -> None:
    """Far before Earth it comes as the arc about the Sun does: by 10 m/s, at 13 million km."""
    state = _state(_orbit("sample-home-short"), RELEASE)
    before = np.asarray(spice.prop2b(GM_KM3_S2["EARTH"], state, -33 * 86_400.0))
    coming = before[3:] * np.sqrt(
        1.0 - 2.0 * GM_KM3_S2["EARTH"] / np.linalg.norm(before[:3]) / (before[3:] @ before[3:])
    )
    np.testing.assert_allclose(coming, transfer().arriving_km_s, atol=0.01)


def test_it_passes_earth_and_the_correction_leads_into_the_corridor() -> None:
    state = _state(_orbit("sample-home"), CORRECTION)
    assert _clearance_km(state) == pytest.approx(PASSES_KM, abs=2.0)
    pushed = _pushed(state, _burns("sample-home")[0])
    there = np.asarray(
        spice.prop2b(GM_KM3_S2["EARTH"], pushed, float(RELEASE.seconds_since(CORRECTION)))
    )
    np.testing.assert_allclose(there, _state(_orbit("sample-home-short"), RELEASE), atol=0.01)


@pytest.mark.parametrize("scenario", ["sample-home", "sample-home-short"])
def test_the_deflection_turns_it_aside(scenario: str) -> None:
    pushed = _pushed(
        _state(_orbit("sample-home-short"), RELEASE.plus_seconds(3600.0)), _burns(scenario)[-1]
    )
    assert _clearance_km(pushed) > 300.0


def test_let_go_without_error_the_capsule_falls_to_the_middle_of_its_zone() -> None:
    interface, landed = arriving(_orbit("sample-home-short"))
    assert interface[3] == pytest.approx(FLIGHT_PATH_DEG, abs=0.001)
    arrival = MISSION.spacecraft[CAPSULE].arrival
    assert arrival is not None
    off = offset_km(arrival.zone.latitude_deg, arrival.zone.longitude_deg, *landed)
    assert np.hypot(*off) < 0.2
