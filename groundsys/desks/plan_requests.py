"""Requests about the plan: shown, made again, booked, and told of what changes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker
from groundsys.desks.plan_changes import version_for_watchers
from groundsys.desks.planning_desk import Outcome
from groundsys.desks.verbs import Answer, Request, Verb
from groundsys.planning.exchange import read_plan_json, write_plan_json
from groundsys.values.errors import PlanError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class PlanRequests:
    """Answers the verbs that begin with `plan_`; plans travel as their JSON document."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "plan_show": Verb(Action.WATCH, self._show),
            "plan_make": Verb(Action.CHANGE_PLAN, self._make),
            "plan_book": Verb(Action.CHANGE_PLAN, self._book),
            "plan_cancel": Verb(Action.CHANGE_PLAN, self._cancel),
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
                "outages": [
                    {
                        "antenna": one.antenna,
                        "start_ns": one.interval.start.tai_ns,
                        "end_ns": one.interval.end.tai_ns,
                    }
                    for one in known.outages
                ],
                "weather": [
                    {
                        "antenna": one.antenna,
                        "start_ns": one.interval.start.tai_ns,
                        "end_ns": one.interval.end.tai_ns,
                        "loss_db": one.loss_db,
                    }
                    for one in known.weather
                ],
                "needs": [need.id for need in known.needs],
                "lost": sorted(known.lost),
            },
        }

    def _make(self, request: Request, asker: Asker) -> Answer:
        reason = str(request.get("reason") or f"asked by {asker.name}")
        return self._outcome(self._desks.planning.plan_again(reason))

    def _book(self, request: Request, asker: Asker) -> Answer:
        plan = read_plan_json(json.dumps(request.get("plan")))
        reason = str(request.get("reason") or f"booked by {asker.name}")
        return self._outcome(self._desks.planning.book(plan, reason))

    def _cancel(self, request: Request, asker: Asker) -> Answer:
        content = {"pass_id": request.get("pass_id")}
        return self._tell("pass_lost", content, asker)

    def _notice(self, request: Request, asker: Asker) -> Answer:
        content = {key: value for key, value in request.items() if key not in ("kind", "reason")}
        return self._tell(str(request.get("kind", "")), content, asker)

    def _tell(self, kind: str, content: Mapping[str, Any], asker: Asker) -> Answer:
        planning = self._desks.planning
        planning.take_notice(kind, content, asker.name)
        return self._outcome(planning.plan_again(planning.due))

    def _outcome(self, outcome: Outcome) -> Answer:
        self._desks.live.publish(force=outcome.adopted)
        version = version_for_watchers(outcome.version)
        return {
            "adopted": outcome.adopted,
            "findings": list(outcome.findings),
            **{key: version[key] for key in ("version", "elapsed_s", "value", "bound", "changes")},
        }
