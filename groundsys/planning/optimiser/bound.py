"""How good fairness could be at best: each mission alone, had it all antennas to itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from groundsys.planning.optimiser.fairness import FairnessWeights, requested_s, root_mean_square
from groundsys.planning.optimiser.openings import Occupancy, Opening
from groundsys.planning.optimiser.track_model import TrackModel
from groundsys.planning.tracks import TrackingProblem, TrackRequest

#: CP-SAT's deterministic seconds for what one mission could get alone
WORK_FOR_A_MISSION = 0.02


def least_objective(problem: TrackingProblem, weights: FairnessWeights) -> float:
    """A value of fairness' objective that no plan can get below."""
    least = least_unserved(problem).values()
    return weights.root_mean_square * root_mean_square(least) + weights.worst * max(
        least, default=0.0
    )


def least_unserved(problem: TrackingProblem) -> Mapping[str, float]:
    """U that each mission cannot get below, had it all antennas to itself."""
    requests: dict[str, list[TrackRequest]] = {}
    for request in problem.requests:
        requests.setdefault(request.mission, []).append(request)
    asked = requested_s(problem)
    return {
        mission: max(0.0, 1.0 - _most_s(replace(problem, requests=tuple(of_it))) / asked[mission])
        for mission, of_it in requests.items()
    }


def _most_s(alone: TrackingProblem) -> float:
    """Seconds that one mission cannot get above: as a flow, then as CP-SAT gets to know."""
    most_s = _flow_s(alone)
    built = TrackModel(alone, [request.id for request in alone.requests])
    granted = cp_model.LinearExpr.sum(list(built.granted.values()))
    built.model.add(granted <= most_s)
    built.model.maximize(granted)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = WORK_FOR_A_MISSION
    status = solver.solve(built.model)
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return min(most_s, solver.best_objective_bound) if known else most_s


def _flow_s(alone: TrackingProblem) -> int:
    """Seconds at most when tracks, one at a time, may be cut and interrupted at will."""
    occupancy = Occupancy(alone)
    openings = {one.id: tuple(occupancy.openings(one)) for one in alone.requests}
    crafts = sorted({one.tracked for one in alone.requests})
    times = sorted(
        {
            time
            for of_it in openings.values()
            for one in of_it
            for time in (one.tracking.start, one.tracking.end)
        }
    )
    solver = pywraplp.Solver.CreateSolver("GLOP")
    shares: dict[str, list[pywraplp.Variable]] = {one.id: [] for one in alone.requests}
    for start, end in pairwise(times):
        there: dict[str, list[pywraplp.Variable]] = {craft: [] for craft in crafts}
        for request in alone.requests:
            if _open(openings[request.id], start, end):
                share = solver.NumVar(0.0, (end - start) / 3600.0, "")
                there[request.tracked].append(share)
                shares[request.id].append(share)
        for of_craft in there.values():
            solver.Add(solver.Sum(of_craft) <= (end - start) / 3600.0)
    for request in alone.requests:
        solver.Add(solver.Sum(shares[request.id]) <= request.duration_s / 3600.0)
    solver.Maximize(solver.Sum([share for of_it in shares.values() for share in of_it]))
    asked = sum(request.duration_s for request in alone.requests)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return asked
    # a second more than what rounding may have taken
    return min(asked, int(solver.Objective().Value() * 3600.0) + 1)


def _open(openings: Sequence[Opening], start: int, end: int) -> bool:
    return any(one.tracking.start <= start and end <= one.tracking.end for one in openings)
