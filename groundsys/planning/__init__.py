"""From view periods, overflights, data and needs to passes and relay sessions.

plan, situation, rules   the values: what a plan is, what it is made from
contact_graph            what could be, and how data move over it
choosing                 what is chosen of it
mission_plan             making a plan and mending one: the door
checking                 whether a plan holds, whoever made it
versions                 plans kept, summed up, compared
explanation, gantt       plans for people
exchange                 plans for others
routing                  arrivals over contacts (SABR)
tracks, optimiser        requests for antenna time, shared out fairly among missions; needs are
                         such requests (contact_graph.requests, choosing.seating)
"""

from groundsys.planning.checking.plans import check_plan
from groundsys.planning.contact_graph.outlook import predict_homecomings
from groundsys.planning.mission_plan import make_plan, replan
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.planning.rules import rules_of
from groundsys.planning.versions.changes import PlanDiff, diff_plans

__all__ = [
    "Plan",
    "PlanDiff",
    "PlannedPass",
    "PlannedRelaySession",
    "PlanningRules",
    "check_plan",
    "diff_plans",
    "make_plan",
    "predict_homecomings",
    "replan",
    "rules_of",
]
