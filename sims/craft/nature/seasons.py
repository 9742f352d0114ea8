"""The season on Mars: the Sun's longitude Ls, and how the whole atmosphere's pressure follows it.

Ls is the Sun's planetocentric longitude, 0° at northern spring's beginning, after M. Allison & M.
McEwen, Planet. Space Sci. 48, 2000, equations 16 to 19 without planetary perturbations: good to a
hundredth of a degree or two.  A quarter of the air freezes out at the poles in turn:

    p(Ls) / p̄ = 1 + 0.088 · cos(Ls − 300°) + 0.069 · cos 2(Ls − 255°)

two harmonics of ours through the year of Viking lander 1, 6.8 hPa at Ls 150°, 9.0 at 258° and about
8.0 between (J. E. Tillman et al., J. Geophys. Res. 98, 1993; S. L. Hess et al., Geophys. Res. Lett.
7, 1980).  Simple because one site's year stands for all, at the share that its height leaves.
"""

from __future__ import annotations

import math

from sims.craft.nature.mars import days_since_j2000_at


def solar_longitude_deg(tai_ns: int) -> float:
    """Ls at true time `tai_ns`, 0 to 360."""
    days = days_since_j2000_at(tai_ns)
    anomaly = math.radians((19.3871 + 0.52402073 * days) % 360.0)
    fiction_deg = 270.3871 + 0.524038496 * days
    centre_deg = (
        (10.691 + 3.0e-7 * days) * math.sin(anomaly)
        + 0.623 * math.sin(2.0 * anomaly)
        + 0.050 * math.sin(3.0 * anomaly)
        + 0.005 * math.sin(4.0 * anomaly)
        + 0.0005 * math.sin(5.0 * anomaly)
    )
    return (fiction_deg + centre_deg) % 360.0


def pressure_share(solar_longitude: float) -> float:
    """Pressure as a share of the year's mean."""
    first, second = math.radians(solar_longitude - 300.0), math.radians(solar_longitude - 255.0)
    return 1.0 + 0.088 * math.cos(first) + 0.069 * math.cos(2.0 * second)
