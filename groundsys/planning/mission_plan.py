"""Making a plan for a mission, and mending one that is booked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.checking.plans import check_plan
from groundsys.planning.choosing.bound import bound_of
from groundsys.planning.choosing.data_passes import NEVER_S, SOON_S
from groundsys.planning.choosing.displacing import make_room
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.greedy import fill
from groundsys.planning.choosing.improve import improve
from groundsys.planning.choosing.keeping import Kept, keep
from groundsys.planning.choosing.realise import realise
from groundsys.planning.choosing.seating import WORK, WORK_TO_MEND, seat
from groundsys.planning.choosing.settling import settle
from groundsys.planning.choosing.shortfalls import shortfalls_of
from groundsys.planning.choosing.where import around
from groundsys.planning.choosing.worth import value_of
from groundsys.planning.contact_graph.contacts import ContactProblem
from groundsys.planning.contact_graph.outlook import predict_homecomings
from groundsys.planning.contact_graph.problem import contact_problem
from groundsys.planning.plan import Plan
from groundsys.planning.situation import Effort, PlanResult, Progress, Situation
from groundsys.values.errors import PlanError

OnProgress = Callable[[Progress], None]

#: a plan is mended so far around what was disturbed
_AROUND_S = 86_400


def make_plan(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation,
    effort: Effort,
    *,
    on_progress: OnProgress | None = None,
    stop: Callable[[], bool] | None = None,
) -> PlanResult:
    """The best plan of the scenario's span that the effort finds; checked, else `PlanError`.

    With a booked plan, what is frozen of it stays and everything later is planned anew.  `stop`
    is asked now and then; once it says yes, the best plan so far is returned.
    """
    started = time.monotonic()
    problem = contact_problem(mission, scenario, geometry, situation)
    frozen = situation.now.seconds_since(problem.epoch) + problem.rules.booking_horizon_s
    kept = keep(problem, mission, situation, int(frozen))
    stop = stop or (lambda: False)
    spent = seat(kept.draft, effort, WORK, stop)
    if effort.work is not None:
        effort = replace(effort, work=effort.work - spent)
    draft, soon_s = _first(kept.draft)
    kept = replace(kept, draft=draft)
    tell = _Teller(started, bound_of(problem), on_progress)
    tell(value_of(draft), "first plan")
    free_from = _first_free(problem, situation)
    improve(draft, effort, started, stop, tell, free_from, soon_s)
    settle(draft)
    return _result(kept, mission, scenario, geometry, situation, tell)


def replan(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation,
    effort: Effort,
    *,
    on_progress: OnProgress | None = None,
) -> PlanResult:
    """The booked plan, changed as little as what is known now demands; checked, else `PlanError`.

    What still holds stays as it is; what nearly holds is trimmed, or moved if it is not frozen; a
    new need that finds no room displaces what is worth less; around what was lost, and after the
    last booked pass, is added what gains.
    """
    started = time.monotonic()
    if situation.booked is None:
        raise PlanError(
            "there is no booked plan to change",
            expected="Situation.booked",
            found="None",
            remedy="make a plan first",
        )
    problem = contact_problem(mission, scenario, geometry, situation)
    kept = keep(problem, mission, situation, int(scenario.span.seconds) + 1)
    reach = max((one.tracking.end for one in kept.draft.all_visits), default=0)
    seat(kept.draft, effort, WORK_TO_MEND)
    draft, yielded = make_room(kept.draft, _first_free(problem, situation))
    kept = replace(kept, draft=draft)
    fill(draft, around((*kept.disturbed, *yielded), _AROUND_S, reach))
    settle(draft)
    tell = _Teller(started, bound_of(problem, quick=True), on_progress)
    return _result(kept, mission, scenario, geometry, situation, tell)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells of progress."""

    started: float
    bound: float
    on_progress: OnProgress | None

    def __call__(self, value: float, what: str) -> None:
        if self.on_progress is not None:
            self.on_progress(Progress(self.elapsed_s, value, self.bound, what))

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.started


def _first(kept: Draft) -> tuple[Draft, float]:
    """The better of the first plans for plenty and for scarcity, and which it is."""
    ways = (SOON_S,) if len(kept.problem.networks) == 1 else (SOON_S, NEVER_S)
    drafts = []
    for soon_s in ways:
        draft = kept.copy()
        fill(draft, soon_s=soon_s)
        drafts.append((draft, soon_s))
    return max(drafts, key=lambda each: value_of(each[0]))


def _first_free(problem: ContactProblem, situation: Situation) -> int:
    """The first second that is not frozen."""
    if situation.booked is None:
        return problem.span.start
    now_s = situation.now.seconds_since(problem.epoch)
    return int(now_s + problem.rules.booking_horizon_s)


def _result(
    kept: Kept,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation,
    tell: _Teller,
) -> PlanResult:
    plan = _finished(kept.draft, kept, geometry, scenario, situation)
    if findings := check_plan(plan, mission, scenario, geometry, situation):
        raise PlanError(
            "the plan does not hold",
            found="; ".join(findings[:5]),
            remedy="report this: the planner made a plan that its checker refuses",
        )
    value = value_of(kept.draft)
    homecomings = predict_homecomings(plan, mission, scenario, geometry, situation)
    flown = [one for one in plan.passes if one.id not in situation.lost]
    tell(value, "checked plan")
    return PlanResult(
        plan,
        homecomings,
        shortfalls_of(kept.draft, flown, homecomings, mission, scenario),
        value,
        max(tell.bound, value),
        tell.elapsed_s,
    )


def _finished(
    draft: Draft, kept: Kept, geometry: Geometry, scenario: Scenario, situation: Situation
) -> Plan:
    plan = realise(draft, geometry, scenario, situation.booked)
    if not kept.failed:
        return plan
    failed = [replace(one, serves=()) for one in kept.failed]
    passes = sorted((*plan.passes, *failed), key=lambda one: (one.start, one.id))
    return replace(plan, passes=tuple(passes))
