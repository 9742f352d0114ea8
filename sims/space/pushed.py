"""Where a craft truly is after a burn: its orbit up to the push, and another one from then on.

The other orbit is a `SecularOrbit` again, so that it drifts by J2 as the first does; `sims.orbits`
says how good that is.  The craft's own word on the push is the truth: it comes from its simulator,
with the execution errors in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundsys.geometry import mars
from groundsys.geometry.orbits import SecularOrbit, Trajectory
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission.model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.orbits import carried_to, orbit_of, state_of


class PushedTrajectory:
    """One trajectory before a moment, another one after it; both about the same centre."""

    tdb_span: tuple[float, float] | None = None

    def __init__(self, before: Trajectory, after: Trajectory, tdb_s: float) -> None:
        self._before, self._after, self._tdb_s = before, after, tdb_s
        self.center = after.center
        self.epoch_tdb_s = tdb_s

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._chosen(tdb_s, self._before.position_km(tdb_s), self._after.position_km(tdb_s))

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._chosen(
            tdb_s, self._before.velocity_km_s(tdb_s), self._after.velocity_km_s(tdb_s)
        )

    def _chosen(self, tdb_s: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
        return np.where(tdb_s < self._tdb_s, before, after)


def pushed_orbit(orbit: KeplerOrbit, at: Instant, delta_v_m_s: Sequence[float]) -> KeplerOrbit:
    """The orbit about Mars after an impulse at `at`, its Δv along ICRF axes, with that epoch."""
    if orbit.center.upper() != "MARS":
        raise DefinitionError(
            "a craft burns about a centre for which no path after a burn is modelled",
            expected="MARS",
            found=orbit.center,
        )
    secular = SecularOrbit(orbit)
    before = carried_to(
        orbit,
        at,
        raan_rate=secular.raan_rate,
        periapsis_rate=secular.periapsis_rate,
        mean_rate=secular.mean_anomaly_rate,
    )
    place, motion = state_of(before, mars.GM_KM3_S2)
    of_epoch, of_burn = (
        mars.equator_rotation(tdb_seconds(instants_ns(moment)))[:, :, 0]
        for moment in (orbit.epoch, at)
    )
    turn = of_burn @ of_epoch.T
    gained = of_burn @ np.asarray(delta_v_m_s) / 1000.0
    return orbit_of(turn @ place, turn @ motion + gained, mars.GM_KM3_S2, before)
