"""A craft so near that it answers within a second, before its antenna has acquired it."""

from __future__ import annotations

from groundsys.geometry import Geometry
from groundsys.mission import load_scenario
from groundsys.planning import check_plan, make_plan
from groundsys.planning.situation import Effort, Situation


def test_it_is_called_once_what_it_then_plays_back_can_be_heard() -> None:
    mission, scenario = load_scenario("apophis-flyby")
    geometry = Geometry(mission)
    plan = make_plan(
        mission, scenario, geometry, Situation(scenario.span.start), Effort(work=0.01)
    ).plan
    assert len(plan.passes) >= 3
    for one in plan.passes:
        heard_s = one.uplink_from.seconds_since(one.start) + 2.0 * one.light_time_s
        assert one.light_time_s < 1.0
        assert mission.antennas[one.antenna].acquisition_s < heard_s < 90.0
    assert check_plan(plan, mission, scenario, geometry) == []
