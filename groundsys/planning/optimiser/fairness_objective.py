"""Fairness as an objective that CP-SAT can minimise: linear, and exact where it counts.

The root mean square of U is concave in the sum of squares S, so its tangent at the plan of now lies
above it: whatever lowers the tangent lowers the root.  U² of a mission is the upper envelope of its
tangents, which lie close to each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from groundsys.planning.optimiser.fairness import FairnessWeights, requested_s
from groundsys.planning.optimiser.openings import granted_s
from groundsys.planning.optimiser.track_model import TrackModel
from groundsys.planning.tracks import Track, TrackingProblem

#: integer units of a whole objective
SCALE = 1_000_000_000
#: how far apart tangents to U² are: the envelope is at most a quarter of its square too low
TANGENT_STEP = 0.02


def unfairness(
    built: TrackModel,
    problem: TrackingProblem,
    tracks: Sequence[Track],
    weights: FairnessWeights,
) -> cp_model.LinearExprT:
    """What to minimise: fairness' objective but for a constant, linear around `tracks`."""
    asked = requested_s(problem)
    granted = granted_s(tracks)
    now = dict.fromkeys(asked, 0)
    settled = dict.fromkeys(asked, 0)
    free: dict[str, list[cp_model.LinearExprT]] = {}
    for request in problem.requests:
        now[request.mission] += granted.get(request.id, 0)
        if request.id in built.granted:
            free.setdefault(request.mission, []).append(built.granted[request.id])
        else:
            settled[request.mission] += granted.get(request.id, 0)
    slope = weights.root_mean_square * _slope_of_root(asked, now)
    least = max(
        (round(SCALE * (1 - settled[one] / asked[one])) for one in asked if one not in free),
        default=0,
    )
    worst = built.model.new_int_var(least, 2 * SCALE, "")
    worst_now = least
    costs: list[cp_model.IntVar] = []
    for mission, gains in free.items():
        lacking, per_second = asked[mission] - settled[mission], round(SCALE / asked[mission])
        missing = lacking - cp_model.LinearExpr.sum(gains)
        missing_now = asked[mission] - now[mission]
        built.model.add(worst >= per_second * missing)
        worst_now = max(worst_now, per_second * missing_now)
        cost, cost_now = built.model.new_int_var(0, math.ceil(slope * SCALE) + 1, ""), 0
        for point in _tangent_points(lacking / asked[mission]):
            rise = round(2.0 * point * slope * SCALE / asked[mission])
            shift = round(point * point * slope * SCALE)
            built.model.add(cost >= rise * missing - shift)
            cost_now = max(cost_now, rise * missing_now - shift)
        built.model.add_hint(cost, cost_now)
        costs.append(cost)
    built.model.add_hint(worst, worst_now)
    # in hundredths of a unit, as the weight of the worst is no whole number
    return 100 * cp_model.LinearExpr.sum(costs) + round(100 * weights.worst) * worst


def _slope_of_root(asked: Mapping[str, int], granted: Mapping[str, int]) -> float:
    """d(root mean square) / d(sum of squares) at what is granted now."""
    total = math.fsum((1 - granted[mission] / asked[mission]) ** 2 for mission in asked)
    return 1 / (2 * math.sqrt(max(total, 1e-6) * len(asked)))


def _tangent_points(top: float) -> list[float]:
    """Values of U at which to touch U², from 0 to `top`."""
    count = math.ceil(top / TANGENT_STEP)
    return [(place + 0.5) * TANGENT_STEP for place in range(count)]
