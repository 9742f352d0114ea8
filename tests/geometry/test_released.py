"""A cube beside its relay: Clohessy and Wiltshire's closed form against two bodies, and windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from groundsys.geometry import Geometry, relay_windows
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.released import ReleasedTrajectory
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import load_scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Release
from groundsys.values.instants import Instant, Interval

MARS = known_bodies()["mars"]

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
AT = START.plus_seconds(3_600.0)
CIRCLE = KeplerOrbit("MARS", START, 5_600.0, 0.0, 80.0, 20.0, 0.0, 30.0)
PERIOD_S = 2.0 * np.pi * np.sqrt(5_600.0**3 / MARS.gm_km3_s2)


def released(direction: tuple[float, float, float], orbit: KeplerOrbit = CIRCLE) -> tuple:
    carrier = SecularOrbit(orbit)
    return carrier, ReleasedTrajectory(carrier, Release(0.5, direction, 600.0, AT))


def seconds(*after: float) -> np.ndarray:
    return tdb_seconds(instants_ns(*(AT.plus_seconds(one) for one in after)))


def test_half_a_metre_a_second_along_track_falls_behind_by_kilometres_an_orbit() -> None:
    """y = -3 y' T after one turn (Clohessy & Wiltshire 1960): 0.5 m/s ahead ends 19 km behind."""
    carrier, cube = released((0.0, 1.0, 0.0))
    at = seconds(PERIOD_S)
    apart = (cube.position_km(at) - carrier.position_km(at))[:, 0]
    motion = carrier.velocity_km_s(at)[:, 0]
    along = float(apart @ motion / np.linalg.norm(motion))
    assert along == pytest.approx(-3.0 * 0.5e-3 * PERIOD_S, rel=5e-3)
    assert -20.0 < along < -18.0


def test_half_a_metre_a_second_outwards_comes_back_after_a_turn() -> None:
    carrier, cube = released((1.0, 0.0, 0.0))
    at = seconds(PERIOD_S / 2.0, PERIOD_S)
    apart = np.linalg.norm(cube.position_km(at) - carrier.position_km(at), axis=0)
    # half a turn on it is 4 x' / n behind: 0.5 m/s · 4 · 2035 s
    assert apart == pytest.approx([4.0 * 0.5e-3 * PERIOD_S / (2.0 * np.pi), 0.0], abs=0.02)


@pytest.mark.parametrize(
    ("direction", "eccentricity", "within_km"),
    [
        ((0.0, 1.0, 0.0), 0.0, 0.1),
        ((1.0, 0.0, 0.0), 0.0, 0.05),
        ((0.0, 0.0, 1.0), 0.0, 0.05),
        ((0.0, -1.0, 0.0), 0.005, 0.6),
        # beyond the equations of a circle, where J2 alone is not in the way between the two
        ((0.0, 1.0, 0.0), 0.3, 0.3),
        ((0.6, 0.0, 0.8), 0.3, 0.05),
    ],
)
def test_it_flies_as_two_bodies_do(
    direction: tuple[float, float, float], eccentricity: float, within_km: float
) -> None:
    """Against the equations of motion, integrated without J2, over six hours; ways of 30 km."""
    carrier, cube = released(direction, replace(CIRCLE, eccentricity=eccentricity))
    first = seconds(0.0)
    place, motion = carrier.position_km(first)[:, 0], carrier.velocity_km_s(first)[:, 0]
    out = place / np.linalg.norm(place)
    across = np.cross(place, motion) / np.linalg.norm(np.cross(place, motion))
    axes = np.array([out, np.cross(across, out), across])
    after = np.linspace(0.0, 6 * 3_600.0, 25)

    def fall(_: float, state: np.ndarray) -> np.ndarray:
        distance = np.linalg.norm(state[:3])
        return np.concatenate([state[3:], -MARS.gm_km3_s2 * state[:3] / distance**3])

    def flown(extra: np.ndarray) -> np.ndarray:
        begin = np.concatenate([place, motion + extra])
        options = {"t_eval": after, "rtol": 1e-11, "atol": 1e-9}
        return solve_ivp(fall, (0.0, after[-1]), begin, **options).y[:3]

    pushed = flown(axes.T @ np.asarray(direction) * 0.5e-3)
    apart = np.linalg.norm(pushed - flown(np.zeros(3)), axis=0)
    times = seconds(*after)
    believed = np.linalg.norm(cube.position_km(times) - carrier.position_km(times), axis=0)
    assert believed == pytest.approx(apart, abs=within_km)
    assert apart.max() > 0.9


def test_held_it_is_where_its_relay_is() -> None:
    carrier, cube = released((0.0, 1.0, 0.0))
    at = seconds(-3_000.0, -1.0)
    apart = np.linalg.norm(cube.position_km(at) - carrier.position_km(at), axis=0)
    assert apart == pytest.approx([1e-3, 1e-3], rel=1e-6)
    stays = ReleasedTrajectory(carrier, Release(0.5, (0.0, 1.0, 0.0), 0.0))
    late = seconds(1e6)
    apart_km = np.linalg.norm(stays.position_km(late) - carrier.position_km(late), axis=0)
    assert apart_km == pytest.approx([1e-3], rel=1e-6)


@pytest.mark.parametrize(
    ("orbit", "after_s"),
    [
        (KeplerOrbit("EARTH", AT, -11_690.0, 4.25, 30.0, 20.0, 30.0, -40.0), 20_000.0),
        (KeplerOrbit("SUN", AT, 1.4e8, 0.19, 3.0, 200.0, 120.0, 50.0), 86_400.0),
    ],
)
def test_past_a_planet_and_about_the_sun_it_goes_its_way(
    orbit: KeplerOrbit, after_s: float
) -> None:
    """Held until the release; then away, first with the speed that the springs give."""
    carrier, cube = released((1.0, 0.0, 0.0), orbit)
    at = seconds(-60.0, 0.0, 100.0, after_s)
    apart = np.linalg.norm(cube.position_km(at) - carrier.position_km(at), axis=0)
    assert apart[:2] == pytest.approx([1e-3, 1e-3], rel=1e-4)
    assert apart[2] == pytest.approx(1e-3 + 0.05, rel=2e-3)
    assert 0.5 * 0.5e-3 * after_s < apart[3] < 3.0 * 0.5e-3 * after_s
    motion = np.linalg.norm(cube.velocity_km_s(at) - carrier.velocity_km_s(at), axis=0)
    assert motion[2] == pytest.approx(0.5e-3, rel=1e-2)


def test_a_cube_is_heard_by_cable_then_not_then_by_radio() -> None:
    mission, scenario = load_scenario("release-short")
    geometry = Geometry(mission)
    release = mission.spacecraft["cube-parker-1"].release
    assert release is not None
    assert release.at is not None
    first, *later = relay_windows(geometry, "otv", "cube-parker-1", scenario.span)
    assert first.interval == Interval(scenario.span.start, first.interval.end)
    assert first.interval.end.seconds_since(release.at) == pytest.approx(0.0, abs=0.01)
    assert first.minimum_range_km == pytest.approx(1e-3, rel=1e-3)
    (radio,) = later  # some kilometres away: Mars is never in between
    heard_from = release.at.plus_seconds(release.silent_s)
    assert radio.interval.start.seconds_since(heard_from) == pytest.approx(0.0, abs=0.01)
    assert radio.interval.end == scenario.span.end
    assert 1.0 < radio.minimum_range_km < 50.0
