"""Orbits after a burn against SPICE's own elements and two-body propagation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import spiceypy as spice
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import Center, known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.craft.mothership.orbiter_platform import OrbiterPlatform
from sims.craft.nature.planets import Planet, heliocentric_au
from sims.craft.nature.surroundings import AU_KM
from sims.orbits import GM_KM3_S2, carried_to, mean_motion, pushed, state_of
from sims.space.pushed import PushedTrajectory, pushed_orbit, pushed_path

MARS = known_bodies()["mars"]

MISSION = load_mission()
OTV = MISSION.spacecraft["otv"]
assert OTV.orbit is not None
ORBIT = OTV.orbit
GM = MARS.gm_km3_s2
HOUR_S = 3600.0
BURN_AT = ORBIT.epoch.plus_seconds(5 * HOUR_S)


def spice_state(orbit: KeplerOrbit, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    angles = np.radians(
        [orbit.inclination_deg, orbit.raan_deg, orbit.argument_of_periapsis_deg,
         orbit.mean_anomaly_deg]
    )  # fmt: skip
    periapsis_km = orbit.semi_major_axis_km * (1.0 - orbit.eccentricity)
    return np.asarray(spice.conics([periapsis_km, orbit.eccentricity, *angles, 0.0, GM], seconds))


@given(
    eccentricity=st.floats(0.0, 0.85) | st.floats(1.05, 4.0),
    inclination=st.floats(0.0, 179.0),
    angles=st.tuples(*[st.floats(0.0, 359.9)] * 3),
    push=st.tuples(*[st.floats(-0.3, 0.3)] * 3),
)
def test_a_pushed_orbit_goes_where_spice_propagates_the_pushed_state(
    eccentricity: float,
    inclination: float,
    angles: tuple[float, float, float],
    push: tuple[float, float, float],
) -> None:
    size_km = 9_000.0 if eccentricity < 1.0 else -9_000.0
    orbit = KeplerOrbit("MARS", BURN_AT, size_km, eccentricity, inclination, *angles)
    state = spice_state(orbit, 0.0)
    np.testing.assert_allclose(np.concatenate(state_of(orbit)), state, rtol=1e-9, atol=1e-8)
    state[3:] += push
    after = pushed(orbit, np.array(push))
    if abs(after.eccentricity - 1.0) < 0.03:
        return  # so near to a parabola that rounding shows after a day
    assert (after.semi_major_axis_km > 0.0) == (after.eccentricity < 1.0)
    for seconds in (0.0, 1_000.0, 86_400.0):
        expected = spice.prop2b(GM, state, seconds)
        carried = carried_to(after, BURN_AT.plus_seconds(seconds), mean_rate=mean_motion(after))
        place, motion = state_of(carried)
        np.testing.assert_allclose(place, expected[:3], atol=1e-3)
        np.testing.assert_allclose(motion, expected[3:], atol=1e-6)


def test_no_push_leaves_the_orbit_as_it_is_with_its_drift_by_j2() -> None:
    same = pushed_orbit(ORBIT, BURN_AT, (0.0, 0.0, 0.0))
    times = tdb_seconds(instants_ns(*(BURN_AT.plus_seconds(h * HOUR_S) for h in range(0, 48, 5))))
    one, other = (SecularOrbit(orbit).position_km(times) for orbit in (ORBIT, same))
    assert np.abs(one - other).max() < 0.002


def test_in_icrf_the_velocity_changes_by_the_push_and_the_place_does_not() -> None:
    delta_v_m_s = (3.0, -7.0, 5.0)
    before = SecularOrbit(ORBIT)
    after = SecularOrbit(pushed_orbit(ORBIT, BURN_AT, delta_v_m_s))
    moment = tdb_seconds(instants_ns(BURN_AT))
    gained = (after.velocity_km_s(moment) - before.velocity_km_s(moment))[:, 0] * 1000.0
    # 9.1 m/s, of which J2's share of elements taken as mean may take half a percent
    np.testing.assert_allclose(gained, delta_v_m_s, atol=0.045)
    np.testing.assert_allclose(after.position_km(moment), before.position_km(moment), atol=1e-6)
    path = PushedTrajectory(before, (float(moment[0]), after))
    around = moment[0] + np.array([-10.0, 10.0])
    for of_path, of_piece, which in (
        (path.position_km(around), before.position_km(around), 0),
        (path.velocity_km_s(around), after.velocity_km_s(around), 1),
    ):
        np.testing.assert_allclose(of_path[:, which], of_piece[:, which], rtol=1e-14)


def test_a_tangential_push_changes_the_period_as_the_vis_viva_equation_says() -> None:
    circular = replace(ORBIT, eccentricity=0.0)
    speed = math.sqrt(GM / circular.semi_major_axis_km)
    _, motion = state_of(circular)
    after = pushed(circular, motion / speed * 0.010)
    expected = 1.0 / (2.0 / circular.semi_major_axis_km - (speed + 0.010) ** 2 / GM)
    assert after.semi_major_axis_km == pytest.approx(expected, rel=1e-12)


def test_craft_and_space_agree_on_where_a_burn_leads() -> None:
    """The craft's own orbit, which decides on its sunlight, is the one by which space flies it."""
    platform = OrbiterPlatform(OTV, 1, ORBIT.epoch.tai_ns)
    delta_v_m_s = (12.0, 20.0, -9.0)
    platform.push(BURN_AT.tai_ns, delta_v_m_s)
    in_space = pushed_orbit(ORBIT, BURN_AT, delta_v_m_s)
    mine = platform._orbit
    assert mine.semi_major_axis_km == pytest.approx(in_space.semi_major_axis_km, abs=0.5)
    assert mine.eccentricity == pytest.approx(in_space.eccentricity, abs=1e-3)
    assert mine.inclination_deg == pytest.approx(in_space.inclination_deg, abs=0.05)


@pytest.mark.parametrize("center", ["MARS", "EARTH", "SUN"])
@pytest.mark.parametrize("eccentricity", [0.3, 1.4])
def test_conics_about_every_centre_are_where_spice_has_them(
    center: str, eccentricity: float
) -> None:
    size_km = {"MARS": 9_000.0, "EARTH": 42_000.0, "SUN": 1.8e8}[center]
    frame = "MARS_IAU_OF_EPOCH" if center == "MARS" else "ICRF"
    orbit = KeplerOrbit(
        center, BURN_AT, math.copysign(size_km, 1.0 - eccentricity), eccentricity,
        25.0, 40.0, 60.0, 80.0, frame,
    )  # fmt: skip
    hours = np.array([-30.0, -1.0, 0.0, 2.0, 70.0])
    times = tdb_seconds(instants_ns(*(BURN_AT.plus_seconds(h * HOUR_S) for h in hours)))
    known = SecularOrbit(orbit)
    gm = GM_KM3_S2[center]
    elements = [orbit.semi_major_axis_km * (1.0 - eccentricity), eccentricity,
                *np.radians([25.0, 40.0, 60.0, 80.0]), 0.0, gm]  # fmt: skip
    turn = np.eye(3)
    if center == "MARS":
        turn = MARS.equator_rotation(tdb_seconds(instants_ns(BURN_AT)))[:, :, 0].T
    drifts = center != "SUN" and eccentricity < 1.0  # by J2, which two bodies do not know
    for number, hour in enumerate(hours if not drifts else hours[2:3]):
        expected = spice.conics(elements, hour * HOUR_S)
        at = times[[number if not drifts else 2]]
        np.testing.assert_allclose(
            known.position_km(at)[:, 0], turn @ expected[:3], rtol=1e-9, atol=1e-5
        )
        if not drifts:
            np.testing.assert_allclose(
                known.velocity_km_s(at)[:, 0], turn @ expected[3:], rtol=1e-9, atol=1e-9
            )


def test_a_burn_about_the_sun_goes_where_spice_propagates_it() -> None:
    orbit = KeplerOrbit("SUN", BURN_AT, 1.88e8, 0.2, 24.0, 3.0, 60.0, 80.0, "ICRF")
    delta_v_m_s = (11.0, -4.0, 2.5)
    later = BURN_AT.plus_seconds(30 * 86_400.0)
    path = pushed_path(SecularOrbit(orbit), BURN_AT, pushed_orbit(orbit, BURN_AT, delta_v_m_s))
    at, then = (tdb_seconds(instants_ns(one)) for one in (BURN_AT, later))
    state = np.concatenate([path.position_km(at), path.velocity_km_s(at)])[:, 0]
    known = np.concatenate(
        [SecularOrbit(orbit).position_km(at), SecularOrbit(orbit).velocity_km_s(at)]
    )
    np.testing.assert_allclose(state[3:] - known[3:, 0], np.array(delta_v_m_s) / 1000.0, atol=1e-9)
    expected = spice.prop2b(GM_KM3_S2["SUN"], state, float(then[0] - at[0]))
    np.testing.assert_allclose(path.position_km(then)[:, 0], expected[:3], atol=1.0)


def test_a_long_burn_as_pushes_of_half_a_minute_is_the_burn_that_is_integrated() -> None:
    """About as India's Mars Orbiter braked in 2014: 616 N for 23 minutes, 1.1 km/s, captured.

    Compared with SciPy's integrator of order 8 under constant thrust along a fixed direction.
    """
    orbit = KeplerOrbit("MARS", BURN_AT, -9_475.0, 1.4128, 150.0, 40.0, 60.0, 0.0)
    place, motion = state_of(orbit)
    against = -motion / np.linalg.norm(motion)
    burn_s, thrust_n, isp_s, mass_kg = 1_389.0, 616.0, 310.0, 900.0
    flow = thrust_n / (isp_s * 9.80665)

    def gained(begin_s: float, end_s: float) -> float:
        masses = (mass_kg - flow * begin_s, mass_kg - flow * end_s)
        return isp_s * 9.80665 * math.log(masses[0] / masses[1]) / 1000.0

    def pull(time_s: float, state: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        thrust = thrust_n / (mass_kg - flow * time_s) / 1000.0
        gravity = -GM * state[:3] / np.linalg.norm(state[:3]) ** 3
        return np.concatenate([state[3:], gravity + thrust * against])

    ignition = carried_to(orbit, BURN_AT.plus_seconds(-burn_s / 2), mean_rate=mean_motion(orbit))
    start = np.concatenate(state_of(ignition))
    integrated = solve_ivp(pull, (0.0, burn_s), start, method="DOP853", rtol=1e-11, atol=1e-9)
    pushes = ignition
    for begin in np.arange(0.0, burn_s, 30.0):
        end = min(begin + 30.0, burn_s)
        at = ignition.epoch.plus_seconds((begin + end) / 2.0)
        here = carried_to(pushes, at, mean_rate=mean_motion(pushes))
        pushes = pushed(here, against * gained(begin, end))
    last = carried_to(pushes, ignition.epoch.plus_seconds(burn_s), mean_rate=mean_motion(pushes))
    place, motion = state_of(last)
    np.testing.assert_allclose(place, integrated.y[:3, -1], atol=0.05)
    np.testing.assert_allclose(motion, integrated.y[3:, -1], atol=5e-5)
    assert last.eccentricity < 1.0  # captured


@pytest.mark.parametrize("planet", ["EARTH", "MARS"])
def test_planets_are_where_de440_has_them(planet: Planet) -> None:
    moments = [Instant.from_utc_iso(f"20{year}-0{month}-15T00:00:00Z")
               for year in (28, 31, 34) for month in (1, 5, 9)]  # fmt: skip
    ephemeris = Geometry(MISSION).ephemeris
    for moment in moments:
        tdb = tdb_seconds(instants_ns(moment))
        center: Center = "earth" if planet == "EARTH" else "mars"
        known = (ephemeris.position_km(center, tdb) - ephemeris.position_km("sun", tdb))[:, 0]
        mine = np.array(heliocentric_au(planet, moment.tai_ns)) * AU_KM
        assert np.linalg.norm(mine - known) / np.linalg.norm(known) < 1e-3
