"""The plan rolls on: each day follows what is booked, and the whole holds together."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.planning import Plan, check_plan, plan_day, plan_onward
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

MISSION = load_mission()
SCENARIO = MISSION.scenarios["short"]


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


def onward(booked: Plan, now: Instant) -> Plan:
    return plan_onward(MISSION, SCENARIO, the_geometry(), booked, now)


def joined(*plans: Plan) -> Plan:
    return Plan(
        SCENARIO.id,
        tuple(one for plan in plans for one in plan.passes),
        tuple(one for plan in plans for one in plan.relay_sessions),
    )


@cache
def three_days() -> Plan:
    plan = plan_day(MISSION, SCENARIO, the_geometry())
    for _ in range(2):
        plan = joined(plan, onward(plan, SCENARIO.span.start))
    return plan


def test_days_planned_one_after_the_other_hold_as_a_whole() -> None:
    plan = three_days()
    whole = Interval(SCENARIO.span.start, SCENARIO.span.end.plus_seconds(3 * 86_400.0))
    scenario = replace(SCENARIO, span=whole, quiet_from=whole.end)
    assert check_plan(plan, MISSION, scenario, the_geometry()) == []
    assert plan.passes[-1].end.seconds_since(SCENARIO.span.end) > 1.5 * 86_400.0
    for cube in ("cube-polar", "cube-tharsis"):
        sessions = [one.start for one in plan.relay_sessions if one.spacecraft == cube]
        assert len(sessions) >= 8
        late = [start for start in sessions if start > SCENARIO.span.end.plus_seconds(86_400.0)]
        assert late


def test_ids_go_on() -> None:
    plan = three_days()
    for entries in (plan.passes, plan.relay_sessions):
        numbers = [int(one.id.rpartition("-")[2]) for one in entries]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [one.start for one in entries] == sorted(one.start for one in entries)


def test_what_was_planned_stays_and_the_same_comes_again() -> None:
    first = plan_day(MISSION, SCENARIO, the_geometry())
    assert onward(first, SCENARIO.span.start) == onward(first, SCENARIO.span.start)
    assert three_days().passes[: len(first.passes)] == first.passes


def test_after_a_long_silence_nothing_begins_in_the_past() -> None:
    first = plan_day(MISSION, SCENARIO, the_geometry())
    now = SCENARIO.span.end.plus_seconds(5 * 86_400.0)
    later = onward(first, now)
    assert min(one.start for one in later.passes) > now
    assert min(one.start for one in later.relay_sessions) > now


def test_without_any_view_it_says_so() -> None:
    first = plan_day(MISSION, SCENARIO, the_geometry())
    antenna = replace(MISSION.antennas["dss-25"], elevation_mask_deg=89.0)
    mission = replace(MISSION, antennas={"dss-25": antenna})
    scenario = replace(SCENARIO, antennas=("dss-25",))
    with pytest.raises(PlanError, match="no antenna sees otv"):
        plan_onward(mission, scenario, Geometry(mission), first, SCENARIO.span.start)
