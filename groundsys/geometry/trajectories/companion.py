"""An orbit beside a small body: what pulls at both is in the body's table, and only once.

A craft some kilometres from an asteroid that passes a planet is pulled by Sun, Moon and planets as
the asteroid is.  Its way is the asteroid's own, from the table that was integrated with all of them
(`small_bodies`), and beside it the difference of two conics about the planet: that of the craft's
elements, and that of the asteroid's state at their epoch.  At the epoch it is where the elements
say.  Left out is by how much others pull at the two differently: of the Sun at 1 au, over 100 km
and half a day, a few metres; and the pull of the small body itself.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.central_bodies import Center, CentralBodies, known_bodies
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.orbits import SecularOrbit, gm_km3_s2
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.geometry.two_bodies import coasted
from groundsys.mission.spacecraft.place_model import KeplerOrbit

_HALF_STEP_S = 0.5


class CompanionOrbit:
    """Elements about a planet, of a craft that goes with `orbit.beside`."""

    def __init__(self, orbit: KeplerOrbit, bodies: CentralBodies | None = None) -> None:
        known = bodies or known_bodies()
        self._conic = SecularOrbit(orbit, known)
        self.center: Center = self._conic.center
        self.epoch_tdb_s = self._conic.epoch_tdb_s
        self._ephemeris = Ephemeris.load(known)
        self._beside = known[orbit.beside.lower()].id
        table = known[self._beside].definition.ephemeris.table
        #: where the body's table reaches
        self.tdb_span: tuple[float, float] | None = None
        if table is not None:
            self.tdb_span = (
                (table.start_jd_tdb - J2000_JD) * SECONDS_PER_DAY,
                (table.stop_jd_tdb - J2000_JD) * SECONDS_PER_DAY,
            )
        self._gm_km3_s2 = gm_km3_s2(self.center, known)
        place, motion = self._body(np.array([self.epoch_tdb_s]))
        self._start = np.concatenate([place[:, 0], motion[:, 0]])

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return np.asarray(
            self._body(tdb_s)[0] + self._conic.position_km(tdb_s) - self._coasted(tdb_s)
        )

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """That of the body's conic by difference over a second, which errs by 1e-9 km/s."""
        later = self._coasted(tdb_s + _HALF_STEP_S) - self._coasted(tdb_s - _HALF_STEP_S)
        return np.asarray(
            self._body(tdb_s)[1] + self._conic.velocity_km_s(tdb_s) - later / (2.0 * _HALF_STEP_S)
        )

    def _body(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The small body's state from the centre."""
        body = self._ephemeris.state(self._beside, tdb_s)
        center = self._ephemeris.state(self.center, tdb_s)
        return body[0] - center[0], body[1] - center[1]

    def _coasted(self, tdb_s: FloatArray) -> FloatArray:
        return coasted(self._start, tdb_s - self.epoch_tdb_s, self._gm_km3_s2)
