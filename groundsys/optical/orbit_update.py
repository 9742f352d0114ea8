"""A craft's orbit, put right by where a body was seen: least squares with what was known before.

Each picture gives two angles, the direction of the body's centre of light among the stars.  What is
solved for is the correction of the craft's state, six numbers at one epoch; the corrections of all
pictures' times follow by the two-body state transition about the body that the orbit is told from.
With a prior covariance that is the batch least-squares filter of B. D. Tapley, B. E. Schutz and
G. H. Born, *Statistical Orbit Determination*, 2004, section 4.3; the measurement is that of W. M.
Owen, AAS 11-215, 2011, and of J. A. Christian, J. Spacecraft and Rockets 52, 2015 (the centre of
figure rather than of light).  A direction alone does not tell how far the body is: range follows
because the craft moves past it, along a known path.

Directions are geometric, both bodies at the same instant: star trackers take aberration out of
their attitude by the craft's own velocity, which is the body's to some m/s, and light takes less
than a millisecond between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.figures import across, centre_of_light
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.two_bodies import coasted

#: a direction is far from linear in a correction of kilometres, and would feign others along the
#: line of sight: in the first rounds none is trusted better than this, in rad
_TRUSTED_RAD = (1e-3, 2e-4, 4e-5, 8e-6, 0.0, 0.0, 0.0)
#: rounds in which the centre of light is computed anew
_SHAPED = (0, 4)
#: the state transition is differentiated over so much
_STEP_KM, _STEP_KM_S = 1.0, 1e-4
#: a picture that fits worse than so many sigmas is left out, or, while none fits, than so many
#: times the middle one
_OUTLIER_SIGMAS = 5.0
#: of the greater of two normal deviates, over its median
_SIGMA_PER_MEDIAN = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A body's centre of light, seen in one picture.

    `direction` is the unit vector (3,) along ICRF axes and `sigma_rad` its one-sigma error across;
    `body_km` the body from the orbit's centre (ICRF), `sun` the unit vector from the body to the
    Sun, `to_body_axes` (3, 3) from ICRF to the axes of its figure, all at `tdb_s` since J2000.
    """

    tdb_s: float
    direction: FloatArray
    sigma_rad: float
    body_km: FloatArray
    sun: FloatArray
    to_body_axes: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A craft's place and velocity from its orbit's centre along ICRF axes, km and km/s, (6,)."""

    tdb_s: float
    values: FloatArray
    #: (6, 6)
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """The state that fits best, and how well: `rms_sigmas` of the residuals of those used."""

    state: State
    #: whether each sighting was used
    used: tuple[bool, ...]
    rms_sigmas: float


def update_orbit(
    prior: State, sightings: Sequence[Sighting], radii_km: FloatArray, gm_km3_s2: float
) -> Update:
    """The craft's state at the prior's epoch, with what was seen since then."""
    elapsed = np.array([one.tdb_s for one in sightings]) - prior.tdb_s
    information = np.linalg.inv(prior.covariance)
    correction = np.zeros(6)
    used = np.ones(len(sightings), np.bool_)
    offs = np.zeros((3, len(sightings)))
    for turn, trusted_rad in enumerate(_TRUSTED_RAD):
        state = prior.values + correction
        places, transitions = transition(state, elapsed, gm_km3_s2)
        if turn in _SHAPED:  # it moves with the line of sight, by a share of its own small size
            offs = _offs_km(sightings, places, radii_km)
        sigmas = np.array([max(one.sigma_rad, trusted_rad) for one in sightings])
        residuals, slopes = _linearised(sightings, places, transitions, offs, sigmas)
        if turn and len(sightings):
            worst = np.abs(residuals).max(axis=1)
            scale = max(1.0, _SIGMA_PER_MEDIAN * float(np.median(worst)))
            used = worst <= _OUTLIER_SIGMAS * scale
        chosen = np.repeat(used, 2)
        matrix, seen = slopes.reshape(-1, 6)[chosen], residuals.ravel()[chosen]
        normal = information + matrix.T @ matrix
        step = np.linalg.solve(normal, matrix.T @ seen - information @ correction)
        correction = correction + step
    fitted = residuals[used]
    return Update(
        State(
            prior.tdb_s, prior.values + correction, np.asarray(np.linalg.inv(normal), np.float64)
        ),
        tuple(bool(one) for one in used),
        float(np.sqrt(np.mean(fitted**2))) if fitted.size else 0.0,
    )


def place_at(state: State, tdb_s: float, gm_km3_s2: float) -> tuple[FloatArray, FloatArray]:
    """The place (3,) in km and its covariance (3, 3) at another time."""
    places, transitions = transition(state.values, np.array([tdb_s - state.tdb_s]), gm_km3_s2)
    map_ = transitions[0]
    return places[:, 0], np.asarray(map_ @ state.covariance @ map_.T)


def transition(
    state: FloatArray, elapsed_s: FloatArray, gm_km3_s2: float
) -> tuple[FloatArray, FloatArray]:
    """Places (3, n) as of `coasted`, and how they change with the state, (n, 3, 6)."""
    places = coasted(state, elapsed_s, gm_km3_s2)
    changes = np.empty((elapsed_s.size, 3, 6))
    for row in range(6):
        step = _STEP_KM if row < 3 else _STEP_KM_S
        moved = np.zeros(6)
        moved[row] = step
        ahead, back = (coasted(one, elapsed_s, gm_km3_s2) for one in (state + moved, state - moved))
        changes[:, :, row] = ((ahead - back) / (2.0 * step)).T
    return places, changes


def _offs_km(sightings: Sequence[Sighting], places: FloatArray, radii_km: FloatArray) -> FloatArray:
    """Of each sighting the centre of light from the body's centre, along ICRF axes (3, n)."""
    offs = np.empty((3, len(sightings)))
    for number, one in enumerate(sightings):
        axes = one.to_body_axes
        from_body = axes @ (places[:, number] - one.body_km)
        offs[:, number] = axes.T @ centre_of_light(radii_km, from_body, axes @ one.sun)[0]
    return offs


def _linearised(
    sightings: Sequence[Sighting],
    places: FloatArray,
    transitions: FloatArray,
    offs: FloatArray,
    sigmas: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Residuals (n, 2) in sigmas, seen less computed, and their slopes (n, 2, 6)."""
    residuals, slopes = np.empty((len(sightings), 2)), np.empty((len(sightings), 2, 6))
    for number, one in enumerate(sightings):
        line = one.body_km - places[:, number] + offs[:, number]
        distance = float(np.linalg.norm(line))
        plane = np.array(across(line / distance))
        residuals[number] = plane @ one.direction / sigmas[number]
        slopes[number] = -plane @ transitions[number] / (distance * sigmas[number])
    return residuals, slopes
