"""The search: greedy start, then neighbourhood after neighbourhood solved by CP-SAT."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from random import Random

from ortools.sat.python import cp_model

from groundsys.planning.optimiser.bound import least_objective
from groundsys.planning.optimiser.fairness import Fairness, FairnessWeights, fairness
from groundsys.planning.optimiser.greedy import place_greedily
from groundsys.planning.optimiser.improvement import Effort, Improvement, improve, merged
from groundsys.planning.optimiser.neighbourhoods import KINDS, Plan, Surroundings
from groundsys.planning.optimiser.repertoire import Habit, Repertoire
from groundsys.planning.tracks import Track, TrackingProblem

#: CP-SAT's deterministic seconds for one neighbourhood
WORK_FOR_ONE = 0.15
#: what is no gain but rounding
NOTHING = 1e-12
#: how often a running search looks whether it should stop
GLANCE_S = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: seconds on the wall, work in CP-SAT's deterministic seconds, or both.

    With work alone, tracks depend on problem, seed and lanes only, however busy the machine is.
    """

    wall_s: float | None = None
    work: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is; nothing gets below `bound`, which is for the objective of `fairness`."""

    elapsed_s: float
    work: float
    neighbourhoods: int
    fairness: Fairness
    bound: float

    @property
    def gap(self) -> float:
        """What may be left to gain, as a share of the objective."""
        objective = self.fairness.objective
        return (objective - self.bound) / objective if objective > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Optimised:
    """The best tracks found and how far that is."""

    tracks: tuple[Track, ...]
    progress: Progress


def optimise(
    problem: TrackingProblem,
    limits: Limits,
    *,
    seed: int = 0,
    lanes: int = 2,
    weights: FairnessWeights | None = None,
    start: Sequence[Track] | None = None,
    announce: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> Optimised:
    """Grant antenna time so that no mission is left much behind.

    `lanes` neighbourhoods are solved at a time, a thread each.  `start` must keep the rules;
    without it, tracks are placed greedily.  `announce` hears of the start and of each improvement.
    Ctrl-C, or `stop`, ends the search with the best tracks so far.
    """
    search = _Search(problem, limits, seed, lanes, weights or FairnessWeights(), announce)
    return search.run(place_greedily(problem) if start is None else tuple(start), stop)


class _Search:
    def __init__(
        self,
        problem: TrackingProblem,
        limits: Limits,
        seed: int,
        lanes: int,
        weights: FairnessWeights,
        announce: Callable[[Progress], None],
    ) -> None:
        self._began = time.monotonic()
        self._problem, self._limits, self._lanes = problem, limits, lanes
        self._weights, self._announce = weights, announce
        self._random = Random(seed)
        self._around = Surroundings(problem)
        self._repertoire = Repertoire(KINDS)
        self._work, self._count, self._exhausted = 0.0, 0, False
        self._bound = least_objective(problem, weights)

    def run(self, start: tuple[Track, ...], stop: Callable[[], bool]) -> Optimised:
        self._plan = Plan.of(self._problem, start)
        self._fairness = fairness(self._problem, start, self._weights)
        self._announce(self._progress())
        running: dict[Future[Improvement], tuple[Habit, frozenset[str], cp_model.CpSolver]] = {}
        with ThreadPoolExecutor(self._lanes) as pool:
            try:
                while not self._over() and not stop():
                    while len(running) < self._lanes:
                        taken = frozenset().union(*(free for _, free, _ in running.values()))
                        habit = self._repertoire.choose(self._random)
                        free = self._around.nearest(
                            habit.kind, self._plan, round(habit.size), self._random, taken
                        )
                        if not free:
                            break
                        solver = cp_model.CpSolver()
                        future = pool.submit(
                            improve,
                            self._problem,
                            self._plan.tracks,
                            free,
                            self._weights,
                            self._effort(),
                            solver,
                        )
                        running[future] = habit, free, solver
                    if not running:
                        break
                    for future in self._finished(running):
                        habit, _, _ = running.pop(future)
                        self._take(habit, future.result())
            except KeyboardInterrupt:
                pass  # the best so far is what was asked for
            finally:
                for _, _, solver in running.values():
                    solver.stop_search()
        return Optimised(self._plan.tracks, self._progress())

    def _finished(self, running: Iterable[Future[Improvement]]) -> list[Future[Improvement]]:
        """Futures that are done, in the order of their start; all of them if work alone counts."""
        ordered = list(running)
        if self._limits.work is not None:
            wait(ordered, return_when=ALL_COMPLETED)
            return ordered
        done, _ = wait(ordered, GLANCE_S, return_when=FIRST_COMPLETED)
        return [future for future in ordered if future in done]

    def _take(self, habit: Habit, improvement: Improvement) -> None:
        self._work += improvement.work
        self._count += 1
        gain = 0.0
        tracks = merged(self._problem, self._plan.tracks, improvement)
        if tracks is not None:
            reached = fairness(self._problem, tracks, self._weights)
            gain = self._fairness.objective - reached.objective
            if gain >= -NOTHING:
                self._plan, self._fairness = Plan.of(self._problem, tracks), reached
        if gain > NOTHING:
            self._announce(self._progress())
        elif improvement.proven and len(improvement.free) == len(self._around.requests):
            self._exhausted = True
        self._repertoire.learn(habit, max(0.0, gain), improvement.work, proven=improvement.proven)

    def _effort(self) -> Effort:
        work = WORK_FOR_ONE
        if self._limits.work is not None:
            work = min(work, self._limits.work - self._work)
        return Effort(work, self._left_s(), self._random.randrange(2**31))

    def _over(self) -> bool:
        left_s = self._left_s()
        return (
            self._exhausted
            or (left_s is not None and left_s <= 0.0)
            or (self._limits.work is not None and self._work >= self._limits.work)
            or self._fairness.objective <= self._bound + NOTHING
        )

    def _left_s(self) -> float | None:
        if self._limits.wall_s is None:
            return None
        return max(0.0, self._limits.wall_s - (time.monotonic() - self._began))

    def _progress(self) -> Progress:
        return Progress(
            time.monotonic() - self._began, self._work, self._count, self._fairness, self._bound
        )
