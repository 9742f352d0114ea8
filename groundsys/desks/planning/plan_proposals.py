"""Changes of the plan that are shown before they are made: proposed, then confirmed as shown.

A proposal is a whole plan, made and checked, with what it changes and for whom.  Nothing is booked
and nothing is kept of it until somebody confirms it; then exactly that plan is flown.  If anything
has happened meanwhile that would make it another change than the one that was shown, it is refused.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.planning.plan_changes import Comparison
from groundsys.desks.planning.planning_desk import EFFORT, Outcome, PlanningDesk
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.passes.notices import describe_notice
from groundsys.planning import replan
from groundsys.planning.shifting import shift_pass
from groundsys.planning.situation import PlanResult, Situation
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant

#: proposals that nobody has confirmed are forgotten, the oldest first
_KEPT = 16

Notice = tuple[str, Mapping[str, Any]]
Planner = Callable[[Scenario, Situation], PlanResult]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the plan as it was shown."""

    token: str
    #: `plan.make`, `plan.cancel`, `plan.shift` or `plan.book`, and of what
    action: str
    subject: str
    reason: str
    #: the plan's version and the notices that it rests on
    version: int
    notices: int
    #: what planning is told if it is confirmed
    notice: Notice | None
    result: PlanResult
    until: Instant
    comparison: Comparison


class PlanProposals:
    """Makes proposals, and has them flown; those of before a restart are gone."""

    def __init__(self, room: ControlRoom, planning: PlanningDesk) -> None:
        self._room = room
        self._planning = planning
        self._proposals: dict[str, Proposal] = {}

    def make_again(self, reason: str) -> Proposal:
        """The plan, made again for what is known now; `PlanError` if none holds."""
        return self._propose("plan.make", "plan", reason, None, self._replanned)

    def cancel(self, pass_id: str, reason: str) -> Proposal:
        """The plan without a booked pass, mended around it."""
        notice = ("pass_lost", self._planning.read_notice("pass_lost", {"pass_id": pass_id}))
        return self._propose("plan.cancel", pass_id, reason, notice, self._replanned)

    def book(self, need: Mapping[str, Any], reason: str) -> Proposal:
        """The plan with another need of contact; `PlanError` if it finds no room for it."""
        notice = ("need", self._planning.read_notice("need", {"need": dict(need)}))
        id = str(need["id"])

        def planned(scenario: Scenario, situation: Situation) -> PlanResult:
            result = self._replanned(scenario, situation)
            if not any(id in one.serves for one in result.plan.passes):
                short = [one.reason for one in result.shortfalls if one.subject.startswith(id)]
                raise PlanError(
                    f"there is no room for {id}",
                    expected="an antenna that is free and sees the craft then",
                    found="; ".join(short) or "no pass serves it",
                    remedy="ask for another time, another antenna or less of it",
                )
            return result

        return self._propose("plan.book", id, reason, notice, planned)

    def shift(self, pass_id: str, start: Instant, antenna: str | None, reason: str) -> Proposal:
        """The plan with a booked pass at another time, and all else as it is."""
        room = self._room

        def planned(scenario: Scenario, situation: Situation) -> PlanResult:
            where = (room.mission, scenario, room.geometry, situation)
            return shift_pass(*where, pass_id, start, antenna)

        return self._propose("plan.shift", pass_id, reason, None, planned)

    def confirm(self, token: str, source: str) -> tuple[Proposal, Outcome]:
        """Have a proposal flown; `PlanError` if it would not change now what it showed."""
        proposal = self._proposals.get(token)
        if proposal is None:
            raise PlanError(
                "nobody knows this proposal any more",
                remedy="propose the change again",
            )
        planning = self._planning
        if self._has_changed(proposal):
            del self._proposals[token]
            raise PlanError(
                "the plan has changed since this was shown",
                expected=f"version {proposal.version} of the plan, and all as it was then",
                found=planning.due or f"version {planning.version.version} of the plan",
                remedy="propose the change again, and look at what it does now",
            )
        self._proposals.clear()
        started = time.monotonic() - proposal.result.elapsed_s
        with self._room.store.writing():
            if proposal.notice is not None:
                planning.keep_notice(*proposal.notice, source)
            outcome = planning.adopt(proposal.result, proposal.reason, proposal.until, started)
        return proposal, outcome

    def _has_changed(self, proposal: Proposal) -> bool:
        planning = self._planning
        if (proposal.version, proposal.notices) != (planning.version.version, planning.told):
            return True
        return bool(planning.due) or self._comparison(proposal) != proposal.comparison.contacts

    def _comparison(self, proposal: Proposal) -> list[dict[str, Any]]:
        situation = self._planning.situation(proposal.notice)
        return self._planning.compare(proposal.result, situation.outages).contacts

    def _replanned(self, scenario: Scenario, situation: Situation) -> PlanResult:
        room = self._room
        return replan(room.mission, scenario, room.geometry, situation, EFFORT)

    def _propose(
        self, action: str, subject: str, reason: str, notice: Notice | None, planner: Planner
    ) -> Proposal:
        planning = self._planning
        if planning.due:
            raise PlanError(
                "the plan is about to be made again",
                found=planning.due,
                remedy="propose the change again in a moment",
            )
        scenario, situation = planning.scenario_ahead(), planning.situation(notice)
        result = planner(scenario, situation)
        told = describe_notice(*notice) if notice is not None else ""
        proposal = Proposal(
            token=secrets.token_hex(8),
            action=action,
            subject=subject,
            reason="; ".join(part for part in (told, reason) if part),
            version=planning.version.version,
            notices=planning.told,
            notice=notice,
            result=result,
            until=scenario.span.end,
            comparison=planning.compare(result, situation.outages),
        )
        self._proposals[proposal.token] = proposal
        while len(self._proposals) > _KEPT:
            del self._proposals[next(iter(self._proposals))]
        return proposal


def proposal_for_watchers(one: Proposal) -> dict[str, Any]:
    """A proposal as it is shown: what it changes, where and when, and who is affected."""
    contacts = one.comparison.contacts
    return {
        "proposal": one.token,
        "action": one.action,
        "subject": one.subject,
        "reason": one.reason,
        "version": one.version,
        "elapsed_s": round(one.result.elapsed_s, 3),
        "contacts": contacts,
        "changes": one.comparison.described,
        "craft": sorted({str(contact["spacecraft"]) for contact in contacts}),
    }
