"""Craft at an asteroid that passes Earth: seen by antennas, and by each other unless it is between.

Two craft pass (99942) Apophis slowly during its own passage of Earth: one as a hyperbola by
elements, one as an OEM about the asteroid.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry import Ephemeris, Geometry, relay_windows, view_periods
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.mission import load_scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant, Interval
from tests.geometry.missions import MISSION, OTV

#: 2029-04-13T21:46:13 TDB
PASSAGE = Instant.from_utc_iso("2029-04-13T21:45:03.816Z")
DAYS = Interval(PASSAGE.plus_seconds(-36 * 3600), PASSAGE.plus_seconds(36 * 3600))
GM = known_bodies()["apophis"].gm_km3_s2
#: km and km/s: it passes at 2 km with 1 m/s, nearest at the asteroid's own passage
CLOSEST_KM, SPEED_KM_S = 2.0, 1e-3
ECCENTRICITY = 1.0 + CLOSEST_KM * SPEED_KM_S**2 / GM
SLOW = KeplerOrbit("APOPHIS", PASSAGE, -GM / SPEED_KM_S**2, ECCENTRICITY, 60.0, 20.0, 30.0, 0.0)

_MESSAGE = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2029-04-01T00:00:00
ORIGINATOR = TEST

META_START
OBJECT_NAME = PROBE
OBJECT_ID = probe
CENTER_NAME = {center}
REF_FRAME = ICRF
TIME_SYSTEM = TDB
START_TIME = {start}
STOP_TIME = {stop}
META_STOP

"""


def standing_behind(tmp_path: Path, place_km: np.ndarray) -> OemTrajectory:
    """A craft that stays where it is as seen from the asteroid, for four days."""
    epochs = [datetime(2029, 4, 12) + timedelta(hours=number) for number in range(97)]
    head = _MESSAGE.format(
        center="APOPHIS", start=epochs[0].isoformat(), stop=epochs[-1].isoformat()
    )
    numbers = " ".join(f"{one:.6f}" for one in place_km)
    lines = [f"{epoch.isoformat()} {numbers} 0.0 0.0 0.0" for epoch in epochs]
    path = tmp_path / "probe.oem"
    path.write_text(head + "\n".join(lines) + "\n")
    return OemTrajectory(path)


@pytest.fixture
def geometry(tmp_path: Path) -> Geometry:
    craft = {
        "otv": replace(OTV, orbit=SLOW),
        "probe": replace(OTV, id="probe", relay="otv", orbit=SLOW),
    }
    geometry = Geometry(replace(MISSION, spacecraft=craft))
    # where the other stands at its closest, but on the far side
    at = SecularOrbit(SLOW).position_km(tdb_seconds(instants_ns(PASSAGE)))[:, 0]
    return geometry.with_trajectory("probe", standing_behind(tmp_path, -3.0 * at))


def test_a_hyperbola_past_a_small_body_is_almost_straight() -> None:
    orbit = SecularOrbit(SLOW)
    assert pytest.approx(728.3, abs=0.1) == ECCENTRICITY
    times = tdb_seconds(instants_ns(PASSAGE)) + np.array([0.0, 3600.0])
    near, later = np.linalg.norm(orbit.position_km(times), axis=0)
    assert near == pytest.approx(CLOSEST_KM, rel=1e-9)
    assert later == pytest.approx(np.hypot(CLOSEST_KM, SPEED_KM_S * 3600.0), rel=2e-3)


def test_antennas_see_the_craft_where_the_asteroid_is(geometry: Geometry) -> None:
    """At 38 000 km the two stand within a thousandth of a degree times their distance in km."""
    ns = instants_ns(*(PASSAGE.plus_seconds(3600.0 * hour) for hour in (-30, -1, 0, 1, 30)))
    ephemeris = Ephemeris.load()
    tdb = tdb_seconds(ns)
    away = ephemeris.position_km("apophis", tdb) - ephemeris.position_km("earth", tdb)
    for craft in ("otv", "probe"):
        range_km = geometry.range_km("usuda-64", craft, ns)
        # the antenna is within Earth's radius of its centre; light takes 0.13 s to 2 s
        assert np.abs(range_km - np.linalg.norm(away, axis=0)).max() < 6_500.0
    one, other = (
        np.array(geometry.azimuth_elevation_deg("usuda-64", craft, ns))
        for craft in ("otv", "probe")
    )
    assert np.abs(one[1] - other[1]).max() < np.degrees(200.0 / 38_000.0)
    assert np.abs(one[1] - other[1])[2] < np.degrees(9.0 / 30_000.0)


def test_view_periods_end_at_the_mask_and_none_is_overlooked(geometry: Geometry) -> None:
    mask = MISSION.antennas["usuda-64"].elevation_mask_deg
    found = view_periods(geometry, "usuda-64", "otv", DAYS)
    ends = [one.receive.start for one in found] + [one.receive.end for one in found]
    inner = [end for end in ends if DAYS.start < end < DAYS.end]
    assert len(inner) >= 3
    elevations = geometry.elevation_deg("usuda-64", "otv", instants_ns(*inner))
    np.testing.assert_allclose(elevations, mask, atol=1e-4)
    every = np.arange(DAYS.start.tai_ns, DAYS.end.tai_ns, 300 * 10**9)
    visible = geometry.visible_downlink("usuda-64", "otv", every)
    listed = np.zeros(every.size, dtype=bool)
    for one in found:
        listed |= (every >= one.receive.start.tai_ns) & (every <= one.receive.end.tai_ns)
    assert (visible == listed).all()


def test_the_asteroid_hides_one_craft_from_the_other_at_its_closest(geometry: Geometry) -> None:
    windows = relay_windows(geometry, "otv", "probe", DAYS)
    assert len(windows) == 2
    hidden_s = windows[1].interval.start.seconds_since(windows[0].interval.end)
    middle = windows[0].interval.end.plus_seconds(hidden_s / 2.0)
    assert abs(middle.seconds_since(PASSAGE)) < 60.0
    # the shadow of the ellipsoid, four thirds as wide where the one moves through it with 1 m/s
    body = known_bodies()["apophis"].ellipsoid
    widths = [2000.0 * radius * (1.0 + CLOSEST_KM / 6.0)
              for radius in (body.polar_radius_km, body.equatorial_radius_km)]  # fmt: skip
    assert widths[0] - 5.0 < hidden_s < widths[1] + 5.0
    seen = geometry.line_of_sight("otv", "probe", instants_ns(PASSAGE, DAYS.start, DAYS.end))
    assert seen.tolist() == [False, True, True]


def test_the_escort_of_the_scenario_passes_the_asteroid() -> None:
    """By the asteroid's own table: 6 km aside at 00:15, with 3 m/s, from where it is lit."""
    mission, scenario = load_scenario("apophis-flyby")
    geometry = Geometry(mission)
    ephemeris = geometry.ephemeris
    start, end = tdb_seconds(instants_ns(scenario.span.start, scenario.span.end))
    times = np.linspace(start, end, 500)
    asteroid, motion = ephemeris.state("apophis", times)
    otv = geometry.craft("apophis-otv")
    place = otv.position_km(ephemeris, times) - asteroid
    apart = np.linalg.norm(place, axis=0)
    assert apart.max() < 140.0
    nearest = tdb_seconds(instants_ns(Instant.from_utc_iso("2029-04-14T00:15:00Z")))[0]
    assert times[np.argmin(apart)] == pytest.approx(nearest, abs=90.0)
    assert apart.min() == pytest.approx(6.0, abs=0.05)
    _, earth_motion = ephemeris.state("earth", times)
    faster = otv.trajectory.velocity_km_s(times) + earth_motion - motion
    then = int(np.argmin(apart))
    assert np.linalg.norm(faster[:, then]) == pytest.approx(3e-3, rel=0.02)
    before = times < nearest - 3600.0
    sun = ephemeris.position_km("sun", times) - asteroid
    lit = np.sum(place * sun, axis=0) / apart / np.linalg.norm(sun, axis=0)
    assert np.degrees(np.arccos(lit[before])).max() < 62.0
    for probe in ("apophis-probe-1", "apophis-probe-2"):
        there = geometry.craft(probe).position_km(ephemeris, times)
        away = np.linalg.norm(there - otv.position_km(ephemeris, times), axis=0)
        # 0.8 m/s for four to sixteen hours, which Earth's pull bends
        assert away.min() > 5.0
        assert away.max() < 150.0
