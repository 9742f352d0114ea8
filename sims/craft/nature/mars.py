"""Where the Sun stands as seen from Mars and from its surface.

Mars' place is that of `planets`; its pole and prime meridian are those of the IAU report of 2009
(B. A. Archinal et al., Celest. Mech. Dyn. Astron. 109, table 1).

The frame is that of the orbits in the mission definition: z along Mars' pole, x to the node of
its equator on the ICRF equator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.place_model import LandingSite
from sims.craft.nature.planets import (
    DAY_NS,
    J2000_TAI_NS,
    Vector,
    centuries_since_j2000,
    dot,
    heliocentric_au,
)

#: solar irradiance at 1 au, W/m² (G. Kopp & J. L. Lean, Geophys. Res. Lett. 38, 2011)
SOLAR_IRRADIANCE_W_M2 = 1_361.0

_PRIME_MERIDIAN_DEG = 176.630
_ROTATION_DEG_A_DAY = 350.89198226


@dataclass(frozen=True, slots=True)
class Sun:
    """The Sun from Mars at one instant: unit vector in Mars' equatorial frame, and distance."""

    direction: Vector
    distance_au: float

    @property
    def irradiance_w_m2(self) -> float:
        """Solar irradiance above the atmosphere."""
        return SOLAR_IRRADIANCE_W_M2 / self.distance_au**2

    @property
    def declination_deg(self) -> float:
        """Planetocentric latitude of the subsolar point."""
        return math.degrees(math.asin(self.direction[2]))


def sun_from_mars(tai_ns: int) -> Sun:
    """The Sun's direction and distance at true time `tai_ns`."""
    planet = heliocentric_au("MARS", tai_ns)
    distance = math.sqrt(dot(planet, planet))
    x, y, z = (-part / distance for part in planet)
    axis_x, axis_y, axis_z = mars_equator_axes(tai_ns)
    icrf = (x, y, z)
    return Sun((dot(icrf, axis_x), dot(icrf, axis_y), dot(icrf, axis_z)), distance)


def sun_elevation_deg(site: LandingSite, sun: Sun, tai_ns: int) -> float:
    """The Sun's elevation above the horizon of `site`, without refraction."""
    return float(sun_elevations_deg(site, sun, np.array([tai_ns]))[0])


def sun_elevations_deg(
    site: LandingSite, sun: Sun, tai_ns: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """As `sun_elevation_deg`, for many instants within a few hours of `sun`'s."""
    hour_angle = np.radians((local_solar_hours(site, sun, tai_ns) - 12.0) * 15.0)
    latitude, declination = math.radians(site.latitude_deg), math.asin(sun.direction[2])
    sine = math.sin(latitude) * math.sin(declination) + np.cos(hour_angle) * (
        math.cos(latitude) * math.cos(declination)
    )
    return np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))


def sun_azimuth_deg(site: LandingSite, sun: Sun, tai_ns: int) -> float:
    """Where the Sun stands over the horizon of `site`, clockwise from north."""
    hours = float(local_solar_hours(site, sun, np.array([tai_ns]))[0])
    hour_angle = math.radians((hours - 12.0) * 15.0)
    latitude, declination = math.radians(site.latitude_deg), math.asin(sun.direction[2])
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.sin(declination) * math.cos(latitude) - (
        math.cos(declination) * math.sin(latitude) * math.cos(hour_angle)
    )
    return math.degrees(math.atan2(east, north)) % 360.0


def local_solar_hours(
    site: LandingSite, sun: Sun, tai_ns: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Local true solar time in Martian hours, 0 to 24, within a few hours of `sun`'s instant."""
    right_ascension = math.degrees(math.atan2(sun.direction[1], sun.direction[0]))
    hour_angle = (
        _PRIME_MERIDIAN_DEG
        + _ROTATION_DEG_A_DAY * days_since_j2000(tai_ns)
        + site.longitude_deg
        - right_ascension
    )
    return np.asarray((hour_angle / 15.0 + 12.0) % 24.0)


def mars_equator_axes(tai_ns: int) -> tuple[Vector, Vector, Vector]:
    """The axes of the orbits' frame along ICRF axes."""
    centuries = centuries_since_j2000(tai_ns)
    pole_ra = math.radians(317.68143 - 0.1061 * centuries)
    pole_dec = math.radians(52.88650 - 0.0609 * centuries)
    axis_z = (
        math.cos(pole_dec) * math.cos(pole_ra),
        math.cos(pole_dec) * math.sin(pole_ra),
        math.sin(pole_dec),
    )
    axis_x = (-math.sin(pole_ra), math.cos(pole_ra), 0.0)
    axis_y = (
        axis_z[1] * axis_x[2] - axis_z[2] * axis_x[1],
        axis_z[2] * axis_x[0] - axis_z[0] * axis_x[2],
        axis_z[0] * axis_x[1] - axis_z[1] * axis_x[0],
    )
    return axis_x, axis_y, axis_z


def days_since_j2000(tai_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Days of dynamical time since J2000."""
    return np.asarray((tai_ns - J2000_TAI_NS) / DAY_NS)


def days_since_j2000_at(tai_ns: int) -> float:
    """The same at one instant."""
    return (tai_ns - J2000_TAI_NS) / DAY_NS
