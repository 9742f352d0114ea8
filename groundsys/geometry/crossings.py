"""Where functions of time cross zero: brackets from a cheap likeness, roots from the function.

The likeness is sampled, and known to differ from the function by at most a margin.  Its signs
stand wherever it is beyond that; elsewhere, and at each turning point that may reach zero, the
function itself is asked.  So a pair of crossings between two samples is found too: turning points
are followed until a parabola stands within 1e-4 of a step of its own, and only a dip that is
shorter than that, or a function that turns twice between three samples, can be overlooked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.time_scales import FloatArray

Function = Callable[[FloatArray], FloatArray]

_TURNING_ROUNDS = 4
_ROOT_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Brackets:
    """Stretches of time (n,) that hold one crossing each, in order of time."""

    low_s: FloatArray
    high_s: FloatArray
    #: whether the function rises from negative to positive in it
    rising: NDArray[np.bool_]
    #: where the likeness crosses, and its slope per second there
    guess_s: FloatArray
    slope: FloatArray

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Brackets:
        return Brackets(
            self.low_s[which],
            self.high_s[which],
            self.rising[which],
            self.guess_s[which],
            self.slope[which],
        )


@dataclass(frozen=True, slots=True)
class Samples:
    """A likeness at rising times, and by how much it may be wrong (n,)."""

    times_s: FloatArray
    values: FloatArray
    margin: FloatArray


@dataclass(frozen=True, slots=True)
class Turns:
    """Turning points of a function, and the samples `at` which they were noticed (n,)."""

    at: NDArray[np.int64]
    times_s: FloatArray
    values: FloatArray


def turning_points(function: Function, samples: Samples) -> Turns:
    """Those that come within the margin of zero, or cross it, from three samples of one sign."""
    times, values = samples.times_s, samples.values
    steps, rises = np.diff(times), np.diff(values)
    positive = values >= 0.0
    inner = positive[1:-1]
    same = (positive[:-2] == inner) & (positive[2:] == inner)
    towards = np.where(inner, (rises[:-1] <= 0.0) & (rises[1:] >= 0.0), False)
    towards |= np.where(inner, False, (rises[:-1] >= 0.0) & (rises[1:] <= 0.0))
    at = np.flatnonzero(same & towards) + 1
    before, there, after = ((times[one], values[one]) for one in (at - 1, at, at + 1))
    turn, extreme = _vertex(before, there, after)
    # of a sinusoid sampled thrice a radian the parabola leaves 1 % of this
    doubt = np.abs(rises[at] / steps[at] - rises[at - 1] / steps[at - 1]) * steps[at]
    reaches = np.where(values[at] >= 0.0, extreme, -extreme) <= samples.margin[at] + 0.03 * doubt
    at, turn = at[reaches], turn[reaches]
    if not at.size:
        return Turns(at, turn, turn)
    low, high = times[at - 1], times[at + 1]
    width = (high - low) / 8.0
    for _ in range(_TURNING_ROUNDS):
        turn = np.clip(turn, low + width, high - width)
        here = np.array([turn - width, turn, turn + width])
        asked = function(here.ravel()).reshape(3, -1)
        turn, _ = _vertex((here[0], asked[0]), (here[1], asked[1]), (here[2], asked[2]))
        width = width / 8.0
    turn = np.clip(turn, low, high)
    return Turns(at, turn, function(turn))


def brackets(
    function: Function, samples: Samples, turns: Turns | None = None
) -> tuple[bool, Brackets]:
    """Whether the function is positive at the first sample, and all its crossings.

    `turns` if they are known already.
    """
    times, values = samples.times_s, samples.values
    unsure = np.abs(values) <= samples.margin
    if unsure.any():
        values = values.copy()
        values[unsure] = function(times[unsure])
    if turns is None:
        turns = turning_points(function, Samples(times, values, samples.margin))
    crossing = (turns.values >= 0.0) != (values[turns.at] >= 0.0)
    if crossing.any():
        all_times = np.concatenate([times, turns.times_s[crossing]])
        order = np.argsort(all_times, kind="stable")
        times = all_times[order]
        values = np.concatenate([values, turns.values[crossing]])[order]
    positive = values >= 0.0
    at = np.flatnonzero(positive[1:] != positive[:-1])
    low, high = times[at], times[at + 1]
    slope = (values[at + 1] - values[at]) / (high - low)
    guess = _cubic_zero(times, values, at)
    return bool(positive[0]), Brackets(low, high, positive[at + 1], guess, slope)


def roots(
    function: Callable[[FloatArray, NDArray[np.int64]], FloatArray],
    within: Brackets,
    tolerance_s: float | FloatArray,
) -> FloatArray:
    """The crossings, one in each bracket, by secants kept within.

    `function` takes times and the numbers of their brackets.  The last step taken is at most
    `tolerance_s`; what remains is that step's error, which secants square.
    """
    low, high = within.low_s.copy(), within.high_s.copy()
    time, slope = np.clip(within.guess_s, low, high), within.slope.copy()
    tolerance = np.broadcast_to(tolerance_s, time.shape)
    last_time, last_value = time.copy(), np.zeros_like(time)
    active = np.arange(time.size)
    for number in range(_ROOT_ROUNDS):
        if not active.size:
            break
        here = time[active]
        value = function(here, active)
        if number:
            step = here - last_time[active]
            secant = (value - last_value[active]) / np.where(step == 0.0, 1.0, step)
            # times are good to 1e-7 s, so that shorter steps tell little of slopes
            usable = (np.abs(step) > 1e-4) & (secant != 0.0)
            usable &= (secant > 0.0) == within.rising[active]
            slope[active] = np.where(usable, secant, slope[active])
        last_time[active], last_value[active] = here, value
        before = (value < 0.0) == within.rising[active]
        low[active] = np.where(before, here, low[active])
        high[active] = np.where(before, high[active], here)
        better = here - value / slope[active]
        inside = (better >= low[active]) & (better <= high[active])
        # secants that creep towards a grazing root are cut short by halving now and then
        halve = ~inside | (number % 8 == 7)
        time[active] = np.where(halve, (low[active] + high[active]) / 2.0, better)
        active = active[np.abs(time[active] - here) > tolerance[active]]
    return time


def _vertex(
    first: tuple[FloatArray, FloatArray],
    second: tuple[FloatArray, FloatArray],
    third: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Time and value of the turning point of the parabola through three (times, values)."""
    before, after = second[0] - first[0], third[0] - second[0]
    rise, fall = (second[1] - first[1]) / before, (third[1] - second[1]) / after
    curvature = (fall - rise) / (before + after)
    slope = (rise * after + fall * before) / (before + after)
    flat = curvature == 0.0
    step = np.where(flat, 0.0, -slope / np.where(flat, 1.0, 2.0 * curvature))
    step = np.clip(step, -before, after)
    return second[0] + step, second[1] + step * (slope + step * curvature)


def _cubic_zero(times: FloatArray, values: FloatArray, at: NDArray[np.int64]) -> FloatArray:
    """Zero between samples `at` and `at + 1` of the cubic through the four around it.

    The inverse cubic, time as a function of value, where the four rise or fall throughout; else
    the straight line.
    """
    low, high = times[at], times[at + 1]
    first, second = values[at], values[at + 1]
    straight = low - first * (high - low) / (second - first)
    if times.size < 4 or not at.size:
        return np.asarray(straight)
    four = np.clip(at, 1, times.size - 3)[:, np.newaxis] + np.arange(-1, 3)
    x, y = times[four] - low[:, np.newaxis], values[four]
    monotone = (np.diff(y, axis=1) > 0.0).all(axis=1) | (np.diff(y, axis=1) < 0.0).all(axis=1)
    zero = np.zeros(at.size)
    for i in range(4):
        weight = np.ones(at.size)
        for j in range(4):
            if j != i:
                gap = y[:, i] - y[:, j]
                weight *= -y[:, j] / np.where(gap == 0.0, 1.0, gap)
        zero += weight * x[:, i]
    zero += low
    return np.asarray(np.where(monotone & (zero > low) & (zero < high), zero, straight))
