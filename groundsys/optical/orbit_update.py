"""A craft's orbit, put right by where a body was seen: least squares with what was known before.

Each picture gives two angles, the direction of the body's centre of light among the stars.  What is
solved for is the correction of the craft's state, six numbers at one epoch, and how far the body is
turned about its pole beside what is believed, which moves the light of all pictures alike; the
corrections of all pictures' times follow by the two-body state transition about the body that the
orbit is told from.  With a prior covariance that is the batch least-squares filter of B. D. Tapley,
B. E. Schutz and G. H. Born, *Statistical Orbit Determination*, 2004, section 4.3; the measurement
is that of W. M. Owen, AAS 11-215, 2011, and of J. A. Christian, J. Spacecraft and Rockets 52, 2015
(the centre of figure rather than of light).  A direction alone does not tell how far the body is:
range follows because the craft moves past it, along a known path.

Directions are geometric, both bodies at the same instant: star trackers take aberration out of
their attitude by the craft's own velocity, which is the body's to some m/s, and light takes less
than a millisecond between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundsys.geometry.figures import across, centre_of_light
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.two_bodies import coasted

#: a direction is far from linear in a correction of kilometres, and would feign others along the
#: line of sight: in the first rounds none is trusted better than this, in rad
_TRUSTED_RAD = (1e-3, 2e-4, 4e-5, 8e-6, 0.0, 0.0, 0.0)
#: rounds in which the centre of light is computed anew
_SHAPED = (0, 4)
#: how it moves as the body turns is a difference over so much to either side, in rad
_TURN_STEP = 0.1
#: a turn that is known by definition
_LEAST_TURN_RAD = 1e-6
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
    #: whether each sighting was used, in order of time
    used: tuple[bool, ...]
    rms_sigmas: float
    #: how far the body is turned about its pole beside what was believed, in rad, and one sigma
    turn_rad: tuple[float, float]


def update_orbit(
    prior: State,
    sightings: Sequence[Sighting],
    radii_km: FloatArray,
    gm_km3_s2: float,
    turn_sigma_rad: float = 0.0,
) -> Update:
    """The craft's state at the prior's epoch, with what was seen since then.

    `turn_sigma_rad` is how well it is known how the body is turned about its pole.
    """
    sightings = sorted(sightings, key=lambda one: one.tdb_s)
    information = np.zeros((7, 7))
    information[:6, :6] = np.linalg.inv(prior.covariance)
    information[6, 6] = max(turn_sigma_rad, _LEAST_TURN_RAD) ** -2
    fit = _Fit(prior, gm_km3_s2, information, np.zeros(7), np.asarray(np.linalg.inv(information)))
    light: list[_Light] = []
    # past the body a prior some kilometres off sees it on the wrong side, where nothing is linear:
    # each picture is met by an orbit that fits those before
    for one in sightings:
        light.append(_light_of(one, fit, radii_km))
        residuals, slopes = fit.linearised(sightings[: len(light)], light, _TRUSTED_RAD[0])
        fit = fit.stepped(residuals, slopes)
    used = np.ones(len(sightings), np.bool_)
    for number, trusted_rad in enumerate(_TRUSTED_RAD):
        if number in _SHAPED:  # it moves with the line of sight, by a share of its own small size
            light = [_light_of(one, fit, radii_km) for one in sightings]
        residuals, slopes = fit.linearised(sightings, light, trusted_rad)
        if number and sightings:
            worst = np.abs(residuals).max(axis=1)
            scale = max(1.0, _SIGMA_PER_MEDIAN * float(np.median(worst)))
            used = worst <= _OUTLIER_SIGMAS * scale
        fit = fit.stepped(residuals[used], slopes[used])
    fitted = residuals[used]
    return Update(
        State(prior.tdb_s, fit.state, fit.covariance[:6, :6]),
        tuple(bool(one) for one in used),
        float(np.sqrt(np.mean(fitted**2))) if fitted.size else 0.0,
        (float(fit.correction[6]), float(np.sqrt(fit.covariance[6, 6]))),
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


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """Where a body's light comes from beside its centre, in km along ICRF axes (3,).

    For a turn `turn_rad` of the body, and how that changes with the turn.
    """

    off_km: FloatArray
    by_turn_km: FloatArray
    turn_rad: float

    def at(self, turn_rad: float) -> FloatArray:
        return np.asarray(self.off_km + (turn_rad - self.turn_rad) * self.by_turn_km)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """What is believed: a correction of the prior's state and the body's turn, (7,)."""

    prior: State
    gm_km3_s2: float
    information: FloatArray
    correction: FloatArray
    covariance: FloatArray

    @property
    def state(self) -> FloatArray:
        return np.asarray(self.prior.values + self.correction[:6])

    def linearised(
        self, sightings: Sequence[Sighting], light: Sequence[_Light], trusted_rad: float
    ) -> tuple[FloatArray, FloatArray]:
        """Residuals (n, 2) in sigmas, seen less computed, and their slopes (n, 2, 7)."""
        elapsed = np.array([one.tdb_s for one in sightings]) - self.prior.tdb_s
        places, transitions = transition(self.state, elapsed, self.gm_km3_s2)
        residuals, slopes = np.empty((len(sightings), 2)), np.empty((len(sightings), 2, 7))
        for number, (one, shone) in enumerate(zip(sightings, light, strict=True)):
            line = one.body_km - places[:, number] + shone.at(self.correction[6])
            distance = float(np.linalg.norm(line))
            sigma = max(one.sigma_rad, trusted_rad)
            plane = np.array(across(line / distance))
            residuals[number] = plane @ one.direction / sigma
            slopes[number, :, :6] = -plane @ transitions[number] / (distance * sigma)
            slopes[number, :, 6] = plane @ shone.by_turn_km / (distance * sigma)
        return residuals, slopes

    def stepped(self, residuals: FloatArray, slopes: FloatArray) -> _Fit:
        matrix = slopes.reshape(-1, 7)
        normal = self.information + matrix.T @ matrix
        gradient = matrix.T @ residuals.ravel() - self.information @ self.correction
        step = np.linalg.solve(normal, gradient)
        return replace(
            self,
            correction=self.correction + step,
            covariance=np.asarray(np.linalg.inv(normal), np.float64),
        )


def _light_of(one: Sighting, fit: _Fit, radii_km: FloatArray) -> _Light:
    elapsed = np.array([one.tdb_s - fit.prior.tdb_s])
    place = coasted(fit.state, elapsed, fit.gm_km3_s2)[:, 0] - one.body_km
    turn = float(fit.correction[6])
    before, here, after = (
        _off_km(one, place, radii_km, turn + step) for step in (-_TURN_STEP, 0.0, _TURN_STEP)
    )
    return _Light(here, (after - before) / (2.0 * _TURN_STEP), turn)


def _off_km(one: Sighting, place: FloatArray, radii_km: FloatArray, turn_rad: float) -> FloatArray:
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    axes = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]) @ one.to_body_axes
    off, _ = centre_of_light(radii_km, axes @ place, axes @ one.sun)
    return np.asarray(axes.T @ off)
