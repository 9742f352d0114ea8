"""From view periods and overflights to a day's passes and relay sessions."""

from groundsys.planning.check import check_plan
from groundsys.planning.day import plan_day, plan_onward
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession, PlanningRules

__all__ = [
    "Plan",
    "PlannedPass",
    "PlannedRelaySession",
    "PlanningRules",
    "check_plan",
    "plan_day",
    "plan_onward",
]
