"""A neighbourhood solved: some requests free, all others where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from groundsys.planning.optimiser.fairness import FairnessWeights
from groundsys.planning.optimiser.fairness_objective import unfairness
from groundsys.planning.optimiser.openings import Occupancy
from groundsys.planning.optimiser.track_model import TrackModel
from groundsys.planning.tracks import Track, TrackingProblem

#: work that even a neighbourhood without a choice counts as, so that every search ends
LEAST_WORK = 0.001


@dataclass(frozen=True, slots=True)
class Improvement:
    """Tracks of the freed requests, None if none was found; `proven`: no better ones exist."""

    free: frozenset[str]
    tracks: tuple[Track, ...] | None
    proven: bool
    work: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try: CP-SAT's deterministic seconds, and seconds on the wall if they count."""

    work: float
    wall_s: float | None
    seed: int


def improve(
    problem: TrackingProblem,
    tracks: Sequence[Track],
    free: frozenset[str],
    weights: FairnessWeights,
    effort: Effort,
    solver: cp_model.CpSolver,
) -> Improvement:
    """Look for better tracks of the free requests; `solver` may be stopped from another thread."""
    built = TrackModel(problem, free, tracks)
    built.model.minimize(unfairness(built, problem, tracks, weights))
    built.hint(tracks)
    parameters = solver.parameters
    parameters.num_workers = 1
    # a close relaxation and strong propagation are worth their price here; probing is not
    parameters.linearization_level = 2
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    parameters.use_precedences_in_disjunctive_constraint = True
    parameters.use_strong_propagation_in_disjunctive = True
    parameters.use_dynamic_precedence_in_disjunctive = True
    parameters.catch_sigint_signal = False
    parameters.random_seed = effort.seed
    parameters.max_deterministic_time = effort.work
    if effort.wall_s is not None:
        parameters.max_time_in_seconds = effort.wall_s
    status = solver.solve(built.model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Improvement(
        free,
        built.tracks(solver) if found else None,
        status == cp_model.OPTIMAL,
        max(LEAST_WORK, solver.deterministic_time),
    )


def merged(
    problem: TrackingProblem, tracks: Sequence[Track], improvement: Improvement
) -> tuple[Track, ...] | None:
    """Tracks with the improvement in them; None if it does not fit what has changed meanwhile."""
    if improvement.tracks is None:
        return None
    kept = [track for track in tracks if track.request not in improvement.free]
    occupancy = Occupancy(problem, kept)
    if not all(occupancy.admits(track) for track in improvement.tracks):
        return None
    return (*kept, *improvement.tracks)
