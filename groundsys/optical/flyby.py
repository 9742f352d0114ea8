"""What an updated orbit means: the path, when the craft is nearest to the body, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from groundsys.geometry.central_bodies import Center
from groundsys.geometry.ephemeris import Bodies
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.sight import Craft
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.two_bodies import coasted
from groundsys.mission.spacecraft.place_model import Navigation
from groundsys.optical.orbit_update import State, transition

#: nearest is looked for so densely, before it is found to a millisecond
_SEARCH_STEP_S = 60.0
_HALF_STEP_S = 0.5
#: no place is known better before
_LEAST_KM = 1e-3


class CorrectedTrajectory:
    """A trajectory, moved by what a correction of its state grows to under two bodies' law.

    `correction` (6,) in km and km/s holds at `epoch_tdb_s`; what else pulls at the craft is in the
    trajectory, and pulls at both alike as long as the correction is small.
    """

    def __init__(
        self, before: Trajectory, epoch_tdb_s: float, correction: FloatArray, gm_km3_s2: float
    ) -> None:
        self.center: Center = before.center
        self.tdb_span = before.tdb_span
        self.epoch_tdb_s = epoch_tdb_s
        self._before, self._gm_km3_s2 = before, gm_km3_s2
        self._start = state_at(before, epoch_tdb_s)
        self._corrected = self._start + correction

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        elapsed = tdb_s - self.epoch_tdb_s
        with_it, without = (
            coasted(one, elapsed, self._gm_km3_s2) for one in (self._corrected, self._start)
        )
        return np.asarray(self._before.position_km(tdb_s) + with_it - without)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """By difference over a second, which errs by the third derivative: 1e-9 km/s."""
        later = self.position_km(tdb_s + _HALF_STEP_S)
        return np.asarray((later - self.position_km(tdb_s - _HALF_STEP_S)) / (2.0 * _HALF_STEP_S))


@dataclass(frozen=True, slots=True)
class Approach:
    """When a craft is nearest to a body, TDB since J2000, and how near; one sigma of each."""

    tdb_s: float
    sigma_s: float
    distance_km: float
    sigma_km: float
    #: of the place, all directions together
    place_sigma_km: float


def state_at(trajectory: Trajectory, tdb_s: float) -> FloatArray:
    """Place and velocity from the trajectory's centre, (6,)."""
    at = np.array([tdb_s])
    return np.concatenate([trajectory.position_km(at)[:, 0], trajectory.velocity_km_s(at)[:, 0]])


def prior_state(trajectory: Trajectory, navigation: Navigation, velocity_km_s: float) -> State:
    """What is known of a craft before it has seen anything, at its trajectory's epoch.

    The place by the sizes that navigation states, along its track, across it and outwards; the
    velocity by one size along each axis.
    """
    epoch = trajectory.epoch_tdb_s
    values = state_at(trajectory, epoch)
    along = values[3:] / np.linalg.norm(values[3:])
    across = np.cross(values[:3], values[3:])
    across = across / np.linalg.norm(across)
    axes = np.array([along, across, np.cross(along, across)])
    sizes = np.array([navigation.along_track_km, navigation.cross_track_km, navigation.radial_km])
    covariance = np.zeros((6, 6))
    covariance[:3, :3] = axes.T @ np.diag(np.maximum(sizes, _LEAST_KM) ** 2) @ axes
    covariance[3:, 3:] = np.eye(3) * velocity_km_s**2
    return State(epoch, values, covariance)


def closest_approach(
    craft: Craft,
    body_id: Center,
    bodies: Bodies,
    state: State,
    gm_km3_s2: float,
    span_tdb_s: tuple[float, float],
) -> Approach:
    """By a craft's path and by how sure its state is; at an end of the span if it is nearest there.

    The time is that at which place and velocity from the body are at right angles; it errs, to
    first order, by what the state's errors change of their product, over how fast that changes.
    """

    def beside(tdb_s: FloatArray) -> FloatArray:
        return craft.from_body_km(bodies, body_id, tdb_s)

    times = np.arange(span_tdb_s[0], span_tdb_s[1], _SEARCH_STEP_S)
    middle = float(times[int(np.argmin(np.linalg.norm(beside(times), axis=0)))])
    found = minimize_scalar(
        lambda later_s: float(np.linalg.norm(beside(np.array([middle + later_s])))),
        bounds=(-_SEARCH_STEP_S, _SEARCH_STEP_S),
        method="bounded",
        options={"xatol": 1e-3},
    )
    at = middle + float(found.x)
    around = at + np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) * _SEARCH_STEP_S
    places = beside(around)
    place = places[:, 2]
    motions = (places[:, 2:] - places[:, :-2]) / (2.0 * _SEARCH_STEP_S)
    product = np.einsum("in,in->n", places[:, 1:-1], motions)
    quickens = (product[2] - product[0]) / (2.0 * _SEARCH_STEP_S)
    _, slopes = transition(state.values, around[1:-1] - state.tdb_s, gm_km3_s2)
    motion_slopes = (slopes[2] - slopes[0]) / (2.0 * _SEARCH_STEP_S)
    row = motions[:, 1] @ slopes[1] + place @ motion_slopes
    distance = float(np.linalg.norm(place))
    outwards = place / distance @ slopes[1]
    here = slopes[1] @ state.covariance @ slopes[1].T
    return Approach(
        at,
        float(np.sqrt(row @ state.covariance @ row)) / abs(float(quickens)),
        distance,
        float(np.sqrt(outwards @ state.covariance @ outwards)),
        float(np.sqrt(np.trace(here))),
    )
