"""The way from a situation to the next plan, bounded in work so that the clock hardly waits."""

from __future__ import annotations

from dataclasses import replace

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission, Scenario
from groundsys.planning import Plan, check_plan, plan_onward
from groundsys.planning.situation import PlanResult, Situation
from groundsys.values.errors import PlanError


def plan_again(
    mission: Mission, scenario: Scenario, geometry: Geometry, situation: Situation
) -> PlanResult:
    """The booked plan mended for the situation, and continued to the scenario's end."""
    booked = situation.booked or Plan(scenario.id, (), ())
    passes = [
        one
        for one in booked.passes
        if one.start <= situation.now
        or (
            one.id not in situation.lost
            and not any(
                out.antenna == one.antenna
                and one.start < out.interval.end
                and out.interval.start < one.end
                for out in situation.outages
            )
        )
    ]
    plan = replace(booked, passes=tuple(passes))
    open_end = scenario.quiet_from > scenario.span.end
    while open_end and all(one.end < scenario.span.end for one in plan.passes):
        day = plan_onward(mission, scenario, geometry, plan, situation.now)
        plan = Plan(
            plan.scenario,
            (*plan.passes, *day.passes),
            (*plan.relay_sessions, *day.relay_sessions),
        )
    return PlanResult(plan, (), (), 0.0, 0.0, 0.0)


def findings_of(
    plan: Plan, mission: Mission, scenario: Scenario, geometry: Geometry, situation: Situation
) -> list[str]:
    """What is wrong with a plan that somebody else has made."""
    try:
        return check_plan(plan, mission, scenario, geometry)
    except (PlanError, KeyError) as error:
        return [f"it names what is not there: {error}"]
