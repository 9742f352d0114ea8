"""Orbits after a burn against SPICE's own elements and two-body propagation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import spiceypy as spice
from hypothesis import given
from hypothesis import strategies as st

from groundsys.geometry import mars
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import load_mission
from groundsys.mission.model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.craft.orbiter_platform import OrbiterPlatform
from sims.orbits import carried_to, orbit_of, pushed, state_of
from sims.space.pushed import PushedTrajectory, pushed_orbit

MISSION = load_mission()
OTV = MISSION.spacecraft["otv"]
assert OTV.orbit is not None
ORBIT = OTV.orbit
GM = mars.GM_KM3_S2
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
    eccentricity=st.floats(0.0, 0.85),
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
    orbit = KeplerOrbit("MARS", BURN_AT, 9_000.0, eccentricity, inclination, *angles)
    state = spice_state(orbit, 0.0)
    np.testing.assert_allclose(np.concatenate(state_of(orbit, GM)), state, rtol=1e-9, atol=1e-8)
    state[3:] += push
    try:
        after = pushed(orbit, np.array(push), GM)
    except DefinitionError:
        assert state[3:] @ state[3:] / 2.0 >= GM / math.dist(state[:3], (0.0, 0.0, 0.0))
        return
    if after.eccentricity > 0.97:
        return  # so near to escape that rounding shows after a day
    for seconds in (0.0, 1_000.0, 86_400.0):
        expected = spice.prop2b(GM, state, seconds)
        mean_motion = math.sqrt(GM / after.semi_major_axis_km**3)
        carried = carried_to(
            after, BURN_AT.plus_seconds(seconds), raan_rate=0.0, periapsis_rate=0.0,
            mean_rate=mean_motion,
        )  # fmt: skip
        place, motion = state_of(carried, GM)
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
    path = PushedTrajectory(before, after, float(moment[0]))
    around = moment[0] + np.array([-10.0, 10.0])
    np.testing.assert_array_equal(path.position_km(around)[:, 0], before.position_km(around)[:, 0])
    np.testing.assert_array_equal(path.velocity_km_s(around)[:, 1],
                                  after.velocity_km_s(around)[:, 1])  # fmt: skip


def test_a_tangential_push_changes_the_period_as_the_vis_viva_equation_says() -> None:
    circular = replace(ORBIT, eccentricity=0.0)
    speed = math.sqrt(GM / circular.semi_major_axis_km)
    _, motion = state_of(circular, GM)
    after = pushed(circular, motion / speed * 0.010, GM)
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


def test_an_escape_is_refused() -> None:
    place, motion = state_of(ORBIT, GM)
    with pytest.raises(DefinitionError, match="no closed orbit"):
        orbit_of(place, 1.5 * motion, GM, ORBIT)
    about_the_sun = replace(ORBIT, center="SUN", frame="ICRF")
    with pytest.raises(DefinitionError, match="no path after a burn"):
        pushed_orbit(about_the_sun, Instant(BURN_AT.tai_ns), (1.0, 0.0, 0.0))
