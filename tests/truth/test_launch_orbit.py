"""The orbit of the scenario `launch`: from Tanegashima to Mars, by other ways than it was made."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission import load_scenario
from groundsys.values.instants import Instant
from sims.orbits import GM_KM3_S2, axes_of
from sims.truth import perturbed

MISSION, LAUNCH = load_scenario("launch")
ORBIT = MISSION.spacecraft["otv"].orbit
assert ORBIT is not None
DEPARTS = Instant.from_utc_iso("2031-02-06T12:00:00Z")
ARRIVES = Instant.from_utc_iso("2031-08-10T12:00:00Z")
LIFT_OFF = Instant.from_utc_iso("2031-02-06T04:10:10Z")


def heliocentric(body: str, at: Instant) -> tuple[FloatArray, FloatArray]:
    time = tdb_seconds(instants_ns(at))
    ephemeris = Ephemeris.load()
    position, velocity = ephemeris.state(body, time)  # type: ignore[arg-type]
    sun, its = ephemeris.state("sun", time)
    return (position - sun)[:, 0], (velocity - its)[:, 0]


def test_it_leaves_earth_as_a_launch_to_mars_does() -> None:
    assert ORBIT is not None
    excess = GM_KM3_S2["EARTH"] / -ORBIT.semi_major_axis_km
    assert excess == pytest.approx(9.844, abs=0.001)  # C3, km²/s²
    perigee_km = ORBIT.semi_major_axis_km * (1.0 - ORBIT.eccentricity)
    assert perigee_km == pytest.approx(6_378.1366 + 300.0, abs=0.1)


def test_what_leaves_earth_so_meets_mars() -> None:
    """Integrated from Earth's centre about the Sun alone, as patched conics have it."""
    assert ORBIT is not None
    towards, across = axes_of(ORBIT)
    anomaly = math.acos(-1.0 / ORBIT.eccentricity)
    speed = math.sqrt(GM_KM3_S2["EARTH"] / -ORBIT.semi_major_axis_km)
    leaving = speed * (math.cos(anomaly) * towards + math.sin(anomaly) * across)
    place, motion = heliocentric("earth", DEPARTS)

    def pull(_: float, state: FloatArray) -> FloatArray:
        distance = np.linalg.norm(state[:3])
        return np.concatenate([state[3:], -GM_KM3_S2["SUN"] * state[:3] / distance**3])

    flown = solve_ivp(
        pull,
        (0.0, ARRIVES.seconds_since(DEPARTS)),
        np.concatenate([place, motion + leaving]),
        method="DOP853",
        rtol=1e-11,
        atol=1e-3,
    )
    mars, _ = heliocentric("mars", ARRIVES)
    # a hundredth of a degree of the asymptote's direction is 20 000 km at Mars
    assert np.linalg.norm(flown.y[:3, -1] - mars) < 50_000.0


def test_its_plane_goes_through_tanegashima_at_lift_off() -> None:
    """Yoshinobu, 30.40° N 130.98° E: the site turns into the plane, and flies east from there."""
    assert ORBIT is not None
    latitude, longitude = math.radians(30.4009), math.radians(130.9755)
    fixed = np.array(
        [
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        ]
    )
    time = tdb_seconds(instants_ns(LIFT_OFF))
    site = Ephemeris.load().from_earth_fixed(time, fixed[:, np.newaxis])[:, 0]
    towards, across = axes_of(ORBIT)
    normal = np.cross(towards, across)
    assert abs(math.degrees(math.asin(float(site @ normal)))) < 0.05
    # from there to the perigee: the ascent's 20° in 12 minutes, then 4° a minute
    arc_deg = math.degrees(math.atan2(float(np.cross(site, towards) @ normal), site @ towards))
    minutes = ORBIT.epoch.seconds_since(LIFT_OFF) / 60.0
    assert arc_deg == pytest.approx(64.3, abs=0.1)
    assert minutes == pytest.approx(12.0 + (arc_deg - 20.0) / 4.0, abs=1.0)


def test_a_metre_a_second_at_injection_is_three_and_a_half_for_ever() -> None:
    """v∞ dv∞ = v dv (Vallado, *Fundamentals of Astrodynamics*, the vis-viva integral)."""
    assert ORBIT is not None
    far = []
    for seed in range(300):
        true = perturbed(MISSION, seed, {"injection_m_s": 1.0}).spacecraft["otv"].orbit
        assert true is not None
        far.append(math.sqrt(GM_KM3_S2["EARTH"] / -true.semi_major_axis_km))
    excess = math.sqrt(GM_KM3_S2["EARTH"] / -ORBIT.semi_major_axis_km)
    perigee_km = ORBIT.semi_major_axis_km * (1.0 - ORBIT.eccentricity)
    fastest = math.sqrt(excess**2 + 2.0 * GM_KM3_S2["EARTH"] / perigee_km)
    assert fastest / excess == pytest.approx(3.62, abs=0.02)
    assert np.std(far) * 1e3 == pytest.approx(fastest / excess, rel=0.1)
    assert perturbed(MISSION, 1, {}) == MISSION
