"""Where the Sun stands as seen from Mars, its moons' orbits and its surface.

Mars' heliocentric place comes from Standish's Keplerian elements with rates (E. M. Standish &
J. G. Williams, *Approximate Positions of the Planets*, JPL, table 1, 1800–2050 AD), its pole and
prime meridian from the IAU report of 2009 (B. A. Archinal et al., Celest. Mech. Dyn. Astron. 109,
table 1).  Good to a few hundredths of a degree in this century, where panels and shadows ask for
half a degree; a full ephemeris would cost the craft's process its memory and change nothing.

The frame is that of the orbits in the mission definition: z along Mars' pole, x to the node of
its equator on the ICRF equator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.mission.model import KeplerOrbit, LandingSite

#: Mars' gravity parameter, km³/s² (JPL DE440, system) and equatorial radius, km (IAU 2009)
MARS_GM_KM3_S2 = 42_828.375816
MARS_RADIUS_KM = 3_396.19
#: solar irradiance at 1 au, W/m² (G. Kopp & J. L. Lean, Geophys. Res. Lett. 38, 2011)
SOLAR_IRRADIANCE_W_M2 = 1_361.0

_J2000_TAI_NS = 946_727_967_816_000_000
_DAY_NS = 86_400_000_000_000
_PRIME_MERIDIAN_DEG = 176.630
_ROTATION_DEG_A_DAY = 350.89198226
_OBLIQUITY = math.radians(23.439281)

Vector = tuple[float, float, float]


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
    centuries = (tai_ns - _J2000_TAI_NS) / _DAY_NS / 36_525.0
    semi_major_au = 1.52371034 + 0.00001847 * centuries
    eccentricity = 0.09339410 + 0.00007882 * centuries
    inclination = math.radians(1.84969142 - 0.00813131 * centuries)
    mean_longitude = -4.55343205 + 19_140.30268499 * centuries
    perihelion = -23.94362959 + 0.44441088 * centuries
    node_deg = 49.55953891 - 0.29257343 * centuries
    anomaly = eccentric_anomaly(math.radians((mean_longitude - perihelion) % 360.0), eccentricity)
    ecliptic = _from_orbit_plane(
        semi_major_au * (math.cos(anomaly) - eccentricity),
        semi_major_au * math.sqrt(1.0 - eccentricity**2) * math.sin(anomaly),
        math.radians(perihelion - node_deg),
        inclination,
        math.radians(node_deg),
    )
    distance = math.sqrt(dot(ecliptic, ecliptic))
    x, y, z = (-part / distance for part in ecliptic)
    equatorial = (
        x,
        y * math.cos(_OBLIQUITY) - z * math.sin(_OBLIQUITY),
        y * math.sin(_OBLIQUITY) + z * math.cos(_OBLIQUITY),
    )
    axis_x, axis_y, axis_z = _mars_axes(centuries)
    direction = (dot(equatorial, axis_x), dot(equatorial, axis_y), dot(equatorial, axis_z))
    return Sun(direction, distance)


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


def orbit_position_km(orbit: KeplerOrbit, tai_ns: int) -> Vector:
    """Two-body place of an orbiter in Mars' equatorial frame."""
    semi_major = orbit.semi_major_axis_km
    mean_motion = math.sqrt(MARS_GM_KM3_S2 / semi_major**3)
    elapsed_s = (tai_ns - orbit.epoch.tai_ns) / 1e9
    mean = (math.radians(orbit.mean_anomaly_deg) + mean_motion * elapsed_s) % (2.0 * math.pi)
    anomaly = eccentric_anomaly(mean, orbit.eccentricity)
    return _from_orbit_plane(
        semi_major * (math.cos(anomaly) - orbit.eccentricity),
        semi_major * math.sqrt(1.0 - orbit.eccentricity**2) * math.sin(anomaly),
        math.radians(orbit.argument_of_periapsis_deg),
        math.radians(orbit.inclination_deg),
        math.radians(orbit.raan_deg),
    )


def in_shadow(position_km: Vector, sun: Sun) -> bool:
    """True within Mars' shadow, taken as a cylinder (the penumbra passes in under 20 s)."""
    along = dot(position_km, sun.direction)
    across_squared = dot(position_km, position_km) - along**2
    return along < 0.0 and across_squared < MARS_RADIUS_KM**2


def eccentric_anomaly(mean: float, eccentricity: float) -> float:
    """Kepler's equation by Newton's method; radians."""
    anomaly = mean if eccentricity < 0.8 else math.pi
    for _ in range(50):
        step = (anomaly - eccentricity * math.sin(anomaly) - mean) / (
            1.0 - eccentricity * math.cos(anomaly)
        )
        anomaly -= step
        if abs(step) < 1e-12:
            break
    return anomaly


def dot(left: Vector, right: Vector) -> float:
    return left[0] * right[0] + left[1] * right[1] + left[2] * right[2]


def _from_orbit_plane(
    x: float, y: float, periapsis: float, inclination: float, node: float
) -> Vector:
    along = x * math.cos(periapsis) - y * math.sin(periapsis)
    across = x * math.sin(periapsis) + y * math.cos(periapsis)
    return (
        along * math.cos(node) - across * math.sin(node) * math.cos(inclination),
        along * math.sin(node) + across * math.cos(node) * math.cos(inclination),
        across * math.sin(inclination),
    )


def mars_equator_axes(tai_ns: int) -> tuple[Vector, Vector, Vector]:
    """The axes of the orbits' frame along ICRF axes."""
    return _mars_axes((tai_ns - _J2000_TAI_NS) / _DAY_NS / 36_525.0)


def _mars_axes(centuries: float) -> tuple[Vector, Vector, Vector]:
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
    return np.asarray((tai_ns - _J2000_TAI_NS) / _DAY_NS)


def days_since_j2000_at(tai_ns: int) -> float:
    """The same at one instant."""
    return (tai_ns - _J2000_TAI_NS) / _DAY_NS
