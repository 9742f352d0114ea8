"""From view periods, overflights, data and needs to passes and relay sessions."""

from groundsys.planning.changes import PlanDiff, diff_plans
from groundsys.planning.check import check_plan
from groundsys.planning.day import plan_day
from groundsys.planning.mission_plan import make_plan, replan
from groundsys.planning.outlook import predict_homecomings
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.planning.rules import rules_of

__all__ = [
    "Plan",
    "PlanDiff",
    "PlannedPass",
    "PlannedRelaySession",
    "PlanningRules",
    "check_plan",
    "diff_plans",
    "make_plan",
    "plan_day",
    "predict_homecomings",
    "replan",
    "rules_of",
]
