"""Keplerian elements as people state them, turned to place and motion; and how errors follow.

Two-body formulas (D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, section 2.5):
elements are osculating, so that at their epoch they are the state itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.values.errors import DefinitionError

#: partials are differences over this share of a number's own size, or of one
_SHARE = 1e-6
#: about a parabola Kepler's equation loses its digits
_PARABOLIC = 1e-7


@dataclass(frozen=True, slots=True)
class Conic:
    """Periapsis distance (km), eccentricity, angles (rad) and time since periapsis (s)."""

    periapsis_km: float
    eccentricity: float
    inclination: float
    node: float
    argument: float
    since_periapsis_s: float


def state_of(conic: Conic, gm_km3_s2: float) -> FloatArray:
    """Place (km) and motion (km/s), (6,), along the axes that the angles are counted in."""
    e, q = conic.eccentricity, conic.periapsis_km
    if e < 0.0 or q <= 0.0 or abs(e - 1.0) < _PARABOLIC:
        raise DefinitionError(
            "elements that are neither of an ellipse nor of a hyperbola",
            expected="an eccentricity from 0 up, other than 1, and a periapsis above zero",
            found=f"eccentricity {e!r}, periapsis {q!r} km",
            remedy="ask for a state vector or an OEM",
        )
    parameter = q * (1.0 + e)
    anomaly = _true_anomaly(conic, gm_km3_s2)
    cosine, sine = math.cos(anomaly), math.sin(anomaly)
    distance, speed = parameter / (1.0 + e * cosine), math.sqrt(gm_km3_s2 / parameter)
    plane = _plane(conic)
    place = plane @ np.array([distance * cosine, distance * sine])
    motion = plane @ np.array([-speed * sine, speed * (e + cosine)])
    return np.concatenate([place, motion])


def since_periapsis_s(
    mean_anomaly: float, periapsis_km: float, eccentricity: float, gm: float
) -> float:
    """Of a mean anomaly in radians; of an ellipse the passage that is nearest."""
    if eccentricity < 1.0:
        mean_anomaly = math.remainder(mean_anomaly, 2.0 * math.pi)
    return mean_anomaly / _mean_motion(periapsis_km, eccentricity, gm)


def mean_of_true(anomaly: float, eccentricity: float) -> float:
    """The mean anomaly at a true one, both in radians."""
    e = eccentricity
    half = math.tan(anomaly / 2.0)
    if e < 1.0:
        eccentric = 2.0 * math.atan(math.sqrt((1.0 - e) / (1.0 + e)) * half)
        return eccentric - e * math.sin(eccentric)
    hyperbolic = 2.0 * math.atanh(math.sqrt((e - 1.0) / (e + 1.0)) * half)
    return e * math.sinh(hyperbolic) - hyperbolic


def partials(function: Callable[[FloatArray], FloatArray], at: Sequence[float]) -> FloatArray:
    """Central differences of a function of m numbers with n results, shape (n, m)."""
    centre = np.array(at, dtype=np.float64)
    columns = []
    for number, value in enumerate(centre):
        step = np.zeros_like(centre)
        step[number] = _SHARE * max(abs(value), 1.0)
        columns.append((function(centre + step) - function(centre - step)) / (2.0 * step[number]))
    return np.array(columns).T


def _true_anomaly(conic: Conic, gm: float) -> float:
    e = conic.eccentricity
    mean = conic.since_periapsis_s * _mean_motion(conic.periapsis_km, e, gm)
    if e < 1.0:
        mean = math.remainder(mean, 2.0 * math.pi)
        anomaly = mean if e < 0.8 else math.copysign(math.pi, mean)
        for _ in range(100):
            step = (anomaly - e * math.sin(anomaly) - mean) / (1.0 - e * math.cos(anomaly))
            anomaly -= step
            if abs(step) < 1e-15:
                break
        return 2.0 * math.atan2(
            math.sqrt(1.0 + e) * math.sin(anomaly / 2.0),
            math.sqrt(1.0 - e) * math.cos(anomaly / 2.0),
        )
    anomaly = math.asinh(mean / e)
    for _ in range(100):
        step = (e * math.sinh(anomaly) - anomaly - mean) / (e * math.cosh(anomaly) - 1.0)
        anomaly -= step
        if abs(step) <= 1e-15 * abs(anomaly):
            break
    return 2.0 * math.atan(math.sqrt((e + 1.0) / (e - 1.0)) * math.tanh(anomaly / 2.0))


def _mean_motion(periapsis_km: float, eccentricity: float, gm: float) -> float:
    return math.sqrt(gm / (periapsis_km / abs(1.0 - eccentricity)) ** 3)


def _plane(conic: Conic) -> FloatArray:
    """Columns: unit vectors towards periapsis, and a quarter turn ahead of it."""
    so, co = math.sin(conic.node), math.cos(conic.node)
    sw, cw = math.sin(conic.argument), math.cos(conic.argument)
    si, ci = math.sin(conic.inclination), math.cos(conic.inclination)
    return np.array(
        [
            [co * cw - so * sw * ci, -co * sw - so * cw * ci],
            [so * cw + co * sw * ci, -so * sw + co * cw * ci],
            [sw * si, cw * si],
        ]
    )
