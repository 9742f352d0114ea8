"""What a clock's offset was at each moment, from noisy readings of it: filtered and smoothed.

The clock model of time metrology: with offset x (s) and rate y (s/s) over the clock's own count t,

    dx/dt = y,   dy/dt = w,   E[w(t) w(t')] = q² δ(t − t'),

so that over Δt   Φ = [[1, Δt], [0, 1]],   Q = q² [[Δt³/3, Δt²/2], [Δt²/2, Δt]]
(C. Zucca and P. Tavella, *The clock model and its relationship with the Allan and related
variances*, IEEE Trans. UFFC 52, 2005, eq. 6 and 12, without white frequency noise).  A Kalman
filter runs forwards, a Rauch–Tung–Striebel smoother backwards.  Readings farther from what is
foreseen than noise and model allow are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

#: a reading beyond so many standard deviations is a wrong pairing …
_OUTLIER_SIGMAS = 6.0
#: … if it is also this far away
OUTLIER_FLOOR_S = 0.001
#: nothing is known of the offset before the first reading
_UNKNOWN_OFFSET_S = 1e4


@dataclass(frozen=True, slots=True)
class ClockNoise:
    """`reading_s`: one sigma of a reading; `rate`: of the rate before any (s/s); `wander`: q."""

    reading_s: float
    rate: float
    wander: float


class Reading(NamedTuple):
    """At clock count `at_s` the offset was measured; None: it was not, but the state is wanted.

    `sigma_s` is one sigma of what this reading is worse than the others.
    """

    at_s: float
    offset_s: float | None = None
    sigma_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ClockState:
    """Offset (s) and rate (s/s) at clock count `at_s`, and their variances and covariance."""

    at_s: float
    offset_s: float
    rate: float
    offset_variance: float
    covariance: float
    rate_variance: float

    @property
    def offset_sigma_s(self) -> float:
        return sqrt(max(self.offset_variance, 0.0))

    @property
    def rate_sigma(self) -> float:
        return sqrt(max(self.rate_variance, 0.0))


def smooth_clock(readings: Sequence[Reading], noise: ClockNoise) -> list[ClockState]:
    """The state at each of `readings`, which are in order of the clock's count."""
    foreseen: list[ClockState] = []
    filtered: list[ClockState] = []
    for reading in readings:
        at_s = reading.at_s
        before = _foresee(filtered[-1], at_s, noise) if filtered else _unknown(at_s, noise)
        foreseen.append(before)
        filtered.append(_measure(before, reading, noise))
    smoothed = filtered[-1:]
    for index in range(len(filtered) - 2, -1, -1):
        smoothed.append(_look_back(filtered[index], foreseen[index + 1], smoothed[-1]))
    return smoothed[::-1]


def _unknown(at_s: float, noise: ClockNoise) -> ClockState:
    return ClockState(at_s, 0.0, 0.0, _UNKNOWN_OFFSET_S**2, 0.0, noise.rate**2)


def _foresee(state: ClockState, at_s: float, noise: ClockNoise) -> ClockState:
    step_s, q = at_s - state.at_s, noise.wander**2
    return ClockState(
        at_s,
        state.offset_s + step_s * state.rate,
        state.rate,
        state.offset_variance
        + 2.0 * step_s * state.covariance
        + step_s**2 * state.rate_variance
        + q * step_s**3 / 3.0,
        state.covariance + step_s * state.rate_variance + q * step_s**2 / 2.0,
        state.rate_variance + q * step_s,
    )


def _measure(state: ClockState, reading: Reading, noise: ClockNoise) -> ClockState:
    if reading.offset_s is None:
        return state
    surprise_s = reading.offset_s - state.offset_s
    own = noise.reading_s**2 + reading.sigma_s**2
    variance = state.offset_variance + own
    if abs(surprise_s) > max(_OUTLIER_SIGMAS * sqrt(variance), OUTLIER_FLOOR_S):
        return state
    gain, rate_gain = state.offset_variance / variance, state.covariance / variance
    kept = own / variance
    return ClockState(
        state.at_s,
        state.offset_s + gain * surprise_s,
        state.rate + rate_gain * surprise_s,
        kept * state.offset_variance,
        kept * state.covariance,
        state.rate_variance - rate_gain * state.covariance,
    )


def _look_back(state: ClockState, foreseen: ClockState, later: ClockState) -> ClockState:
    """The state with what was learnt later: gain C = P Φᵀ P'⁻¹, P' that was foreseen."""
    step_s = foreseen.at_s - state.at_s
    a, b, c = foreseen.offset_variance, foreseen.covariance, foreseen.rate_variance
    determinant = a * c - b * b
    if determinant <= 0.0 or step_s == 0.0:
        return ClockState(state.at_s, later.offset_s, later.rate, later.offset_variance,
                          later.covariance, later.rate_variance)  # fmt: skip
    p00, p01, p11 = state.offset_variance, state.covariance, state.rate_variance
    first, second = (p00 + step_s * p01, p01), (p01 + step_s * p11, p11)
    c00 = (first[0] * c - first[1] * b) / determinant
    c01 = (first[1] * a - first[0] * b) / determinant
    c10 = (second[0] * c - second[1] * b) / determinant
    c11 = (second[1] * a - second[0] * b) / determinant
    learnt, learnt_rate = later.offset_s - foreseen.offset_s, later.rate - foreseen.rate
    d00, d01, d11 = (
        later.offset_variance - a,
        later.covariance - b,
        later.rate_variance - c,
    )
    return ClockState(
        state.at_s,
        state.offset_s + c00 * learnt + c01 * learnt_rate,
        state.rate + c10 * learnt + c11 * learnt_rate,
        p00 + c00 * (c00 * d00 + c01 * d01) + c01 * (c00 * d01 + c01 * d11),
        p01 + c00 * (c10 * d00 + c11 * d01) + c01 * (c10 * d01 + c11 * d11),
        p11 + c10 * (c10 * d00 + c11 * d01) + c11 * (c10 * d01 + c11 * d11),
    )
