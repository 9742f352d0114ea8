"""Where two bodies' law carries something from one state, on any conic, for many times at once.

Universal variables: D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, algorithms 1
and 8.  One formula serves ellipse, parabola and hyperbola, so that nothing need be known of the
orbit but a place and a velocity.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray

_ROUNDS = 60
#: below this, Stumpff's functions are their series
_SMALL = 1e-3


def coasted_km(
    place_km: FloatArray, motion_km_s: FloatArray, gm_km3_s2: float, elapsed_s: FloatArray
) -> FloatArray:
    """Positions (3, n) so many seconds (n, not below zero) after the state (3,) and (3,)."""
    root = np.sqrt(gm_km3_s2)
    start = float(np.linalg.norm(place_km))
    radial = float(place_km @ motion_km_s) / root
    inverse_axis = 2.0 / start - float(motion_km_s @ motion_km_s) / gm_km3_s2
    anomaly = _first_guess(start, radial, inverse_axis, root * elapsed_s)
    for _ in range(_ROUNDS):
        square = anomaly**2
        c2, c3 = _stumpff(square * inverse_axis)
        time = (
            square * anomaly * c3
            + radial * square * c2
            + start * anomaly * (1.0 - square * inverse_axis * c3)
        )
        distance = (
            square * c2
            + radial * anomaly * (1.0 - square * inverse_axis * c3)
            + start * (1.0 - square * inverse_axis * c2)
        )
        step = (root * elapsed_s - time) / distance
        anomaly = anomaly + step
        if np.max(np.abs(step) - 1e-14 * np.abs(anomaly), initial=0.0) <= 0.0:
            break
    square = anomaly**2
    c2, c3 = _stumpff(square * inverse_axis)
    along_place = 1.0 - square / start * c2
    along_motion = elapsed_s - square * anomaly * c3 / root
    return np.asarray(
        along_place * place_km[:, np.newaxis] + along_motion * motion_km_s[:, np.newaxis]
    )


def coasted(state: FloatArray, elapsed_s: FloatArray, gm_km3_s2: float) -> FloatArray:
    """Places (3, n) so long after a state (6,) in km and km/s, or before it."""
    places = np.empty((3, elapsed_s.size))
    for sign in (1.0, -1.0):
        chosen = elapsed_s * sign >= 0.0
        if chosen.any():
            seconds = np.abs(elapsed_s[chosen])
            places[:, chosen] = coasted_km(state[:3], sign * state[3:], gm_km3_s2, seconds)
    return places


def _first_guess(
    start: float, radial: float, inverse_axis: float, scaled_s: FloatArray
) -> FloatArray:
    """Of the universal anomaly; `scaled_s` is time by the root of the gravitational parameter."""
    if inverse_axis > 0.0:
        return np.asarray(scaled_s * inverse_axis)
    if inverse_axis == 0.0:
        return np.asarray(scaled_s / start)
    # of a hyperbola the time is nearly (start · sinh H + radial · √−a · (cosh H − 1)) √−a
    size = np.sqrt(-1.0 / inverse_axis)
    return np.asarray(size * np.arcsinh(scaled_s / (size * (start + abs(radial) * size))))


def _stumpff(argument: FloatArray) -> tuple[FloatArray, FloatArray]:
    """c2 and c3; positive arguments are those of ellipses."""
    root = np.sqrt(np.abs(argument))
    series = 1.0 / 2.0 - argument / 24.0, 1.0 / 6.0 - argument / 120.0
    safe = np.where(np.abs(argument) < _SMALL, 1.0, root)
    closed = argument > 0.0
    # a hyperbola's are never asked with the anomaly of an ellipse: no overflow
    turn = np.where(closed, safe, 0.0)
    stretch = np.where(closed, 0.0, safe)
    c2 = np.where(closed, (1.0 - np.cos(turn)) / safe**2, (np.cosh(stretch) - 1.0) / safe**2)
    c3 = np.where(closed, (safe - np.sin(turn)) / safe**3, (np.sinh(stretch) - safe) / safe**3)
    small = np.abs(argument) < _SMALL
    return (
        np.where(small, series[0] + argument**2 / 720.0, c2),
        np.where(small, series[1] + argument**2 / 5040.0, c3),
    )
