"""What shines on a craft that flies about Mars, Earth or the Sun, and what is in the way.

Two bodies for the craft, `planets` for the planet that it flies about; shadows are cylinders (about
Mars the penumbra passes in under 20 s).  Solar irradiance falls as the square of the distance from
1 361.0 W/m² at 1 au (G. Kopp & J. L. Lean, Geophys. Res. Lett. 38, 2011).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.craft.nature.mars import SOLAR_IRRADIANCE_W_M2, mars_equator_axes, sun_from_mars
from sims.craft.nature.planets import Planet, Vector, dot, from_orbit_plane, heliocentric_au
from sims.orbits import carried_to, mean_motion, place_in_plane, pushed

AU_KM = 149_597_870.7
#: equatorial radii, km (IAU 2009)
RADIUS_KM = {"MARS": 3_396.19, "EARTH": 6_378.1366}


@dataclass(frozen=True, slots=True)
class Light:
    """The Sun from a craft: unit vector in the frame of its orbit, distance, whether it shines."""

    direction: Vector
    distance_au: float
    is_lit: bool

    @property
    def irradiance_w_m2(self) -> float:
        """Outside any shadow."""
        return SOLAR_IRRADIANCE_W_M2 / self.distance_au**2


def place_km(orbit: KeplerOrbit, tai_ns: int) -> Vector:
    """Two-body place of a craft in the frame of its orbit."""
    elapsed_s = (tai_ns - orbit.epoch.tai_ns) / 1e9
    mean = math.radians(orbit.mean_anomaly_deg) + mean_motion(orbit) * elapsed_s
    if orbit.eccentricity < 1.0:
        mean %= 2.0 * math.pi
    x, y, _, _ = place_in_plane(orbit, mean)
    return from_orbit_plane(
        x,
        y,
        math.radians(orbit.argument_of_periapsis_deg),
        math.radians(orbit.inclination_deg),
        math.radians(orbit.raan_deg),
    )


def light_at(orbit: KeplerOrbit, tai_ns: int) -> Light:
    """What shines on the craft at true time `tai_ns`."""
    place = place_km(orbit, tai_ns)
    center = orbit.center.upper()
    if center == "SUN":
        distance = math.sqrt(dot(place, place))
        x, y, z = place
        return Light((-x / distance, -y / distance, -z / distance), distance / AU_KM, True)
    if center == "MARS":
        sun = sun_from_mars(tai_ns)
        direction, distance_au = sun.direction, sun.distance_au
    else:
        planet = heliocentric_au(cast(Planet, center), tai_ns)
        distance_au = math.sqrt(dot(planet, planet))
        x, y, z = planet
        direction = (-x / distance_au, -y / distance_au, -z / distance_au)
    return Light(direction, distance_au, not in_shadow(place, direction, RADIUS_KM[center]))


def earth_from(orbit: KeplerOrbit, tai_ns: int) -> Vector:
    """Unit vector to Earth's centre from a craft about Earth or the Sun, along ICRF axes."""
    x, y, z = place_km(orbit, tai_ns)
    if orbit.center.upper() == "SUN":
        earth = heliocentric_au("EARTH", tai_ns)
        x, y, z = x - earth[0] * AU_KM, y - earth[1] * AU_KM, z - earth[2] * AU_KM
    distance = math.sqrt(x * x + y * y + z * z)
    return (-x / distance, -y / distance, -z / distance)


def in_shadow(place: Vector, sun: Vector, radius_km: float) -> bool:
    """Whether the planet is between the craft and the Sun."""
    along = dot(place, sun)
    return along < 0.0 and dot(place, place) - along**2 < radius_km**2


def orbit_after(orbit: KeplerOrbit, at: Instant, delta_v_m_s: Vector) -> KeplerOrbit:
    """The orbit after an impulse at `at`, its Δv along ICRF axes."""
    before = carried_to(orbit, at, mean_rate=mean_motion(orbit))
    gained = np.array(delta_v_m_s) / 1000.0
    if orbit.center.upper() == "MARS":
        gained = np.array(mars_equator_axes(at.tai_ns)) @ gained
    return pushed(before, gained)
