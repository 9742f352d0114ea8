"""A day's plan in one call: greedy, conflict-free, the same for the same data."""

from __future__ import annotations

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.check import check_plan
from groundsys.planning.passes import choose_passes
from groundsys.planning.plan import Plan, PlannedPass, PlanningRules
from groundsys.planning.sessions import choose_relay_sessions
from groundsys.values.errors import PlanError

DEFAULT_RULES = PlanningRules()


def plan_day(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    rules: PlanningRules = DEFAULT_RULES,
) -> Plan:
    """Passes and relay sessions of the scenario; `PlanError` if none can be made that holds.

    Craft that speak to Earth themselves get passes, one after the other; the others are heard
    through their relay.
    """
    speakers = [
        craft_id for craft_id in scenario.spacecraft if mission.spacecraft[craft_id].relay is None
    ]
    if len(speakers) != 1:
        raise PlanError(
            "the planner serves one craft that speaks to Earth",
            expected="one craft without a relay",
            found=", ".join(speakers) or "none",
        )
    passes: tuple[PlannedPass, ...] = choose_passes(mission, scenario, geometry, speakers[0], rules)
    plan = Plan(
        scenario.id,
        passes,
        choose_relay_sessions(mission, scenario, geometry, passes, rules),
    )
    if findings := check_plan(plan, mission, scenario, geometry):
        raise PlanError("the plan does not hold", found="; ".join(findings))
    return plan
