"""The way home of a sample from Ryugu, by patched conics: run as a module, it prints what was made.

    python -m tests.truth.sample_arc

Lambert's problem about the Sun from the asteroid's ephemeris to DE440's Earth, with one whole
revolution in it (`transfer_arc.lambert`).  What is left of the velocity beside Earth's is that of a
hyperbola about Earth, whose asymptote is aimed so that the capsule, let go twelve hours before,
meets the air at the angle asked for and falls, without errors, to the middle of its landing zone.
Aiming is that of the B-plane (W. Kizner, JPL TR 32-339, 1961): T along the equator, R to the south.

Two bodies at a time: the Sun alone until Earth, Earth alone from there; what the planets and Ryugu
itself pull, and light that presses, is left out, in what is flown as in what is foretold.  Burns
are impulses.  Lengths in km, times in s (TDB), axes of ICRF.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.optimize import fsolve

from groundsys.entry.approach import geodetic_deg, meet_interface
from groundsys.entry.arrival import along_track_axes
from groundsys.entry.falling import fall, offset_km
from groundsys.entry.flying import no_errors
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.orbits import GM_KM3_S2, carried_to, mean_motion, orbit_of, state_of
from tests.truth.transfer_arc import Vector3, heliocentric_km, heliocentric_km_s, lambert, state_at

STAGE, CAPSULE = "ryugu-stage", "return-capsule"
#: from beside the asteroid, and to Earth's centre had it no pull
DEPARTURE = Instant.from_utc_iso("2031-09-01T00:00:00Z")
ARRIVAL = Instant.from_utc_iso("2033-12-03T17:20:00Z")
#: where the scenario of the cruise begins, and when its correction is meant to burn
CRUISE = Instant.from_utc_iso("2033-10-17T00:00:00Z")
CRUISE_BURN = Instant.from_utc_iso("2033-10-17T12:00:00Z")
#: of the departure: so much of Earth is missed, behind it on its way, until that correction
AIMED_BEHIND_KM = 30_000.0
#: the correction into the corridor, the release of the capsule, and the burn that turns aside
CORRECTION = Instant.from_utc_iso("2033-12-02T00:15:00Z")
RELEASE = Instant.from_utc_iso("2033-12-03T05:30:00Z")
FLIGHT_PATH_DEG = -12.0
#: before its correction the stage would pass so high
PASSES_KM = 300.0
DEFLECTION_M_S = 25.0
_GM = GM_KM3_S2["EARTH"]
_EARTH = known_bodies()["earth"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """The arc about the Sun that meets Earth, and what it takes to leave for it."""

    orbit: KeplerOrbit
    departure_m_s: Vector3
    #: beside Earth's own motion
    arriving_km_s: Vector3


@dataclass(frozen=True, slots=True)
class Cruise:
    """The way past Earth on which the stage has left, and the burn that leads it there."""

    orbit: KeplerOrbit
    correction_m_s: Vector3


@dataclass(frozen=True, slots=True)
class Approach:
    """The hyperbola about Earth: past it until the correction, then into the air, then past it."""

    before: KeplerOrbit
    correction_m_s: Vector3
    #: with its epoch at the release
    after: KeplerOrbit
    deflection_m_s: Vector3
    #: where and how the capsule meets the interface: when, latitude, longitude, angle, azimuth, m/s
    interface: tuple[Instant, float, float, float, float, float]
    landing: tuple[float, float]


def ryugu(at: Instant) -> tuple[Vector3, Vector3]:
    """Place and motion of the asteroid about the Sun, by its table."""
    ephemeris, tdb = Ephemeris.load(known_bodies()), tdb_seconds(instants_ns(at))
    body, sun = ephemeris.state("ryugu", tdb), ephemeris.state("sun", tdb)
    return (body[0] - sun[0])[:, 0], (body[1] - sun[1])[:, 0]


@cache
def transfer() -> Transfer:
    """From beside Ryugu to Earth."""
    place, motion = ryugu(DEPARTURE)
    earth, flight_s = heliocentric_km("earth", ARRIVAL), ARRIVAL.seconds_since(DEPARTURE)
    leaving, arriving = lambert(place, earth, flight_s, whole_revolutions=1)
    like = KeplerOrbit("SUN", DEPARTURE, 2e8, 0.2, 23.0, 0.0, 0.0, 0.0, "ICRF")
    return Transfer(
        orbit_of(place, leaving, like),
        (leaving - motion) * 1e3,
        arriving - heliocentric_km_s("earth", ARRIVAL),
    )


@cache
def cruise() -> Cruise:
    """On the way behind Earth, and the burn to Earth."""
    place, _ = ryugu(DEPARTURE)
    earth, along = heliocentric_km("earth", ARRIVAL), heliocentric_km_s("earth", ARRIVAL)
    aim = earth - AIMED_BEHIND_KM * along / np.linalg.norm(along)
    leaving, _ = lambert(place, aim, ARRIVAL.seconds_since(DEPARTURE), whole_revolutions=1)
    left = orbit_of(place, leaving, transfer().orbit)
    orbit = carried_to(left, CRUISE, mean_rate=mean_motion(left))
    place, motion = state_at(orbit, CRUISE_BURN)
    wanted, _ = lambert(place, earth, ARRIVAL.seconds_since(CRUISE_BURN))
    return Cruise(orbit, (wanted - motion) * 1e3)


def aimed(b_km: float, angle: float, periapsis: Instant) -> KeplerOrbit:
    """The hyperbola whose asymptote passes Earth by `b_km`, `angle` from T to R."""
    coming = transfer().arriving_km_s
    speed = float(np.linalg.norm(coming))
    ahead, aside = coming / speed, _aside(angle)
    size = _GM / speed**2
    e = float(np.sqrt(1.0 + (b_km / size) ** 2))
    towards = ahead / e + np.sqrt(1.0 - 1.0 / e**2) * aside
    across = np.sqrt(1.0 - 1.0 / e**2) * ahead - aside / e
    low = size * (e - 1.0)
    like = KeplerOrbit("EARTH", periapsis, -size, e, 0.0, 0.0, 0.0, 0.0, "ICRF", enters=True)
    return orbit_of(low * towards, np.sqrt(_GM * (1.0 + e) / low) * across, like)


def _aside(angle: float) -> Vector3:
    """The unit vector in the B-plane."""
    ahead = transfer().arriving_km_s / np.linalg.norm(transfer().arriving_km_s)
    along = np.cross(ahead, [0.0, 0.0, 1.0])
    along /= np.linalg.norm(along)
    return np.asarray(np.cos(angle) * along + np.sin(angle) * np.cross(ahead, along))


def arriving(
    orbit: KeplerOrbit,
) -> tuple[tuple[Instant, float, float, float, float, float], tuple[float, float]]:
    """Interface and landing of the capsule, let go from there without any error."""
    mission = _mission()
    capsule, stage = mission.spacecraft[CAPSULE], mission.spacecraft[STAGE]
    assert capsule.arrival is not None
    assert capsule.release is not None
    place, motion = state_of(carried_to(orbit, RELEASE, mean_rate=mean_motion(orbit)))
    share = capsule.platform["mass_kg"] / (capsule.platform["mass_kg"] + stage.platform["mass_kg"])
    push = capsule.release.speed_m_s * np.array(capsule.release.direction)[:, np.newaxis]
    places, motions = place[:, np.newaxis], motion[:, np.newaxis]
    motions = motions + along_track_axes(places, motions, (1.0 - share) * push) / 1e3
    tdb_s = float(tdb_seconds(instants_ns(RELEASE))[0])
    met = meet_interface(_EARTH, tdb_s, places, motions, capsule.arrival.interface_km)
    _, found = fall(capsule.arrival, _EARTH, met, no_errors())
    at = RELEASE.plus_seconds(float(met.after_s[0]))
    told = (met.latitude_deg, met.longitude_deg, met.flight_path_deg, met.azimuth_deg,
            met.speed_m_s)  # fmt: skip
    latitude = float(geodetic_deg(_EARTH, found.latitude_deg)[0])
    return (at, *(float(one[0]) for one in told)), (latitude, float(found.longitude_deg[0]))


@cache
def approach() -> Approach:
    """To the landing zone from the north-west, by night."""
    capsule = _mission().spacecraft[CAPSULE]
    assert capsule.arrival is not None
    zone = capsule.arrival.zone

    def off(unknown: Vector3) -> Vector3:
        met, landed = arriving(_of(unknown))
        there = offset_km(zone.latitude_deg, zone.longitude_deg, *landed) / 100.0
        return np.array([*there, met[3] - FLIGHT_PATH_DEG])

    def _of(unknown: Vector3) -> KeplerOrbit:
        b, angle, hours = unknown
        return aimed(b * 1e4, angle, ARRIVAL.plus_seconds(3600.0 * hours))

    found = fsolve(off, np.array(START), xtol=1e-12)
    hits = _of(found)
    after = carried_to(hits, RELEASE, mean_rate=mean_motion(hits))
    at_burn = carried_to(hits, CORRECTION, mean_rate=mean_motion(hits))
    place, motion = state_of(at_burn)
    aside = _aside(float(found[1]))

    def passes_km(speed_m_s: float) -> float:
        before = orbit_of(place, motion + aside * speed_m_s / 1e3, at_burn)
        low = before.semi_major_axis_km * (1.0 - before.eccentricity)
        return float(low - _EARTH.ellipsoid.equatorial_radius_km - PASSES_KM)

    speed_m_s = float(fsolve(passes_km, 4.0)[0])
    correction = np.round(-speed_m_s * aside, 2)
    before = replace(orbit_of(place, motion - correction / 1e3, at_burn), enters=False)
    met, landed = arriving(after)
    return Approach(before, correction, after, np.round(DEFLECTION_M_S * aside, 2), met, landed)


#: where its solution is looked for: 10 000 km, rad, h after `ARRIVAL`
START = (1.67, 0.85, 0.0)


@cache
def _mission() -> Mission:
    return load_mission(default_mission_db())


def _print() -> None:
    arc, way, home = transfer(), cruise(), approach()
    print(f"departure {np.linalg.norm(arc.departure_m_s):.1f} m/s, "
          f"arrival with {np.linalg.norm(arc.arriving_km_s):.3f} km/s")  # fmt: skip
    for title, orbit in (
        ("cruise", way.orbit), ("before the correction", home.before), ("after", home.after),
    ):  # fmt: skip
        print(f"{title}, {orbit.epoch.utc_iso(0)}:")
        for name in (
            "semi_major_axis_km", "eccentricity", "inclination_deg", "raan_deg",
            "argument_of_periapsis_deg", "mean_anomaly_deg",
        ):  # fmt: skip
            print(f"  {name}: {getattr(orbit, name):.9f}")
    print(f"Δv of the cruise at {CRUISE_BURN.utc_iso(0)}: {np.round(way.correction_m_s, 3)} m/s")
    print(f"Δv of the correction {home.correction_m_s}, of the deflection {home.deflection_m_s}")
    at, *rest = home.interface
    print(f"interface {at.utc_iso(0)}: {np.round(rest, 3)}, landing {np.round(home.landing, 4)}")


if __name__ == "__main__":
    _print()
