"""How fairly missions got what they asked for.

U_m = 1 − granted/requested seconds of mission m; U_RMS and U_MAX over the missions.  These are the
measures of the SatNet benchmark of NASA's Deep Space Network (Goh et al. 2021).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundsys.planning.optimiser.openings import granted_s
from groundsys.planning.tracks import Track, TrackingProblem


@dataclass(frozen=True, slots=True)
class FairnessWeights:
    """What counts how much: the root mean square of U over the missions, and the worst U."""

    root_mean_square: float = 0.75
    worst: float = 0.25


@dataclass(frozen=True, slots=True)
class Fairness:
    """The measures of a plan; `unserved` has U_m of each mission."""

    unserved: Mapping[str, float]
    u_rms: float
    u_max: float
    granted_s: int
    satisfied: int
    objective: float

    @property
    def score(self) -> float:
        """100 when every mission got all it asked for."""
        return 100.0 * (1.0 - self.objective)


def requested_s(problem: TrackingProblem) -> dict[str, int]:
    """Seconds asked for by each mission, missions in order of their first request."""
    requested: dict[str, int] = {}
    for request in problem.requests:
        requested[request.mission] = requested.get(request.mission, 0) + request.duration_s
    return requested


def fairness(
    problem: TrackingProblem, tracks: Iterable[Track], weights: FairnessWeights | None = None
) -> Fairness:
    """Measure tracks; hours of a request count only if it reached its minimum."""
    by_request = granted_s(tracks)
    seconds = [(one, by_request.get(one.id, 0)) for one in problem.requests]
    return measure(
        (
            (one.mission, one.duration_s, granted if granted >= one.minimum_s else 0)
            for one, granted in seconds
        ),
        weights,
    )


def measure(
    shares: Iterable[tuple[str, int, int]], weights: FairnessWeights | None = None
) -> Fairness:
    """Measure what was granted: for each request its mission, seconds asked for and granted."""
    requested: dict[str, int] = {}
    granted: dict[str, int] = {}
    satisfied = 0
    for mission, asked, seconds in shares:
        requested[mission] = requested.get(mission, 0) + asked
        granted[mission] = granted.get(mission, 0) + seconds
        satisfied += seconds > 0
    unserved = {mission: 1.0 - granted[mission] / asked for mission, asked in requested.items()}
    u_rms, u_max = root_mean_square(unserved.values()), max(unserved.values(), default=0.0)
    weights = weights or FairnessWeights()
    return Fairness(
        unserved,
        u_rms,
        u_max,
        sum(granted.values()),
        satisfied,
        weights.root_mean_square * u_rms + weights.worst * u_max,
    )


def slopes_of(
    shares: Sequence[tuple[str, int, int]], weights: FairnessWeights | None = None
) -> dict[str, float]:
    """How much the objective falls with one more second granted to each mission."""
    weights = weights or FairnessWeights()
    now = measure(shares, weights)
    asked: dict[str, int] = {}
    for mission, seconds, _ in shares:
        asked[mission] = asked.get(mission, 0) + seconds
    scale = max(now.u_rms, 1e-3) * len(asked)
    return {
        mission: (
            weights.root_mean_square * unserved / scale + weights.worst * (unserved >= now.u_max)
        )
        / asked[mission]
        for mission, unserved in now.unserved.items()
    }


def root_mean_square(values: Iterable[float]) -> float:
    """The root of the mean square; 0 of nothing."""
    squares = [value * value for value in values]
    return math.sqrt(math.fsum(squares) / len(squares)) if squares else 0.0
