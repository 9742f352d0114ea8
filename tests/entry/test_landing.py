"""From when on a capsule is called: by itself, and in a plan."""

from __future__ import annotations

import pytest

from groundsys.entry.landing import callable_from
from groundsys.geometry import Geometry
from groundsys.mission import load_scenario
from groundsys.planning.contact_graph.session_windows import session_windows
from groundsys.planning.plan import PlanningRules


def test_a_capsule_is_called_when_it_has_landed_and_settled() -> None:
    mission, _ = load_scenario("edl")
    craft = mission.spacecraft["capsule-1"]
    assert craft.entry is not None
    begin = callable_from(craft)
    assert begin is not None
    # seven minutes of fall and five to come to itself
    assert begin.seconds_since(craft.entry.interface.time) == pytest.approx(12 * 60, abs=60)
    assert callable_from(mission.spacecraft["cube-polar"]) is None


def test_no_session_is_planned_with_a_capsule_that_has_not_landed() -> None:
    mission, scenario = load_scenario("edl")
    geometry, rules = Geometry(mission), PlanningRules()
    for number in range(1, 5):
        craft = mission.spacecraft[f"capsule-{number}"]
        begin = callable_from(craft)
        assert begin is not None
        windows = session_windows(mission, scenario, geometry, craft.id, rules)
        starts = [scenario.span.start.plus_seconds(one.tracking.start) for one in windows]
        assert starts
        assert min(starts) >= begin
