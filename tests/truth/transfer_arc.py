"""The arc that the scenario `cruise` flies, from DE440: run as a module, it prints the elements.

    python -m tests.truth.transfer_arc

Lambert's problem by universal variables (R. R. Bate, D. D. Mueller & J. E. White, *Fundamentals of
Astrodynamics*, 1971, section 5.3), with one whole revolution about the Sun in it: z = ΔE² lies
between (2π)² and (4π)².  Lengths in km, times in s (TDB), axes of ICRF about the Sun.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from groundsys.geometry.central_bodies import Center
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.orbits import GM_KM3_S2, carried_to, mean_motion, orbit_of, state_of

Vector3 = NDArray[np.float64]
_GM = GM_KM3_S2["SUN"]

DEPARTURE = Instant.from_utc_iso("2030-09-28T00:00:00Z")
ARRIVAL = Instant.from_utc_iso("2033-03-06T00:00:00Z")
#: where the scenario begins, and when its trajectory correction is meant to burn
START = Instant.from_utc_iso("2031-11-24T00:00:00Z")
BURN = Instant.from_utc_iso("2031-11-26T12:00:00Z")
#: the launcher aims behind Mars on its way, so that its last stage never gets there
AIMED_BEHIND_KM = 400_000.0


@dataclass(frozen=True, slots=True)
class Arc:
    """The orbit from launch on, with its epoch at `START`, and the burn that leads it to Mars."""

    orbit: KeplerOrbit
    delta_v_m_s: Vector3
    c3_km2_s2: float
    arrival_km_s: float


def heliocentric_km(body: Center, at: Instant) -> Vector3:
    """Where a body is from the Sun."""
    ephemeris, tdb = Ephemeris.load(), tdb_seconds(instants_ns(at))
    return np.asarray(ephemeris.position_km(body, tdb) - ephemeris.position_km("sun", tdb))[:, 0]


def heliocentric_km_s(body: Center, at: Instant) -> Vector3:
    """How a body moves about the Sun."""
    before, after = (heliocentric_km(body, at.plus_seconds(s)) for s in (-300.0, 300.0))
    return np.asarray((after - before) / 600.0)


def state_at(orbit: KeplerOrbit, at: Instant) -> tuple[Vector3, Vector3]:
    """Place and motion on an orbit about the Sun."""
    return state_of(carried_to(orbit, at, mean_rate=mean_motion(orbit)))


def lambert(
    first: Vector3, last: Vector3, seconds: float, whole_revolutions: int = 0
) -> tuple[Vector3, Vector3]:
    """Velocities at both ends of the prograde ellipse.

    With whole revolutions there are two; this is the one of more energy.
    """
    r1, r2 = float(np.linalg.norm(first)), float(np.linalg.norm(last))
    angle = math.acos(float(first @ last) / (r1 * r2))
    if np.cross(first, last)[2] < 0.0:
        angle = 2.0 * math.pi - angle
    a = math.sin(angle) * math.sqrt(r1 * r2 / (1.0 - math.cos(angle)))

    def y(z: float) -> float:
        root = math.sqrt(z)
        c, s = (1.0 - math.cos(root)) / z, (root - math.sin(root)) / root**3
        return r1 + r2 + a * (z * s - 1.0) / math.sqrt(c)

    def late(z: float) -> float:
        root = math.sqrt(z)
        c, s = (1.0 - math.cos(root)) / z, (root - math.sin(root)) / root**3
        return (y(z) / c) ** 1.5 * s + a * math.sqrt(y(z)) - math.sqrt(_GM) * seconds

    low = (2.0 * math.pi * whole_revolutions) ** 2 + 1e-2
    high = (2.0 * math.pi * (whole_revolutions + 1)) ** 2 - 1e-2
    if whole_revolutions:
        low = float(minimize_scalar(late, bounds=(low, high), method="bounded").x)
    z = float(brentq(late, low, high, xtol=1e-13))
    f, g, g_rate = 1.0 - y(z) / r1, a * math.sqrt(y(z) / _GM), 1.0 - y(z) / r2
    return (last - f * first) / g, (g_rate * last - first) / g


def designed() -> Arc:
    """From Earth beside Mars, and the burn to Mars."""
    earth, mars = heliocentric_km("earth", DEPARTURE), heliocentric_km("mars", ARRIVAL)
    flight_s = ARRIVAL.seconds_since(DEPARTURE)
    along = heliocentric_km_s("mars", ARRIVAL)
    aim = mars - AIMED_BEHIND_KM * along / np.linalg.norm(along)
    leaving, _ = lambert(earth, aim, flight_s, whole_revolutions=1)
    like = KeplerOrbit("SUN", DEPARTURE, 2e8, 0.2, 23.0, 0.0, 0.0, 0.0, "ICRF")
    launched = orbit_of(earth, leaving, like)
    orbit = carried_to(launched, START, mean_rate=mean_motion(launched))
    place, motion = state_at(orbit, BURN)
    wanted, arriving = lambert(place, mars, ARRIVAL.seconds_since(BURN))
    return Arc(
        orbit,
        (wanted - motion) * 1e3,
        float(np.sum((leaving - heliocentric_km_s("earth", DEPARTURE)) ** 2)),
        float(np.linalg.norm(arriving - heliocentric_km_s("mars", ARRIVAL))),
    )


def _print() -> None:
    arc = designed()
    orbit = arc.orbit
    for name in (
        "semi_major_axis_km", "eccentricity", "inclination_deg", "raan_deg",
        "argument_of_periapsis_deg", "mean_anomaly_deg",
    ):  # fmt: skip
        print(f"{name}: {getattr(orbit, name):.9f}")
    print(f"Δv at {BURN.utc_iso(0)}: {np.round(arc.delta_v_m_s, 3)} m/s")
    print(f"C3 {arc.c3_km2_s2:.1f} km²/s², arrival with {arc.arrival_km_s:.2f} km/s")


if __name__ == "__main__":
    _print()
