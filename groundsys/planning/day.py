"""A scenario's plan with little effort."""

from __future__ import annotations

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.mission_plan import make_plan
from groundsys.planning.plan import Plan
from groundsys.planning.situation import Effort, Situation


def plan_day(mission: Mission, scenario: Scenario, geometry: Geometry) -> Plan:
    """The scenario's plan, always the same; `PlanError` if none can be made that holds."""
    situation = Situation(scenario.span.start)
    return make_plan(mission, scenario, geometry, situation, Effort(work=0.5)).plan
