"""The stretches of time in which a smooth function is positive, from samples of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.crossings import Samples, brackets, roots
from groundsys.geometry.time_scales import FloatArray

Function = Callable[[FloatArray], FloatArray]

#: a parabola through three samples misses a turning point by less than this share of the swing
_TURNING_ERROR = 0.02
_FEWEST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class SignChanges:
    """Whether a function is positive at first, when it changes sign, and which way (n,)."""

    positive_at_first: bool
    times_s: FloatArray
    rising: NDArray[np.bool_]


def sample_times(start_s: float, end_s: float, step_s: float) -> FloatArray:
    """From start to end in equal steps of `step_s` or a little less."""
    count = int(np.ceil((end_s - start_s) / step_s)) + 1
    return np.linspace(start_s, end_s, max(_FEWEST_SAMPLES, count))


def sign_changes(
    function: Function, times_s: FloatArray, values: FloatArray, tolerance_s: float
) -> SignChanges:
    """All sign changes between the first and the last sample.

    A pair of them between two samples is found by the turning point between them, except within
    a step of either end.
    """
    doubt = np.full_like(times_s, _TURNING_ERROR * float(np.ptp(values)))
    positive, found = brackets(function, Samples(times_s, values, doubt))
    times = roots(lambda tdb_s, _: function(tdb_s), found, tolerance_s)
    return SignChanges(positive, times, found.rising)


def positive_stretches(
    function: Function, start_s: float, end_s: float, step_s: float, tolerance_s: float
) -> tuple[FloatArray, FloatArray]:
    """Starts and ends of the stretches of a span in which `function` is not negative."""
    times = sample_times(start_s, end_s, step_s)
    changes = sign_changes(function, times, function(times), tolerance_s)
    edges = changes.times_s
    if changes.positive_at_first:
        edges = np.concatenate([[start_s], edges])
    if edges.size % 2:
        edges = np.append(edges, end_s)
    return edges[::2], edges[1::2]


def common_stretches(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """What two sets of stretches, each without overlaps, have in common."""
    opens = np.unique(np.concatenate([one[0], other[0]]))
    within = [
        np.searchsorted(starts, opens, side="right") > np.searchsorted(ends, opens, side="right")
        for starts, ends in (one, other)
    ]
    opens = opens[within[0] & within[1]]
    closes = np.sort(np.concatenate([one[1], other[1]]))
    return opens, closes[np.searchsorted(closes, opens, side="right")]
