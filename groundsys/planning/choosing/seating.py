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

#: CP-SAT's deterministic seconds for a priority's requests: in a new plan, in one that is mended
WORK, WORK_TO_MEND = 2.0, 0.2
#: a difference of fairness that is none
_NOTHING = 1e-9


def seat(draft: Draft, work: float, seed: int, stop: Callable[[], bool] = lambda: False) -> None:
    """Add passes for every need that nothing serves yet, as far as there is room.

    `work` limits the optimiser for each priority; with a seed, the outcome is the same to the bit.
    """
    cases = by_priority(draft)
    for priority in sorted({case.need.priority for case in cases}, reverse=True):
        alike = [case for case in cases if case.need.priority == priority]
        unserved = [case for case in alike if not is_served(draft, case)]
        in_turn = _in_turn(draft, unserved)
        best, lack = in_turn, _lack(in_turn, alike)
        if _lack(in_turn, unserved) > _NOTHING and not stop():
            fair = _in_turn(_fairly(draft, unserved, work, seed, stop), unserved)
            if _lack(fair, alike) < lack - _NOTHING:
                best = fair
        draft.become(best)


def _lack(draft: Draft, cases: Sequence[NeedCase]) -> float:
    """0 if all missions get all that they ask for."""
    return fairness_of(cases, draft.visits, draft.problem.rules).objective


def _in_turn(draft: Draft, cases: Sequence[NeedCase]) -> Draft:
    trial = draft.copy()
    for case in cases:
        serve(trial, case)
    return trial


def _fairly(
    draft: Draft, cases: Sequence[NeedCase], work: float, seed: int, stop: Callable[[], bool]
) -> Draft:
    trial = draft.copy()
    problem = tracking_problem(
        draft.problem, cases, draft.visits, lambda window, part: draft.room(window, within=part)
    )
    if any(request.opportunities for request in problem.requests):
        found = optimise(problem, Limits(work=work), seed=seed, lanes=1, stop=stop)
        for visit in visits_of(draft.problem, cases, found.tracks):
            trial.add(visit)
    return trial
