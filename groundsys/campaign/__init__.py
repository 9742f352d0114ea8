"""Many rehearsals at once: scenarios × seeds × faults, each judged by what it was to show."""

from __future__ import annotations

from groundsys.campaign.definition import Campaign, Case, FaultSet, cases_of, read_campaign
from groundsys.campaign.judging import Outcome, judge_case

__all__ = [
    "Campaign",
    "Case",
    "FaultSet",
    "Outcome",
    "cases_of",
    "judge_case",
    "read_campaign",
]
