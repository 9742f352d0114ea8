"""Why a plan is as it is: of a pass, a relay session, an antenna, a need or a customer."""

from groundsys.planning.explanation.answers import Explanation, PlanInQuestion
from groundsys.planning.explanation.explain import explain

__all__ = ["Explanation", "PlanInQuestion", "explain"]
