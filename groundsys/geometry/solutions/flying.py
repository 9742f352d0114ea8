"""A solution of one state, flown over a span: places, motions, and covariances that grow."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from groundsys.geometry.central_bodies import SUN, Center, CentralBodies
from groundsys.geometry.small_bodies.forces import ASTRONOMICAL_UNIT_KM
from groundsys.geometry.small_bodies.perturbers import SUN as SUN_NUMBER
from groundsys.geometry.small_bodies.perturbers import Perturbers
from groundsys.geometry.small_bodies.propagation import Propagation
from groundsys.geometry.small_bodies.tabulating import oblate_bodies
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.solutions.orbiting import Orbiting
from groundsys.geometry.solutions.state import StateSolution
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.mission.celestial.body_model import HeliocentricSolution


class _Arc(Protocol):
    """From the solution's epoch to one end of the span."""

    def state(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]: ...

    def transition(self, tdb_s: FloatArray) -> FloatArray: ...


class FlownSolution:
    """A `Trajectory` over a span of TDB: about the Sun with all that `small_bodies` knows pulling,
    else with J2 and tides (`orbiting`)."""

    def __init__(
        self, solution: StateSolution, bodies: CentralBodies, start_tdb_s: float, end_tdb_s: float
    ) -> None:
        self.center: Center = solution.center
        self.tdb_span: tuple[float, float] | None = (start_tdb_s, end_tdb_s)
        self.epoch_tdb_s = solution.epoch_tdb_s
        self._solution, self._bodies = solution, bodies
        self._earlier = self._arc(min(start_tdb_s, self.epoch_tdb_s))
        self._later = self._arc(max(end_tdb_s, self.epoch_tdb_s))

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._states(tdb_s)[:3]

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._states(tdb_s)[3:]

    def covariances(self, tdb_s: FloatArray) -> tuple[Covariance, ...]:
        """At n times, carried there to first order; none if the solution states none."""
        stated = self._solution.covariance
        if stated is None:
            return ()
        found = []
        for time in tdb_s:
            slope = self._arc_at(float(time)).transition(np.array([time]))[:, :, 0]
            found.append(Covariance(float(time), np.asarray(slope @ stated @ slope.T)))
        return tuple(found)

    def _arc_at(self, tdb_s: float) -> _Arc:
        return self._earlier if tdb_s < self.epoch_tdb_s else self._later

    def _states(self, tdb_s: FloatArray) -> FloatArray:
        states = np.empty((6, tdb_s.size))
        before = tdb_s < self.epoch_tdb_s
        for chosen, arc in ((before, self._earlier), (~before, self._later)):
            if chosen.any():
                place, motion = arc.state(tdb_s[chosen])
                states[:3, chosen], states[3:, chosen] = place, motion
        if self.center == SUN:
            places, motions = _sun(tdb_s)
            states[:3] -= places
            states[3:] -= motions
        return states

    def _arc(self, until_tdb_s: float) -> _Arc:
        one = self._solution
        if one.center != SUN:
            return Orbiting(one.center, self._bodies, one.epoch_tdb_s, one.state, until_tdb_s)
        place = one.state[:3] / ASTRONOMICAL_UNIT_KM
        motion = one.state[3:] / ASTRONOMICAL_UNIT_KM * SECONDS_PER_DAY
        heliocentric = HeliocentricSolution(
            name=one.name,
            epoch_jd_tdb=one.epoch_tdb_s / SECONDS_PER_DAY + J2000_JD,
            position_au=(float(place[0]), float(place[1]), float(place[2])),
            velocity_au_d=(float(motion[0]), float(motion[1]), float(motion[2])),
            non_gravitational=one.non_gravitational,
        )
        oblate = oblate_bodies(self._bodies)
        return Propagation(heliocentric, until_tdb_s, oblate, partials=True)


def _sun(tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of the Sun from the barycentre, as the integration has it, (3, n)."""
    perturbers = Perturbers()
    row = perturbers.index(SUN_NUMBER)
    states = [perturbers.states(float(time)) for time in tdb_s]
    places = np.array([place[row] for place, _ in states])
    return places.T, np.array([motion[row] for _, motion in states]).T
