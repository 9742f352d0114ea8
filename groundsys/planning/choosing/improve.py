"""Improving a plan: stretches of time and groups of craft are planned anew, again and again.

Each neighbourhood is one CP-SAT problem (`mission_model`) of bounded size, so that a sweep over a
plan grows with its length and its craft.  What is found is kept only if the plan's exact value
grows.  With a work limit and a seed the outcome is the same to the bit.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from groundsys.planning.choosing.data_passes import waiting
from groundsys.planning.choosing.draft import Draft, day_of
from groundsys.planning.choosing.greedy import drained, loadable, place_session
from groundsys.planning.choosing.mission_model import PassModel
from groundsys.planning.choosing.worth import (
    fairness_value,
    network_value,
    served_by_priority,
    worth_of_seconds,
)
from groundsys.planning.contact_graph.contacts import Visit
from groundsys.planning.contact_graph.recorder import aboard
from groundsys.planning.situation import Effort
from groundsys.planning.tracks import Span

#: views that one neighbourhood looks at, about
_VIEWS = 120
_STRETCH_S = 86_400
#: all craft at once are looked at for so long at least, else groups of them
_SHORTEST_S = 18_000
#: deterministic seconds for one neighbourhood
_WORK = 0.6
#: a neighbourhood's solution so near its bound is good enough
_NEAR_ENOUGH = 1e-4
#: work that one trial of a relay session counts for, in deterministic seconds
_TRIAL_WORK = 0.001
#: nothing was better in so many sweeps: it is given up
_IDLE_SWEEPS = 2
_SWEEPS_WITHOUT_LIMIT = 1
#: beside the craft's: what fairness is worth
_FAIRNESS = ""


@dataclass
class _Budget:
    """What is left of the effort."""

    effort: Effort
    started: float
    stop: Callable[[], bool]
    work: float = 0.0

    @property
    def spent(self) -> bool:
        if self.stop():
            return True
        if self.effort.work is not None and self.work >= self.effort.work:
            return True
        wall_s = self.effort.wall_s
        return wall_s is not None and time.monotonic() - self.started >= wall_s

    @property
    def unlimited(self) -> bool:
        return self.effort.work is None and self.effort.wall_s is None


def improve(
    draft: Draft,
    effort: Effort,
    started: float,
    stop: Callable[[], bool],
    on_better: Callable[[float, str], None],
    fixed_until: int,
    soon_s: float,
) -> float:
    """Improve the draft in place; its value in the end.  What starts before `fixed_until` stays."""
    budget = _Budget(effort, started, stop)
    draws = random.Random(effort.seed)
    values = {craft: network_value(draft, craft) for craft in draft.problem.networks}
    values[_FAIRNESS] = fairness_value(draft)
    idle, sweep = 0, 0
    while idle < _IDLE_SWEEPS and not budget.spent:
        before = sum(values.values())
        for crafts, stretch in _neighbourhoods(draft, draws, sweep, fixed_until):
            if budget.spent:
                break
            if _plan_anew(draft, crafts, stretch, values, budget, draws, soon_s):
                day = stretch.start // 86_400 + 1
                on_better(sum(values.values()), f"{len(crafts)} craft on day {day}")
        for craft in draft.problem.networks:
            if not budget.spent and _rearrange_sessions(draft, craft, values, budget, fixed_until):
                on_better(sum(values.values()), f"relay sessions of {craft}")
        gained = sum(values.values()) - before
        idle = 0 if gained > 1e-6 * max(1.0, abs(before)) else idle + 1
        sweep += 1
        if budget.unlimited and sweep >= _SWEEPS_WITHOUT_LIMIT:
            break
    return sum(values.values())


def _neighbourhoods(
    draft: Draft, draws: random.Random, sweep: int, fixed_until: int
) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Stretches in order of time, of bounded size.

    In turn some craft for a day, and all craft for some hours, as they change antennas with each
    other; both begin elsewhere in each sweep.
    """
    problem = draft.problem
    crafts = sorted(problem.networks)
    start = max(problem.span.start, fixed_until)
    together = len(crafts) > 1 and sweep % 2 == 0
    length = _STRETCH_S
    if together:
        windows = sum(len(problem.passes[craft]) for craft in crafts)
        dense = windows / max(1, problem.span.end - problem.span.start)
        length = max(_SHORTEST_S, min(_STRETCH_S, int(_VIEWS / max(dense, 1e-9))))
    first = start + draws.randrange(length // 2, length + 1)
    while start < problem.span.end:
        end = min(problem.span.end, first)
        first = end + length
        stretch = Span(start, end)
        start = end
        if together and length > _SHORTEST_S:
            yield tuple(crafts), stretch
            continue
        order = list(crafts)
        draws.shuffle(order)
        group: list[str] = []
        views = 0
        for craft in order:
            mine = sum(one.tracking.overlaps(stretch) for one in problem.passes[craft])
            if group and views + mine > _VIEWS:
                yield tuple(sorted(group)), stretch
                group, views = [], 0
            group.append(craft)
            views += mine
        if group:
            yield tuple(sorted(group)), stretch


def _plan_anew(
    draft: Draft,
    crafts: Sequence[str],
    stretch: Span,
    values: dict[str, float],
    budget: _Budget,
    draws: random.Random,
    soon_s: float,
) -> bool:
    """Free the group's passes in the stretch and plan them again; whether that gained."""
    problem, rules = draft.problem, draft.problem.rules
    by_priority, slopes = served_by_priority(draft), worth_of_seconds(draft)
    free = [
        one
        for craft in crafts
        for one in draft.visits[craft]
        if stretch.start <= one.tracking.start
        and one.tracking.end <= stretch.end
        and not one.together
        and not one.id
        # of other lengths, which a need may ask for, are no pieces of the model
        and rules.pass_minimum_s <= one.tracking.seconds <= rules.pass_maximum_s
        and not (problem.closing and one.tracking.end > problem.quiet_from)
    ]
    for one in free:
        draft.remove(one)
    items = {
        craft: waiting(
            problem,
            aboard(problem, craft, draft.hearings[craft]),
            draft.visits[craft],
            stretch,
            soon_s,
        )
        for craft in crafts
    }
    cases = [
        case
        for case in problem.needs
        if case.need.antennas == 1 and case.need.spacecraft in crafts
        and case.within.overlaps(stretch)
    ]  # fmt: skip
    model = PassModel(draft, crafts, stretch, items, cases, slopes)
    model.hint(free)
    solver = cp_model.CpSolver()
    # its own handler would take Ctrl-C from whoever asks for the plan, for good
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 1
    solver.parameters.relative_gap_limit = _NEAR_ENOUGH
    solver.parameters.random_seed = draws.randrange(2**30)
    limit = _WORK
    if budget.effort.work is not None:
        limit = min(limit, budget.effort.work - budget.work)
    solver.parameters.max_deterministic_time = limit
    if budget.effort.wall_s is not None:
        left_s = budget.effort.wall_s - (time.monotonic() - budget.started)
        solver.parameters.max_time_in_seconds = max(0.05, left_s)
    status = solver.solve(model.model)
    budget.work += solver.response_proto.deterministic_time
    found: Sequence[Visit] = ()
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = model.visits(solver)
        for one in found:
            draft.add(one)
        after = {craft: network_value(draft, craft) for craft in crafts}
        after[_FAIRNESS] = fairness_value(draft)
        if (
            all(_sessions_hold(draft, craft) for craft in crafts)
            and sum(after.values()) > sum(values[one] for one in after) + 1e-9
            and not _gives_way_to_lower(by_priority, served_by_priority(draft))
        ):
            values.update(after)
            return True
        for one in found:
            draft.remove(one)
    for one in free:
        draft.add(one)
    return False


def _gives_way_to_lower(before: Mapping[float, int], after: Mapping[float, int]) -> bool:
    """Whether needs of a priority get less while such of a lower one get more."""
    fell = False
    for priority in sorted(before, reverse=True):
        if fell and after[priority] > before[priority]:
            return True
        fell = fell or after[priority] < before[priority]
    return False


def _sessions_hold(draft: Draft, craft: str) -> bool:
    """Whether sessions can still be loaded and brought home: the first and the last tell."""
    hearings = draft.hearings[craft]
    return not hearings or (loadable(draft, hearings[0]) and drained(draft, hearings[-1]))


def _rearrange_sessions(
    draft: Draft, craft: str, values: dict[str, float], budget: _Budget, fixed_until: int
) -> bool:
    """Put a session into another overflight of its day, where that gains."""
    problem = draft.problem
    better = False
    for heard in problem.networks[craft]:
        for hearing in list(draft.hearings[craft]):
            if hearing.window.spacecraft != heard or hearing.id:
                continue
            if hearing.tracking.start < fixed_until:
                continue
            day = day_of(problem, hearing.tracking.start)
            for window in problem.sessions[heard]:
                if day_of(problem, window.tracking.start) != day or window == hearing.window:
                    continue
                if budget.spent:
                    return better
                budget.work += _TRIAL_WORK
                draft.unhear(hearing)
                other = place_session(draft, replace(hearing, window=window))
                if other is not None and loadable(draft, other) and drained(draft, other) and (
                    other.tracking.start >= fixed_until
                    and draft.sessions_on_day(heard, other.tracking.start)
                    < problem.rules.sessions_per_craft
                ):  # fmt: skip
                    draft.hear(other)
                    value = network_value(draft, craft)
                    if value > values[craft] + 1e-9:
                        values[craft] = value
                        hearing = other
                        better = True
                        continue
                    draft.unhear(other)
                draft.hear(hearing)
    return better
