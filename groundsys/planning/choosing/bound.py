"""What no plan can be worth more than.

Alone: each craft has every antenna at once, and each of those heard through it has it to itself.
Shared, where craft contend: a linear problem, in which antennas' time is divided at will among
craft in steps of time; setup and teardown count by their least share, and nothing is home sooner
than alone.  It is solved for parts of the time, each of whose data find all antennas free, which
keeps the work linear in time.  The lower of the two counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from groundsys.geometry.time_scales import FloatArray
from groundsys.planning.choosing.draft import free_parts, merged
from groundsys.planning.contact_graph.contacts import ContactProblem, Hearing, PassWindow
from groundsys.planning.contact_graph.demand import lasting_worth
from groundsys.planning.contact_graph.recorder import Aboard, aboard, finish_times, service_of
from groundsys.planning.tracks import Span

_STEP_S = 7_200
_PART_S = 4 * 86_400
#: so long after a part its data still need antennas; later they are home for nothing
_AFTER_S = 86_400
_MEGABIT = 1e6
#: what the solver's tolerance may hide
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Soonest:
    """Items of a network, and when they can be home at the earliest."""

    held: Aboard
    home_s: FloatArray
    worth: float


def bound_of(problem: ContactProblem, *, quick: bool = False) -> float:
    """An upper bound of any plan's value; a `quick` one looks at each craft alone only."""
    soonest = {speaker: _soonest(problem, speaker) for speaker in problem.networks}
    needs = sum(
        problem.rules.value_per_need * case.need.priority
        + (case.need.antennas - 1) * _contact_worth(problem, round(case.need.duration_s))
        for case in problem.needs
    )
    needs += problem.rules.value_of_fairness * len(problem.needs)
    alone = sum(one.worth for one in soonest.values()) + sum(
        _contact_worth(problem, view.seconds)
        for windows in problem.passes.values()
        for view in merged([window.tracking for window in windows])
    )
    if quick or len(problem.networks) == 1:
        return needs + alone
    shared = sum(_shared(problem, soonest, part) for part in _parts(problem))
    return needs + min(alone, shared * (1.0 + _TOLERANCE))


def _contact_worth(problem: ContactProblem, seconds: int) -> float:
    """The most that contact by itself can be worth in an unbroken view, passes paid."""
    rules = problem.rules
    most = int(-(-seconds // rules.pass_maximum_s))
    return max(
        min(seconds, count * rules.pass_maximum_s) / 3600.0 * rules.value_per_contact_hour
        - count * rules.cost_per_pass
        for count in range(most + 1)
    )


def _soonest(problem: ContactProblem, speaker: str) -> _Soonest:
    """Every overflight is used whole, and always the best antenna listens."""
    hearings = [
        Hearing(window, window.tracking)
        for id in problem.networks[speaker]
        for window in problem.sessions[id]
    ]
    held = aboard(problem, speaker, hearings)
    windows = problem.passes[speaker]
    light_s = min((window.light_time_s for window in windows), default=0.0)
    service = service_of(list(_best(windows)))
    home_s = np.full(len(held.aboard_s), np.inf)
    for craft in range(len(held.crafts)):
        mine = (held.craft == craft) & np.isfinite(held.aboard_s)
        home_s[mine] = finish_times(held.aboard_s[mine] + light_s, held.bits[mine], service)
    worth = held.worth * lasting_worth(
        home_s - held.ready_s, held.goal_s, problem.rules.half_value_s
    )
    return _Soonest(held, home_s, float(worth.sum()))


def _best(windows: tuple[PassWindow, ...]) -> Iterator[tuple[float, float, float]]:
    """What the best of the antennas can bring, stretch by stretch: start, end, bits."""
    ordered = sorted(windows, key=lambda one: one.data_bps)
    spans = np.array([(one.tracking.start, one.tracking.end) for one in ordered]).reshape(-1, 2)
    edges, places = np.unique(spans, return_inverse=True)
    rates = np.zeros(max(0, len(edges) - 1))
    for one, (first, last) in zip(ordered, places.reshape(-1, 2).tolist(), strict=True):
        rates[first:last] = one.data_bps
    for start, end, rate in zip(
        edges[:-1].tolist(), edges[1:].tolist(), rates.tolist(), strict=True
    ):
        if rate > 0.0:
            yield float(start), float(end), rate * (end - start)


def _parts(problem: ContactProblem) -> Iterator[Span]:
    start = problem.span.start
    while start < problem.span.end:
        end = min(problem.span.end, start + _PART_S)
        yield Span(start, end)
        start = end


def _shared(problem: ContactProblem, soonest: Mapping[str, _Soonest], part: Span) -> float:
    """The most that the data that can first be home in a part are worth, antennas divided."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    objective = solver.Objective()
    objective.SetMaximization()
    until = min(problem.span.end, part.end + _AFTER_S)
    steps = [
        Span(start, min(start + _STEP_S, until)) for start in range(part.start, until, _STEP_S)
    ]
    antennas: dict[tuple[str, int], list[pywraplp.Variable]] = defaultdict(list)
    whole: dict[str, list[tuple[pywraplp.Variable, int, float]]] = defaultdict(list)
    longest_s = max(
        [problem.rules.pass_maximum_s, *(2.0 * case.need.duration_s for case in problem.needs)]
    )
    for speaker in problem.networks:
        carried = _tracking(*(problem, solver, speaker, steps, part, longest_s, antennas, whole))
        _flows(problem, solver, soonest[speaker], steps, part, carried)
    seen = _seen_by_any(problem)
    for (antenna, number), times in antennas.items():
        views = [
            _within(span, steps[number]) for span in seen[antenna] if span.overlaps(steps[number])
        ]
        open_s = float(sum(view.seconds for view in views))
        limit = solver.Constraint(-solver.infinity(), problem.beams[antenna] * open_s)
        for time in times:
            limit.SetCoefficient(time, 1.0)
    for antenna, times in whole.items():
        # setup before a stretch in which it sees anything, teardown after it
        beside_s = 2.0 * longest_s * (max(share for *_, share in times) - 1.0)
        for span in seen[antenna]:
            limit = solver.Constraint(
                -solver.infinity(), problem.beams[antenna] * (span.seconds + beside_s)
            )
            for time, number, share in times:
                if _covers(span, steps[number], seen[antenna]):
                    limit.SetCoefficient(time, share)
    status = solver.Solve()
    if status != pywraplp.Solver.OPTIMAL:
        return float("inf")
    return float(objective.Value())


def _seen_by_any(problem: ContactProblem) -> Mapping[str, list[Span]]:
    """When each antenna sees any craft, and is not closed."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for windows in problem.passes.values():
        for window in windows:
            spans[window.antenna].append(window.tracking)
    return {
        antenna: [
            part
            for whole in merged(views)
            for part in free_parts(whole, problem.closed.get(antenna, ()))
        ]
        for antenna, views in spans.items()
    }


def _tracking(
    problem: ContactProblem,
    solver: pywraplp.Solver,
    speaker: str,
    steps: list[Span],
    part: Span,
    longest_s: float,
    antennas: dict[tuple[str, int], list[pywraplp.Variable]],
    whole: dict[str, list[tuple[pywraplp.Variable, int, float]]],
) -> list[list[tuple[pywraplp.Variable, float]]]:
    """Seconds of tracking by antenna and step; by step what each second carries, in megabits."""
    rules = problem.rules
    carried: list[list[tuple[pywraplp.Variable, float]]] = [[] for _ in steps]
    by_antenna: dict[str, list[PassWindow]] = defaultdict(list)
    for window in problem.passes[speaker]:
        by_antenna[window.antenna].append(window)
    for number, step in enumerate(steps):
        views = []
        for antenna, windows in by_antenna.items():
            inside = [one for one in windows if one.tracking.overlaps(step)]
            if not inside:
                continue
            seen = merged([_within(one.tracking, step) for one in inside])
            views.extend(seen)
            time = solver.NumVar(0.0, float(sum(view.seconds for view in seen)), "")
            share = 1.0 + (inside[0].setup_s + inside[0].teardown_s) / longest_s
            if step.start < part.end:
                price = problem.cost_per_hour[antenna] * share - rules.value_per_contact_hour
                solver.Objective().SetCoefficient(
                    time, -price / 3600.0 - rules.cost_per_pass / longest_s
                )
            carried[number].append((time, max(one.data_bps for one in inside) / _MEGABIT))
            antennas[antenna, number].append(time)
            whole[antenna].append((time, number, share))
        limit = solver.Constraint(
            -solver.infinity(), float(sum(view.seconds for view in merged(views)))
        )
        for time, _ in carried[number]:
            limit.SetCoefficient(time, 1.0)
    return carried


def _flows(
    problem: ContactProblem,
    solver: pywraplp.Solver,
    soonest: _Soonest,
    steps: list[Span],
    part: Span,
    carried: list[list[tuple[pywraplp.Variable, float]]],
) -> None:
    """Spread what can first be home in each of the part's steps over that step and later ones."""
    held, half = soonest.held, problem.rules.half_value_s
    limits = []
    for times in carried:
        limit = solver.Constraint(-solver.infinity(), 0.0)
        for time, megabits in times:
            limit.SetCoefficient(time, -megabits)
        limits.append(limit)
    kinds = np.round(held.worth / held.bits * 1e15)
    for number, step in enumerate(steps):
        if step.start >= part.end:
            break
        ready = (soonest.home_s >= step.start) & (soonest.home_s < min(step.end, part.end))
        if number == 0 and part.start == problem.span.start:
            ready |= soonest.home_s < step.start
        for kind in np.unique(kinds[ready]).tolist():
            mine = ready & (kinds == kind)
            megabits = held.bits[mine] / _MEGABIT
            whole = solver.Constraint(-solver.infinity(), float(megabits.sum()))
            for later in range(number, len(steps) + 1):
                after = later == len(steps)
                if after and steps[-1].end >= problem.span.end:
                    break
                moment_s = steps[-1].end if after else steps[later].start
                home_s = np.maximum(soonest.home_s[mine], moment_s)
                worth = held.worth[mine] * lasting_worth(
                    home_s - held.ready_s[mine], held.goal_s[mine], half
                )
                flow = solver.NumVar(0.0, float(megabits.sum()), "")
                # any of these items may go first: all count as the worthiest
                solver.Objective().SetCoefficient(flow, float((worth / megabits).max()))
                whole.SetCoefficient(flow, 1.0)
                if not after:
                    limits[later].SetCoefficient(flow, 1.0)


def _covers(span: Span, step: Span, others: list[Span]) -> bool:
    """Whether all that an antenna sees in a step lies in this one of its stretches."""
    return span.overlaps(step) and not any(
        other.overlaps(step) for other in others if other is not span
    )


def _within(span: Span, whole: Span) -> Span:
    return Span(max(span.start, whole.start), min(span.end, whole.end))
