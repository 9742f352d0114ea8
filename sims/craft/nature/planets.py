"""Where Earth and Mars are about the Sun, good to a few hundredths of a degree.

Keplerian elements with rates: E. M. Standish & J. G. Williams, *Approximate Positions of the
Planets*, JPL, table 1, 1800–2050 AD; Earth's are of the barycentre of Earth and Moon.  Panels and
shadows ask for half a degree; a full ephemeris would cost the craft's process its memory and
change nothing.
"""

from __future__ import annotations

import math
from typing import Literal

from sims.orbits import anomaly_of

J2000_TAI_NS = 946_727_967_816_000_000
DAY_NS = 86_400_000_000_000
_OBLIQUITY = math.radians(23.439281)

Vector = tuple[float, float, float]
Planet = Literal["EARTH", "MARS"]

#: semi-major axis in au, eccentricity, inclination, mean longitude, longitude of perihelion and of
#: the node in degrees; and what each gains in a century
_ELEMENTS: dict[Planet, tuple[tuple[float, float], ...]] = {
    "EARTH": (
        (1.00000261, 0.00000562), (0.01671123, -0.00004392), (-0.00001531, -0.01294668),
        (100.46457166, 35_999.37244981), (102.93768193, 0.32327364), (0.0, 0.0),
    ),
    "MARS": (
        (1.52371034, 0.00001847), (0.09339410, 0.00007882), (1.84969142, -0.00813131),
        (-4.55343205, 19_140.30268499), (-23.94362959, 0.44441088), (49.55953891, -0.29257343),
    ),
}  # fmt: skip


def centuries_since_j2000(tai_ns: int) -> float:
    return (tai_ns - J2000_TAI_NS) / DAY_NS / 36_525.0


def heliocentric_au(planet: Planet, tai_ns: int) -> Vector:
    """The planet from the Sun along ICRF axes, in au."""
    centuries = centuries_since_j2000(tai_ns)
    semi_major, eccentricity, inclination, longitude, perihelion, node = (
        first + rate * centuries for first, rate in _ELEMENTS[planet]
    )
    anomaly = anomaly_of(math.radians((longitude - perihelion) % 360.0), eccentricity)
    x, y, z = from_orbit_plane(
        semi_major * (math.cos(anomaly) - eccentricity),
        semi_major * math.sqrt(1.0 - eccentricity**2) * math.sin(anomaly),
        math.radians(perihelion - node),
        math.radians(inclination),
        math.radians(node),
    )
    return (
        x,
        y * math.cos(_OBLIQUITY) - z * math.sin(_OBLIQUITY),
        y * math.sin(_OBLIQUITY) + z * math.cos(_OBLIQUITY),
    )


def from_orbit_plane(
    x: float, y: float, periapsis: float, inclination: float, node: float
) -> Vector:
    """From towards periapsis and across to the frame of the orbit's elements; radians."""
    along = x * math.cos(periapsis) - y * math.sin(periapsis)
    across = x * math.sin(periapsis) + y * math.cos(periapsis)
    return (
        along * math.cos(node) - across * math.sin(node) * math.cos(inclination),
        along * math.sin(node) + across * math.cos(node) * math.cos(inclination),
        across * math.sin(inclination),
    )


def dot(left: Vector, right: Vector) -> float:
    return left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
