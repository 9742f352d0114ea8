"""Near the Sun antennas listen and do not transmit: in plans, for needs, and when orbits change."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from groundsys.geometry import Geometry
from groundsys.geometry.conjunction import transmission_intervals
from groundsys.mission import default_mission_db, load_mission
from groundsys.mission.as_flown import as_flown
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed, PlanningData
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan, check_plan, make_plan, replan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.values.instants import Instant, Interval, TransmitTime

#: the OTV leaves the 2° around the Sun in the evening of the first day
LEAVES = Instant.from_utc_iso("2032-01-18T18:11:00Z")


@cache
def flown() -> tuple[Mission, Scenario, Geometry]:
    mission = load_mission(default_mission_db())
    scenario = mission.scenarios["cruise-short"]
    mission = as_flown(mission, scenario)
    return mission, scenario, Geometry(mission)


def planned(*needs: ContactNeed) -> PlanResult:
    mission, scenario, geometry = flown()
    rules = {**scenario.planning.rules, "pass_minimum_s": 1800.0}
    scenario = replace(scenario, planning=PlanningData(rules, needs))
    return make_plan(mission, scenario, geometry, Situation(scenario.span.start), Effort(work=0.1))


def need(kind: str, start: Instant, hours: float) -> ContactNeed:
    window = Interval(start, start.plus_seconds(3600.0 * hours))
    return ContactNeed("it", "otv", kind, 5400.0, 1800.0, window=window)  # type: ignore[arg-type]


def in_the_zone(one: TransmitTime) -> bool:
    return one < LEAVES.plus_seconds(-60.0)


def test_the_craft_may_be_sent_to_once_it_has_left() -> None:
    _, scenario, geometry = flown()
    (later,) = transmission_intervals(geometry, "otv", scenario.span)
    assert abs(later.start.seconds_since(LEAVES)) < 120.0
    assert later.end == scenario.span.end


def test_a_pass_within_the_limit_is_for_listening() -> None:
    _, scenario, _ = flown()
    result = planned(need("track", scenario.span.start, 4.0))
    one = result.plan.passes[0]
    assert one.end < LEAVES
    assert one.serves == ("it",)
    assert one.uplink_from == one.uplink_until


def test_who_must_command_is_told_that_there_is_no_way() -> None:
    _, scenario, _ = flown()
    result = planned(need("command", scenario.span.start, 4.0))
    assert not any("it" in one.serves for one in result.plan.passes)
    assert [one.subject for one in result.shortfalls] == ["it"]


def test_a_plan_that_transmits_there_is_refused() -> None:
    mission, scenario, geometry = flown()
    plan = planned(need("track", scenario.span.start, 4.0)).plan
    first = plan.passes[0]
    until = TransmitTime(first.start.plus_seconds(600.0).tai_ns)
    spoilt = replace(plan, passes=(replace(first, uplink_until=until), *plan.passes[1:]))
    findings = check_plan(spoilt, mission, scenario, geometry, Situation(scenario.span.start))
    assert any("too near to the Sun" in one for one in findings)


def test_a_booked_uplink_that_an_orbit_brings_too_near_is_cut() -> None:
    mission, scenario, _ = flown()
    plan = Plan(scenario.id, planned(need("track", LEAVES, 12.0)).plan.passes, ())
    first = plan.passes[0]
    assert first.uplink_from < first.uplink_until
    # another limit has what another orbit has: the zone ends later
    far = replace(mission.spacecraft["otv"].conjunction, uplink_forbidden_below_deg=2.2)
    craft = replace(mission.spacecraft["otv"], conjunction=far)
    other = replace(mission, spacecraft={**mission.spacecraft, "otv": craft})
    situation = Situation(scenario.span.start, booked=plan)
    result = replan(other, scenario, Geometry(other), situation, Effort(work=0.1))
    again = next(one for one in result.plan.passes if one.id == first.id)
    assert (again.start, again.end) == (first.start, first.end)
    assert again.uplink_from == again.uplink_until
