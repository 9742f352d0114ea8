"""Requests about the plan: shown, made again, booked, and told of what changes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker
from groundsys.desks.planning.plan_changes import obstacles_for_watchers, version_for_watchers
from groundsys.desks.planning.plan_proposals import proposal_for_watchers
from groundsys.desks.planning.planning_desk import Outcome
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.passes.notices import describe_notice
from groundsys.planning.exchange import read_plan_json, write_plan_json
from groundsys.store.rows import to_json
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class PlanRequests:
    """Answers the verbs that begin with `plan_`, and `contact_show`; plans travel as JSON."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "plan_show": Verb(Action.WATCH, self._show),
            "contact_show": Verb(Action.WATCH, self._contact),
            "plan_make": Verb(Action.CHANGE_PLAN, self._make),
            "plan_book": Verb(Action.CHANGE_PLAN, self._book),
            "plan_cancel": Verb(Action.CHANGE_PLAN, self._cancel),
            "plan_propose": Verb(Action.CHANGE_PLAN, self._propose),
            "plan_confirm": Verb(Action.CHANGE_PLAN, self._confirm),
            "plan_notice": Verb(Action.TELL_NOTICE, self._notice),
        }

    def _show(self, request: Request, _: Asker) -> Answer:
        planning, plans = self._desks.planning, self._desks.room.store.plans
        number = request.get("version")
        shown = planning.version if number is None else plans.get(int(number))
        versions = plans.all()
        if shown is None:
            raise PlanError(
                f"no version {number} of the plan was ever flown",
                expected=f"1 to {versions[-1].version}",
            )
        known = planning.known
        return {
            "version": shown.version,
            "plan": json.loads(write_plan_json(shown.plan)),
            "versions": [version_for_watchers(one) for one in versions],
            "homecomings": [
                {
                    "customer": one.customer,
                    "spacecraft": one.spacecraft,
                    "payload": one.payload,
                    "measured_from_ns": one.measured.start.tai_ns,
                    "measured_until_ns": one.measured.end.tai_ns,
                    "bits": one.bits,
                    "home_at_ns": None if one.home_at is None else one.home_at.tai_ns,
                    "by_95_ns": None if one.by_95 is None else one.by_95.tai_ns,
                }
                for one in shown.homecomings
            ],
            "situation": {
                **obstacles_for_watchers(known),
                "needs": [need.id for need in known.needs],
                "lost": sorted(known.lost),
            },
        }

    def _contact(self, request: Request, _: Asker) -> Answer:
        return self._desks.pass_watch.show(text_of(request, "contact"))

    def _make(self, request: Request, asker: Asker) -> Answer:
        reason = str(request.get("reason") or f"asked by {asker.name}")
        outcome = self._desks.planning.plan_again(reason)
        self._audit_version(request, asker, "plan.make", outcome)
        return self._outcome(outcome)

    def _book(self, request: Request, asker: Asker) -> Answer:
        plan = read_plan_json(json.dumps(request.get("plan")))
        reason = str(request.get("reason") or f"booked by {asker.name}")
        outcome = self._desks.planning.book(plan, reason)
        self._audit_version(request, asker, "plan.book", outcome)
        return self._outcome(outcome)

    def _cancel(self, request: Request, asker: Asker) -> Answer:
        content = {"pass_id": request.get("pass_id")}
        return self._tell("plan.cancel", "pass_lost", content, request, asker)

    def _propose(self, request: Request, asker: Asker) -> Answer:
        """What a change would do; nothing is booked before it is confirmed."""
        proposals = self._desks.proposals
        reason = str(request.get("reason") or f"asked by {asker.name}")
        match request.get("change"):
            case "make":
                proposal = proposals.make_again(reason)
            case "cancel":
                proposal = proposals.cancel(text_of(request, "pass_id"), reason)
            case "shift":
                start, antenna = _instant_of(request, "start_ns"), request.get("antenna")
                pass_id = text_of(request, "pass_id")
                proposal = proposals.shift(pass_id, start, antenna and str(antenna), reason)
            case "book":
                need = request.get("need")
                proposal = proposals.book(need if isinstance(need, Mapping) else {}, reason)
            case other:
                raise PlanError(
                    f"nobody knows how to propose '{other}'",
                    expected="make, cancel, shift or book",
                )
        return proposal_for_watchers(proposal)

    def _confirm(self, request: Request, asker: Asker) -> Answer:
        token = text_of(request, "proposal")
        with self._desks.room.store.writing():
            proposal, outcome = self._desks.proposals.confirm(token, asker.name)
            detail = {"version": outcome.version.version, "told": proposal.reason}
            self._audit(request, asker, proposal.action, proposal.subject, detail)
        return self._outcome(outcome)

    def _notice(self, request: Request, asker: Asker) -> Answer:
        content = {key: value for key, value in request.items() if key not in ("kind", "reason")}
        return self._tell("plan.notice", str(request.get("kind", "")), content, request, asker)

    def _tell(
        self, action: str, kind: str, content: Mapping[str, Any], request: Request, asker: Asker
    ) -> Answer:
        planning = self._desks.planning
        notice = planning.take_notice(kind, content, asker.name)
        about = (notice.content.get(key) for key in ("pass_id", "antenna", "spacecraft"))
        subject = next((str(name) for name in about if name), kind)
        told = describe_notice(kind, notice.content)
        digest = hashlib.sha256(to_json(notice.content).encode()).hexdigest()
        self._audit(request, asker, action, subject, {"told": told, "content_sha256": digest})
        return self._outcome(planning.plan_again(planning.due))

    def _audit_version(self, request: Request, asker: Asker, action: str, outcome: Outcome) -> None:
        detail = {"adopted": outcome.adopted, "findings": list(outcome.findings)}
        self._audit(request, asker, action, f"plan-{outcome.version.version}", detail)

    def _audit(
        self,
        request: Request,
        asker: Asker,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
    ) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=action,
            subject=subject,
            reason=str(request.get("reason") or ""),
            detail=detail,
        )

    def _outcome(self, outcome: Outcome) -> Answer:
        self._desks.live.publish(force=outcome.adopted)
        version = version_for_watchers(outcome.version)
        return {
            "adopted": outcome.adopted,
            "findings": list(outcome.findings),
            **{key: version[key] for key in ("version", "elapsed_s", "value", "bound", "changes")},
        }


def _instant_of(request: Request, key: str) -> Instant:
    value = request.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlanError(f"a request needs '{key}'", expected="TAI nanoseconds", found=repr(value))
    return Instant(value)
