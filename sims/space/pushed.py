"""Where a craft truly is after burns: its orbit up to each push, and another one from then on.

Each orbit is a `SecularOrbit`, so that it drifts by J2 as the first does; `sims.orbits` says how
good that is.  The craft's own word on the push is the truth: it comes from its simulator, with the
execution errors in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.orbits import SecularOrbit, Trajectory
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.orbits import carried_to, orbit_of, state_of


class PushedTrajectory:
    """One trajectory after the other, each from a moment on; all about the same centre."""

    tdb_span: tuple[float, float] | None = None

    def __init__(self, first: Trajectory, *later: tuple[float, Trajectory]) -> None:
        """`later` are moments (TDB since J2000), in order, and what holds from then on."""
        self._moments = np.array([moment for moment, _ in later])
        self._pieces = (first, *(piece for _, piece in later))
        self._later = later
        self.center = first.center
        self.epoch_tdb_s = later[-1][0] if later else first.epoch_tdb_s

    def then(self, moment_tdb_s: float, piece: Trajectory) -> PushedTrajectory:
        """The same, but for what follows `moment_tdb_s`."""
        kept = (one for one in self._later if one[0] < moment_tdb_s)
        return PushedTrajectory(self._pieces[0], *kept, (moment_tdb_s, piece))

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        result = np.empty((3, tdb_s.size))
        for piece, mine in self._by_piece(tdb_s):
            result[:, mine] = piece.position_km(tdb_s[mine])
        return result

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        result = np.empty((3, tdb_s.size))
        for piece, mine in self._by_piece(tdb_s):
            result[:, mine] = piece.velocity_km_s(tdb_s[mine])
        return result

    def _by_piece(self, tdb_s: FloatArray) -> list[tuple[Trajectory, FloatArray]]:
        holding = np.searchsorted(self._moments, tdb_s, side="right")
        return [(self._pieces[number], holding == number) for number in np.unique(holding)]


def pushed_path(
    path: Trajectory, at: Instant, orbit: KeplerOrbit, bodies: CentralBodies | None = None
) -> PushedTrajectory:
    """The path up to `at`, and `orbit` from then on."""
    moment = float(tdb_seconds(instants_ns(at))[0])
    known = path if isinstance(path, PushedTrajectory) else PushedTrajectory(path)
    return known.then(moment, SecularOrbit(orbit, bodies))


def pushed_orbit(
    orbit: KeplerOrbit,
    at: Instant,
    delta_v_m_s: Sequence[float],
    bodies: CentralBodies | None = None,
) -> KeplerOrbit:
    """The orbit after an impulse at `at`, its Δv along ICRF axes, with that epoch."""
    secular = SecularOrbit(orbit, bodies)
    before = carried_to(
        orbit,
        at,
        raan_rate=secular.raan_rate,
        periapsis_rate=secular.periapsis_rate,
        mean_rate=secular.mean_anomaly_rate,
    )
    place, motion = state_of(before)
    gained = np.asarray(delta_v_m_s) / 1000.0
    of_epoch, of_burn = (
        secular.body.orbit_axes(float(moment))
        for moment in tdb_seconds(instants_ns(orbit.epoch, at))
    )
    turn = of_burn @ of_epoch.T
    return orbit_of(turn @ place, turn @ motion + of_burn @ gained, before)
