"""A small body's orbit, integrated from its solution: DOP853 in TDB, about the barycentre.

Forces are those of `forces`: gravity of the Sun, eight planets, Pluto and the Moon with first-order
relativity of all of them, J2 of the Sun and of Earth, A1 and A2.  The asteroids that also pull are
left out: no ephemeris of them is at hand.  Of (99942) Apophis from 2021 to 2029 their share is
within the kilometre by which tests/geometry/test_small_bodies.py compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from groundsys.mission.body_model import Body, HeliocentricSolution

#: the finest that DOP853 takes moves the passage of Apophis in 2029 by 5 m, and 1e-11 by 300 m
_RELATIVE_TOLERANCE = 1e-13
_ABSOLUTE_TOLERANCE = (1e-6, 1e-6, 1e-6, 1e-13, 1e-13, 1e-13)


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
        self, solution: HeliocentricSolution, until_tdb_s: float, oblate: tuple[Oblate, ...] = ()
    ) -> None:
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
        # times from the epoch: fewer digits are lost than from J2000
        result: Any = solve_ivp(
            self._change,
            (0.0, until_tdb_s - self.start_tdb_s),
            state,
            method="DOP853",
            dense_output=True,
            rtol=_RELATIVE_TOLERANCE,
            atol=_ABSOLUTE_TOLERANCE,
        )
        self._states = result.sol
        self.evaluations = int(result.nfev)

    def state(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Positions (3, n) in km from the barycentre, and velocities in km/s."""
        states = self._states(tdb_s - self.start_tdb_s)
        return np.asarray(states[:3]), np.asarray(states[3:])

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
        place, motion = state[:3], state[3:]
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
        return np.concatenate([motion, total])


__all__ = ["EARTH", "SUN", "Oblate", "Passage", "Propagation"]
