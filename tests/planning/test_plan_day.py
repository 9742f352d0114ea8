"""Plans: what the quickstart's day looks like, and what the checker refuses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.planning import Plan, PlanningRules, check_plan, plan_day
from groundsys.values.errors import PlanError
from groundsys.values.instants import Interval
from tests.geometry.missions import MISSION as BY_HAND
from tests.geometry.missions import SCENARIO as HAND_DAY

MISSION = load_mission()
SCENARIO = MISSION.scenarios["quickstart"]


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


@cache
def the_plan() -> Plan:
    return plan_day(MISSION, SCENARIO, the_geometry())


def findings_of(plan: Plan) -> list[str]:
    return check_plan(plan, MISSION, SCENARIO, the_geometry())


def test_the_quickstart_has_its_passes_and_sessions() -> None:
    plan = the_plan()
    assert len(plan.passes) >= 5
    assert len(plan.relay_sessions) >= 7
    assert {one.spacecraft for one in plan.relay_sessions} == {"cube-polar", "cube-tharsis"}
    assert "usuda-64" in {one.antenna for one in plan.passes}
    assert "misasa-54" in {one.antenna for one in plan.passes}
    agencies = {MISSION.antennas[one.antenna].agency for one in plan.passes}
    assert agencies == {"JAXA", "NASA/JPL", "ESA"}
    assert findings_of(plan) == []


def test_what_closes_before_the_cut_off_still_comes_home() -> None:
    plan = the_plan()
    for cube in ("cube-polar", "cube-tharsis"):
        last = max(one.start for one in plan.relay_sessions if one.spacecraft == cube)
        assert last > SCENARIO.cut_off
    assert SCENARIO.span.end.seconds_since(plan.passes[-1].end) < 900.0
    assert plan.passes[-1].uplink_from > max(one.end for one in plan.relay_sessions)


def test_planning_twice_gives_the_same() -> None:
    assert plan_day(MISSION, SCENARIO, Geometry(MISSION)) == the_plan()


def test_a_mission_made_by_hand_is_planned_too() -> None:
    plan = plan_day(BY_HAND, HAND_DAY, Geometry(BY_HAND))
    assert plan.passes
    assert plan.relay_sessions
    assert max(one.end.seconds_since(one.start) for one in plan.passes) <= 9000.0


def test_shorter_passes_can_be_asked_for() -> None:
    rules = PlanningRules(pass_minimum_s=1800.0, pass_maximum_s=4500.0)
    plan = plan_day(MISSION, SCENARIO, the_geometry(), rules)
    assert len(plan.passes) > len(the_plan().passes)


def test_no_view_period_is_an_error() -> None:
    scenario = replace(
        SCENARIO,
        antennas=("usuda-64",),
        span=Interval(SCENARIO.span.start, SCENARIO.span.start.plus_seconds(3600.0)),
    )
    with pytest.raises(PlanError, match="no antenna sees otv"):
        plan_day(MISSION, scenario, the_geometry())


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"end": 7200.0}, "does not see"),
        ({"start": -7200.0}, "outside the scenario"),
        ({"uplink_until": 1000.0}, "comes after the pass"),
        ({"uplink_until": -36000.0}, "uplink outside"),
        ({"end": -36000.0}, "ends before it starts"),
    ],
)
def test_the_checker_refuses_a_bad_pass(change: dict[str, float], finding: str) -> None:
    plan = the_plan()
    first = plan.passes[0]
    moved = {name: getattr(first, name).plus_seconds(s) for name, s in change.items()}
    bad = replace(plan, passes=(replace(first, **moved), *plan.passes[1:]))
    assert any(finding in line for line in findings_of(bad))


def test_the_checker_refuses_two_antennas_at_once_and_an_unconfigured_one() -> None:
    plan = the_plan()
    again = replace(plan.passes[0], id="pass-99")
    findings = findings_of(replace(plan, passes=(*plan.passes, again)))
    assert "pass-01, pass-99: two antennas on otv at once" in findings
    assert "pass-01, pass-99: no time to configure malargue-35" in findings


def test_the_checker_refuses_bad_sessions() -> None:
    plan = the_plan()
    one = plan.relay_sessions[0]
    for change, finding in (
        ({"end": one.end.plus_seconds(1200.0)}, "lasts"),
        ({"start": one.start.plus_seconds(5400.0), "end": one.end.plus_seconds(5400.0)},
         "is not above"),
        ({"start": SCENARIO.span.end.plus_seconds(-900.0), "end": SCENARIO.span.end},
         "outside the scenario's active part"),
    ):  # fmt: skip
        bad = replace(plan, relay_sessions=(replace(one, **change),))
        assert any(finding in line for line in findings_of(bad)), finding


def test_the_checker_wants_sessions_apart_loaded_and_drained() -> None:
    plan = the_plan()
    one = plan.relay_sessions[0]
    twice = replace(plan, relay_sessions=(one, replace(one, id="relay-99")))
    assert "relay-01, relay-99: two sessions on otv at once" in findings_of(twice)
    unloaded = replace(plan, passes=plan.passes[1:])
    assert "relay-01: no earlier uplink can load it" in findings_of(unloaded)
    undrained = replace(plan, passes=plan.passes[:1])
    assert any("no later pass brings its data home" in line for line in findings_of(undrained))
