"""A craft's state about a planet or a small body, integrated: what an OPM or OCM leaves to do.

Cowell's method by DOP853 in TDB, along ICRF axes about the centre: Newton's pull of it, its
oblateness J2 about its pole of that time (as `forces.oblateness`), and the tide of Sun, planets and
Moon, as DE440 has them.  Drag, sunlight and higher harmonics are left out: of a low orbiter of
Mars they are kilometres along the track within days, and whoever needs better sends an OEM.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.small_bodies.forces import oblateness
from groundsys.geometry.small_bodies.propagation import (
    PARTIALS_TOLERANCE,
    START,
    changed_partials,
    tidal,
)
from groundsys.geometry.time_scales import FloatArray

_RELATIVE_TOLERANCE = 1e-11
_ABSOLUTE = (1e-9, 1e-9, 1e-9, 1e-13, 1e-13, 1e-13)
#: whose pull is felt from afar
_PULLING = ("star", "planet", "satellite")


class Orbiting:
    """States and partials from an epoch to another time, earlier or later."""

    def __init__(
        self,
        center: str,
        bodies: CentralBodies,
        epoch_tdb_s: float,
        state: FloatArray,
        until_tdb_s: float,
    ) -> None:
        self.start_tdb_s, self.end_tdb_s = epoch_tdb_s, until_tdb_s
        self._body = bodies[center]
        self._others = [
            one
            for one in bodies.values()
            if one.id != center and one.definition.body_class in _PULLING
        ]
        span = sorted((epoch_tdb_s, until_tdb_s))
        self._table = EphemerisTable(Ephemeris.load(bodies), *span)
        self._gm = np.array([self._body.gm_km3_s2, *(one.gm_km3_s2 for one in self._others)])
        result: Any = solve_ivp(
            self._change,
            (0.0, until_tdb_s - epoch_tdb_s),
            np.concatenate([state, START.ravel()]),
            method="DOP853",
            dense_output=True,
            rtol=np.array([_RELATIVE_TOLERANCE] * 6 + [PARTIALS_TOLERANCE] * START.size),
            atol=np.array([*_ABSOLUTE, *[PARTIALS_TOLERANCE] * START.size]),
        )
        self._states = result.sol

    def state(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Positions (3, n) in km about the centre, and velocities in km/s."""
        states = self._states(tdb_s - self.start_tdb_s)
        return np.asarray(states[:3]), np.asarray(states[3:6])

    def transition(self, tdb_s: FloatArray) -> FloatArray:
        """Partials (6, 8, n) of states by the first; by A1 and A2 none.  J2 is left out of them."""
        rows = self._states(tdb_s - self.start_tdb_s)[6:]
        return np.asarray(rows.reshape(*START.shape, tdb_s.size))

    def _change(self, elapsed_s: float, state: FloatArray) -> FloatArray:
        at = np.array([self.start_tdb_s + elapsed_s])
        place, motion, body = state[:3], state[3:6], self._body
        squared = float(place @ place)
        pull = -body.gm_km3_s2 * place / squared**1.5
        pole = self._table.pole(body.id, at)[:, 0]
        total = pull + oblateness(place, pole, body.gm_km3_s2, body.j2, body.gravity_radius_km)
        away = [place]
        center = self._table.position_km(body.id, at)[:, 0]
        for other in self._others:
            there = self._table.position_km(other.id, at)[:, 0] - center
            total = total + _tide(place, there, other.gm_km3_s2)
            away.append(place - there)
        slope = tidal(np.array(away), self._gm)
        return np.concatenate([motion, total, changed_partials(state[6:], slope, np.zeros((3, 2)))])


def _tide(place: FloatArray, there: FloatArray, gm_km3_s2: float) -> FloatArray:
    """The pull (3,) of a body `there` on something at `place`, less that on the centre.

    R. H. Battin's form, which keeps its digits however small `place` is beside `there`
    (*An Introduction to the Mathematics and Methods of Astrodynamics*, section 8.4).
    """
    far = float(there @ there)
    q = float(place @ (place - 2.0 * there)) / far
    f = q * (3.0 + q * (3.0 + q)) / (1.0 + (1.0 + q) ** 1.5)
    distance = float(np.linalg.norm(place - there))
    return np.asarray(-gm_km3_s2 / distance**3 * (place + f * there))
