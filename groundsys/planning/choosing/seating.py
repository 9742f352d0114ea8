"""Passes for all needs: by priority, and fairly among missions within one priority.

Where antennas are plenty, one need is served after the other.  Where that leaves a need short, all
that nothing serves are requests of one problem, which the optimiser solves; what it leaves over,
as it knows nothing of beams and of passes that serve two needs, is served one after the other.
The fairer of the two is taken.  Higher priorities are seated before lower ones are looked at, so
that no need gives way to one of a lower priority for fairness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.serving import by_priority, is_served, serve
from groundsys.planning.contact_graph.contacts import NeedCase
from groundsys.planning.contact_graph.requests import fairness_of, tracking_problem, visits_of
from groundsys.planning.optimiser.search import Limits, optimise
from groundsys.planning.situation import Effort

#: CP-SAT's deterministic seconds for all requests: in a new plan, in one that is mended
WORK, WORK_TO_MEND = 2.0, 0.2
#: of the effort that there is for a plan
_SHARE = 0.5
#: a difference of fairness that is none
_NOTHING = 1e-9


def seat(
    draft: Draft, effort: Effort, work: float, stop: Callable[[], bool] = lambda: False
) -> float:
    """Add passes for every need that nothing serves yet, as far as there is room; the work done.

    The optimiser gets `work`, or half of the effort's if that is less, in equal parts for the
    priorities.  Without a limit in time, the outcome is the same to the bit for a seed.
    """
    spent = 0.0
    cases = by_priority(draft)
    priorities = sorted({case.need.priority for case in cases}, reverse=True)
    count = max(1, len(priorities))
    limits = Limits(
        None if effort.wall_s is None else _SHARE * effort.wall_s / count,
        (work if effort.work is None else min(work, _SHARE * effort.work)) / count,
    )
    for priority in priorities:
        alike = [case for case in cases if case.need.priority == priority]
        unserved = [case for case in alike if not is_served(draft, case)]
        best = _in_turn(draft, unserved)
        if _lack(best, unserved) > _NOTHING and not stop():
            fair, done = _fairly(draft, unserved, limits, effort.seed, stop)
            fair = _in_turn(fair, unserved)
            spent += done
            if _lack(fair, alike) < _lack(best, alike) - _NOTHING:
                best = fair
        draft.become(best)
    return spent


def _lack(draft: Draft, cases: Sequence[NeedCase]) -> float:
    """0 if all missions get all that they ask for."""
    return fairness_of(cases, draft.visits, draft.problem.rules).objective


def _in_turn(draft: Draft, cases: Sequence[NeedCase]) -> Draft:
    trial = draft.copy()
    for case in cases:
        serve(trial, case)
    return trial


def _fairly(
    draft: Draft, cases: Sequence[NeedCase], limits: Limits, seed: int, stop: Callable[[], bool]
) -> tuple[Draft, float]:
    trial, spent = draft.copy(), 0.0
    problem = tracking_problem(
        draft.problem, cases, draft.visits, lambda window, part: draft.room(window, within=part)
    )
    if any(request.opportunities for request in problem.requests):
        found = optimise(problem, limits, seed=seed, lanes=1, stop=stop)
        spent = found.progress.work
        for visit in visits_of(draft.problem, cases, found.tracks):
            trial.add(visit)
    return trial, spent
