"""A booked pass at another time: the plan with it, judged as any other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.checking.plans import check_plan
from groundsys.planning.choosing.bound import bound_of
from groundsys.planning.choosing.keeping import keep
from groundsys.planning.choosing.realise import realise_visit
from groundsys.planning.choosing.shortfalls import shortfalls_of
from groundsys.planning.choosing.worth import value_of
from groundsys.planning.contact_graph.contacts import ContactProblem, PassWindow, Visit
from groundsys.planning.contact_graph.outlook import predict_homecomings, visit_of
from groundsys.planning.contact_graph.problem import contact_problem
from groundsys.planning.plan import Plan, PlannedPass
from groundsys.planning.situation import PlanResult, Situation
from groundsys.planning.tracks import Span
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant


def shift_pass(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation,
    pass_id: str,
    start: Instant,
    antenna: str | None = None,
) -> PlanResult:
    """The booked plan with one pass begun at `start`, as long as before; nothing else moves.

    With `antenna`, at another one.  `PlanError` says what does not hold of it.
    """
    began = time.monotonic()
    booked = situation.booked or Plan(scenario.id, (), ())
    old = next((one for one in booked.passes if one.id == pass_id), None)
    if old is None or old.start <= situation.now:
        raise PlanError(
            f"no pass '{pass_id}' is booked ahead",
            expected=", ".join(one.id for one in booked.passes if one.start > situation.now),
        )
    problem = contact_problem(mission, scenario, geometry, situation)
    visit = _visit(problem, old, start, antenna or old.antenna)
    others = [
        visit_of(one, mission, problem.epoch)
        for one in booked.passes
        if one.spacecraft == old.spacecraft and one.id != old.id
    ]
    shifted, serves = realise_visit(problem, geometry, visit, others)
    plan = _with(booked, shifted, serves)
    if findings := check_plan(plan, mission, scenario, geometry, situation):
        raise PlanError(
            f"{pass_id} cannot be then",
            expected="a time at which the whole plan holds",
            found="; ".join(findings[:5]),
            remedy="choose another time or antenna, or cancel what is in the way first",
        )
    aimed = replace(situation, booked=plan)
    draft = keep(problem, mission, aimed, int(scenario.span.seconds) + 1).draft
    homecomings = predict_homecomings(plan, mission, scenario, geometry, aimed)
    value = value_of(draft)
    flown = [one for one in plan.passes if one.id not in situation.lost]
    return PlanResult(
        plan,
        homecomings,
        shortfalls_of(draft, flown, homecomings, mission, scenario),
        value,
        max(bound_of(problem, quick=True), value),
        time.monotonic() - began,
    )


def _visit(problem: ContactProblem, old: PlannedPass, start: Instant, antenna: str) -> Visit:
    """The pass as a choice in the window, open at the time, in which it brings most."""
    first = round(start.seconds_since(problem.epoch))
    tracking = Span(first, first + round(old.end.seconds_since(old.start)))
    windows = [one for one in problem.passes[old.spacecraft] if one.antenna == antenna]
    fitting = [
        Visit(one, tracking, old.id)
        for one in windows
        if one.tracking.start <= tracking.start and tracking.end <= one.tracking.end
    ]
    if not fitting:
        raise PlanError(
            f"{antenna} does not see {old.spacecraft} all that time with a link that closes",
            expected=_nearest(problem, windows, tracking),
            found=_stretch(problem, tracking),
            remedy="choose a time within it, or another antenna",
        )
    return max(fitting, key=lambda one: one.bits)


def _nearest(problem: ContactProblem, windows: list[PassWindow], tracking: Span) -> str:
    if not windows:
        return "an antenna of the scenario that sees it at all"
    near = min(
        windows,
        key=lambda one: (
            max(one.tracking.start - tracking.start, tracking.end - one.tracking.end),
            -one.rate_bps,
        ),
    )
    return _stretch(problem, near.tracking)


def _stretch(problem: ContactProblem, span: Span) -> str:
    start, end = (problem.epoch.plus_seconds(second) for second in (span.start, span.end))
    return f"{start.utc_iso(0)} to {end.utc_iso(0)}"


def _with(booked: Plan, shifted: PlannedPass, serves: Mapping[str, tuple[str, ...]]) -> Plan:
    passes = [
        replace(one, serves=serves.get(one.id, ())) if one.spacecraft == shifted.spacecraft else one
        for one in booked.passes
        if one.id != shifted.id
    ]
    ordered = sorted([*passes, shifted], key=lambda one: (one.start, one.id))
    return replace(booked, passes=tuple(ordered))
