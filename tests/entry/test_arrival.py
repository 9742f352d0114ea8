"""Arrivals from a hyperbola: against a capsule that has flown, two bodies' law, and themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.entry.approach import meet_interface, sampled_states
from groundsys.entry.arrival import (
    ArrivalPrediction,
    Carrying,
    predict_arrival,
    why_outside,
)
from groundsys.entry.falling import fall, offset_km
from groundsys.entry.flying import no_errors
from groundsys.entry.motion import Air, fly, state_at_interface
from groundsys.entry.outcomes import outcomes_of
from groundsys.entry.planet import known_world
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.two_bodies import coasted_km
from groundsys.mission.arrival.arrival_model import Arrival, LandingZone, LocatorBeacon
from groundsys.mission.arrival.entry_model import Aeroshell, EntryDispersions, EntryLimits
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Navigation, Release
from groundsys.values.instants import Instant
from sims.orbits import state_of

EARTH = known_bodies()["earth"]
G0 = 9.80665
AT = Instant.from_utc_iso("2033-12-03T05:30:00Z")
#: comes down about 31° south, 136.6° east, twelve hours later, flown with 0.3 m/s backwards
ORBIT = KeplerOrbit(
    "EARTH", AT, -19158.678399, 1.326841891, 54.773125, 264.226356, 235.241797, -583.39611, "ICRF",
)  # fmt: skip
SIZES = Navigation(along_track_km=1.0, cross_track_km=0.6, radial_km=0.6)
RELEASE = Release(speed_m_s=0.3, direction=(0.0, -1.0, 0.0), silent_s=0.0, at=AT)


def example_arrival() -> Arrival:
    """A capsule like Hayabusa2's: 16 kg, 0.4 m, its parachute open at some 11 km."""
    return Arrival(
        body="earth",
        interface_km=125.0,
        flight_path_deg=(-12.6, -11.4),
        aeroshell=Aeroshell(
            16.0, 0.4, 0.2, 0.85, (0.0, 0.8, 1.2, 4.0, 30.0), (1.0, 1.05, 1.3, 1.2, 1.15),
            3.0, 0.9, 0.3, 5.0,
        ),
        limits=EntryLimits(heat_flux_w_m2=2e7, deceleration_m_s2=1000.0, impact_m_s=40.0),
        dispersions=EntryDispersions(density=0.05, drag=0.03, wind_m_s=6.0),
        release_speed=0.03,
        release_pointing_rad=0.02,
        zone=LandingZone("the range", -31.0, 136.6, 120.0, 150.0),
        beacon=LocatorBeacon(401.7, 24.0, 1.0, ()),
    )  # fmt: skip


def _predicted(sizes: Navigation = SIZES, orbit: KeplerOrbit = ORBIT) -> ArrivalPrediction | None:
    carrying = Carrying(*state_of(orbit), sizes, 16.0 / 480.0)
    return predict_arrival(example_arrival(), EARTH, RELEASE, carrying, AT)


def test_stardust() -> None:
    """45.8 kg, 0.811 m, 12.8 km/s and −8.21° in inertial axes 6503.14 km from Earth's centre.

    The peak of deceleration: 32.9 g by the reconstruction of its entry (P. N. Desai and G. D.
    Qualls, AIAA 2008-1198), no accelerometer flew; hottest 52 s after the entry by the timetable
    published before its return (2006): both as others quote them.  Mass, size and state are from
    its project's papers by memory, not looked up again; place, azimuth and drag are ours, typical
    of its way and shape.  A ballistic body is hottest before it brakes most (H. J. Allen and A. J.
    Eggers, NACA Report 1381, 1958).  NASA's computations of its heat, quoted as 762 to 1000 W/cm²,
    are with radiation or without: ours, without, need only be of that size.
    """
    world, one = known_world("earth"), np.ones(1)
    shell = Aeroshell(
        45.8, 0.811, 0.2202, 0.85, (0.0, 0.8, 1.2, 3.0, 5.0, 30.0),
        (0.9, 1.0, 1.2, 1.45, 1.5, 1.5), 0.811, 1.0, 0.0, 1.0,
    )  # fmt: skip
    latitude, azimuth, path = np.radians([41.0, 98.0, -8.21])
    turning = world.planet.rotation_rad_s * 6_503_140.0 * np.cos(latitude)
    east = 12_799.0 * np.cos(path) * np.sin(azimuth) - turning
    north, up = 12_799.0 * np.cos(path) * np.cos(azimuth), 12_799.0 * np.sin(path)
    speed = float(np.sqrt(east**2 + north**2 + up**2))
    ellipsoid = float(world.planet.surface_radius_m(np.array([np.sin(latitude)]))[0])
    place, motion = state_at_interface(
        world.planet,
        altitude_m=(6_503_140.0 - ellipsoid) * one,
        latitude_deg=41.0 * one,
        longitude_deg=-125.0 * one,
        speed_m_s=speed * one,
        flight_path_deg=np.degrees(np.arcsin(up / speed)) * one,
        azimuth_deg=np.degrees(np.arctan2(east, north)) * one,
    )
    flights = fly(
        world.planet, Air(world.air, one, 0.0 * one, 0.0 * one), shell, place, motion,
        ground_m=1300.0 * one, drag_scale=one, opens=one < 0.0, escape_m=140_000.0,
    )  # fmt: skip
    limits = EntryLimits(np.inf, np.inf, np.inf)
    found = outcomes_of(flights, shell, limits, frequency_hz=4e8)
    assert found.peak_deceleration_m_s2[0] / G0 == pytest.approx(33.0, rel=0.1)
    assert found.events["peak_heating"][0] == pytest.approx(52.0, rel=0.1)
    apart_s = found.events["peak_deceleration"][0] - found.events["peak_heating"][0]
    assert apart_s == pytest.approx(10.0, abs=1.5)  # as ours tells it: a change is to be seen
    assert 600e4 < found.peak_heat_flux_w_m2[0] < 1200e4


def test_the_interface_is_where_two_bodies_law_leads() -> None:
    place, motion = state_of(ORBIT)
    tdb_s = float(tdb_seconds(instants_ns(AT))[0])
    met = meet_interface(EARTH, tdb_s, place[:, None], motion[:, None], 125.0)
    there = coasted_km(place, motion, EARTH.gm_km3_s2, met.after_s)
    turn = EARTH.body_fixed_rotation(tdb_s + met.after_s)[:, :, 0]
    assert turn @ there[:, 0] * 1000.0 == pytest.approx(met.place_m[:, 0], abs=1.0)
    radius = np.linalg.norm(met.place_m[:, 0])
    surface = known_world("earth").planet.surface_radius_m(met.place_m[2:3, 0] / radius)
    assert radius - surface[0] == pytest.approx(125_000.0, abs=1.0)
    energy = float(motion @ motion) / 2.0 - EARTH.gm_km3_s2 / float(np.linalg.norm(place))
    assert (met.speed_m_s[0] / 1000.0) ** 2 / 2.0 == pytest.approx(
        energy + EARTH.gm_km3_s2 / radius * 1000.0
    )


def test_samples_scatter_as_navigation_says() -> None:
    """Radial sizes are its eccentricity's, those across tilt its plane, its energy stays."""
    place, motion = state_of(ORBIT)
    generator = np.random.Generator(np.random.Philox(3))
    places, motions = sampled_states(place, motion, EARTH.gm_km3_s2, SIZES, generator, 2000)
    momentum = np.cross(places, motions, axis=0)
    energy = (motions**2).sum(axis=0) / 2.0 - EARTH.gm_km3_s2 / np.sqrt((places**2).sum(axis=0))
    e = np.sqrt(1.0 + 2.0 * energy * (momentum**2).sum(axis=0) / EARTH.gm_km3_s2**2)
    assert e.mean() == pytest.approx(ORBIT.eccentricity, abs=5e-6)
    assert e.std() * -ORBIT.semi_major_axis_km == pytest.approx(0.6, rel=0.06)
    assert -EARTH.gm_km3_s2 / 2.0 / energy == pytest.approx(ORBIT.semi_major_axis_km, rel=1e-6)
    normal = momentum / np.sqrt((momentum**2).sum(axis=0))
    middle = normal.mean(axis=1) / np.linalg.norm(normal.mean(axis=1))
    tilts = np.sqrt(((normal - middle[:, None]) ** 2).sum(axis=0))
    assert np.sqrt((tilts**2).mean() / 2.0) * -ORBIT.semi_major_axis_km == pytest.approx(
        0.6, rel=0.06
    )


def test_the_example_comes_down_within_its_limits() -> None:
    found = _predicted()
    assert found is not None
    assert why_outside(example_arrival(), found) == ()
    assert found.flight_path_deg.mean == pytest.approx(-12.0, abs=0.1)
    assert found.flight_path_deg.sigma == pytest.approx(0.02, rel=0.5)
    assert found.off_sigmas(-31.0, 136.6) < 3.0
    assert found.peak_deceleration_m_s2.mean / G0 == pytest.approx(60.0, rel=0.1)
    assert 900.0 < found.landing.time.seconds_since(found.parachute.time) < 1500.0


def test_what_is_known_worse_is_outside() -> None:
    vague = _predicted(Navigation(10.0, 0.0, 9.0, 9.0))
    assert any("flight-path angle" in one for one in why_outside(example_arrival(), vague))
    assert any("reaches" in one for one in why_outside(example_arrival(), vague))


def test_what_passes_by_does_not_come_down() -> None:
    aside = _predicted(orbit=replace(ORBIT, eccentricity=1.36))
    assert aside is None
    assert why_outside(example_arrival(), aside) == ("it does not come down",)


def test_offsets_across_the_antimeridian_are_short() -> None:
    assert offset_km(0.0, 179.9, 0.0, -179.9) == pytest.approx([22.24, 0.0], abs=0.01)


def test_a_second_is_short_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    place, motion = (one[:, None] for one in state_of(ORBIT))
    tdb_s = float(tdb_seconds(instants_ns(AT))[0])
    met = meet_interface(EARTH, tdb_s, place, motion, 125.0)
    _, coarse = fall(example_arrival(), EARTH, met, no_errors())
    monkeypatch.setattr("groundsys.entry.falling._STEP_S", 0.25)
    _, fine = fall(example_arrival(), EARTH, met, no_errors())
    landing = [float(one.events["landing"][0]) for one in (coarse, fine)]
    assert landing[0] == pytest.approx(landing[1], abs=3.0)
    assert coarse.latitude_deg == pytest.approx(fine.latitude_deg, abs=1e-4)
    assert coarse.longitude_deg == pytest.approx(fine.longitude_deg, abs=1e-4)
    assert coarse.peak_deceleration_m_s2 == pytest.approx(fine.peak_deceleration_m_s2, rel=5e-3)
