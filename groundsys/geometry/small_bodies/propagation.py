"""A small body's orbit, integrated from its solution: DOP853 in TDB, about the barycentre.

Forces are those of `forces`: gravity of the Sun, eight planets, Pluto and the Moon with first-order
relativity of all of them, J2 of the Sun and of Earth, A1 and A2.  The asteroids that also pull are
left out: no ephemeris of them is at hand.  Of (99942) Apophis from 2021 to 2029 their share is
within the kilometre by which tests/geometry/test_small_bodies.py compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from groundsys.geometry.small_bodies.forces import (
    ASTRONOMICAL_UNIT_KM,
    gravity,
    oblateness,
    sunlight,
)
from groundsys.geometry.small_bodies.perturbers import EARTH, SUN, Perturbers
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.mission.celestial.body_model import Body, HeliocentricSolution

#: the finest that DOP853 takes moves the passage of Apophis in 2029 by 5 m, and 1e-11 by 300 m
_RELATIVE_TOLERANCE = 1e-13
_ABSOLUTE_TOLERANCE = (1e-6, 1e-6, 1e-6, 1e-13, 1e-13, 1e-13)
#: at the beginning: of the state by itself and by A1 and A2
START = np.eye(6, 8)
PARTIALS_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class Oblate:
    """A body whose J2 counts, by its number; `pole` gives the unit vector (3,) at a time."""

    number: int
    body: Body
    pole: Callable[[float], FloatArray]


@dataclass(frozen=True, slots=True)
class Passage:
    """The closest approach to a body."""

    tdb_s: float
    distance_km: float
    speed_km_s: float


class Propagation:
    """A solution integrated from its epoch to another time; states in between are at hand."""

    def __init__(
        self,
        solution: HeliocentricSolution,
        until_tdb_s: float,
        oblate: tuple[Oblate, ...] = (),
        *,
        partials: bool = False,
    ) -> None:
        """With `partials` also how its states depend on what it began with; see `transition`."""
        self._perturbers = Perturbers()
        self._solution, self._oblate = solution, oblate
        self.start_tdb_s = (solution.epoch_jd_tdb - J2000_JD) * SECONDS_PER_DAY
        self.end_tdb_s = until_tdb_s
        places, motions = self._perturbers.states(self.start_tdb_s)
        sun = self._perturbers.index(SUN)
        state = np.concatenate(
            [
                places[sun] + np.array(solution.position_au) * ASTRONOMICAL_UNIT_KM,
                motions[sun]
                + np.array(solution.velocity_au_d) * ASTRONOMICAL_UNIT_KM / SECONDS_PER_DAY,
            ]
        )
        rtol: float | FloatArray = _RELATIVE_TOLERANCE
        atol = np.array(_ABSOLUTE_TOLERANCE)
        if partials:
            state = np.concatenate([state, START.ravel()])
            # the norm of the error is a mean over all components: finer for the state's own
            rtol = np.array([_RELATIVE_TOLERANCE / 3.0] * 6 + [PARTIALS_TOLERANCE] * START.size)
            atol = np.concatenate([atol / 3.0, np.full(START.size, PARTIALS_TOLERANCE)])
        # times from the epoch: fewer digits are lost than from J2000
        result: Any = solve_ivp(
            self._change,
            (0.0, until_tdb_s - self.start_tdb_s),
            state,
            method="DOP853",
            dense_output=True,
            rtol=rtol,
            atol=atol,
        )
        self._states = result.sol
        self.evaluations = int(result.nfev)

    def state(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Positions (3, n) in km from the barycentre, and velocities in km/s."""
        states = self._states(tdb_s - self.start_tdb_s)
        return np.asarray(states[:3]), np.asarray(states[3:6])

    def transition(self, tdb_s: FloatArray) -> FloatArray:
        """Partials (6, 8, n) of states by the first state and by A1 and A2 (au/d²).

        Of Newton's pull, A1 and A2 alone: relativity and J2 turn an error by nothing that counts.
        """
        rows = self._states(tdb_s - self.start_tdb_s)[6:]
        return np.asarray(rows.reshape(*START.shape, tdb_s.size))

    def from_body(self, number: int, tdb_s: float) -> tuple[FloatArray, FloatArray]:
        """Place (3,) and motion seen from a perturber."""
        places, motions = self._perturbers.states(tdb_s)
        row = self._perturbers.index(number)
        place, motion = self.state(np.array([tdb_s]))
        return place[:, 0] - places[row], motion[:, 0] - motions[row]

    def passage(self, number: int, around_tdb_s: float, within_s: float) -> Passage:
        """When it comes nearest to a perturber, around a time; to a microsecond or so."""

        def approach(tdb_s: float) -> float:
            place, motion = self.from_body(number, tdb_s)
            return float(place @ motion)

        at = float(brentq(approach, around_tdb_s - within_s, around_tdb_s + within_s, xtol=1e-7))
        place, motion = self.from_body(number, at)
        return Passage(at, float(np.linalg.norm(place)), float(np.linalg.norm(motion)))

    def _change(self, elapsed_s: float, state: FloatArray) -> FloatArray:
        tdb_s = self.start_tdb_s + elapsed_s
        place, motion = state[:3], state[3:6]
        places, motions = self._perturbers.states(tdb_s)
        sun = self._perturbers.index(SUN)
        total = gravity(place, motion, self._perturbers.gm_km3_s2, places, motions)
        total = total + sunlight(
            place - places[sun], motion - motions[sun], self._solution.non_gravitational
        )
        for one in self._oblate:
            row = self._perturbers.index(one.number)
            total = total + oblateness(
                place - places[row],
                one.pole(tdb_s),
                float(self._perturbers.gm_km3_s2[row]),
                one.body.j2,
                one.body.gravity_radius_km,
            )
        change = np.concatenate([motion, total])
        if state.size == 6:
            return change
        away = place - places
        slope = tidal(away, self._perturbers.gm_km3_s2)
        by_force = self._by_force(place - places[sun], motion - motions[sun])
        return np.concatenate([change, changed_partials(state[6:], slope, by_force)])

    def _by_force(self, away: FloatArray, motion: FloatArray) -> FloatArray:
        """Accelerations (3, 2) of A1 and of A2, each of 1 au/d²."""
        given = self._solution.non_gravitational
        one = replace(given, radial_au_d2=1.0, transverse_au_d2=0.0)
        other = replace(given, radial_au_d2=0.0, transverse_au_d2=1.0)
        return np.array([sunlight(away, motion, one), sunlight(away, motion, other)]).T


def tidal(away: FloatArray, gm_km3_s2: FloatArray) -> FloatArray:
    """Partials (3, 3) of Newton's pull of m bodies by place, which is `away` (m, 3) from them."""
    distance = np.sqrt(np.einsum("mi,mi->m", away, away))
    strength = gm_km3_s2 / distance**3
    outer = 3.0 * np.einsum("m,mi,mj->ij", strength / distance**2, away, away)
    return np.asarray(outer - strength.sum() * np.eye(3))


def changed_partials(partials: FloatArray, slope: FloatArray, by_force: FloatArray) -> FloatArray:
    """How fast the partials (48,) change: `slope` of acceleration by place, and by A1 and A2."""
    now = partials.reshape(START.shape)
    change = np.empty_like(now)
    change[:3] = now[3:]
    change[3:] = slope @ now[:3]
    change[3:, 6:] += by_force
    return change.ravel()


__all__ = [
    "EARTH",
    "START",
    "SUN",
    "Oblate",
    "Passage",
    "Propagation",
    "changed_partials",
    "tidal",
]
