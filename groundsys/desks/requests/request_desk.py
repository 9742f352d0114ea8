"""Requests from console, portal and command line: who asks, what for, and one function a verb.

Who asks is established from the request's token before any verb runs, and nothing else that a
request says counts for it.  Answers are plain maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker, actions_of, may_ask_for, permission
from groundsys.desks.requests.access_requests import AccessRequests
from groundsys.desks.requests.alarm_requests import AlarmRequests
from groundsys.desks.requests.board_requests import BoardRequests
from groundsys.desks.requests.clock_requests import ClockRequests
from groundsys.desks.requests.command_requests import CommandRequests
from groundsys.desks.requests.custody_requests import CustodyRequests
from groundsys.desks.requests.fault_requests import FaultRequests
from groundsys.desks.requests.handover_requests import HandoverRequests
from groundsys.desks.requests.payload_requests import PayloadRequests
from groundsys.desks.requests.people_requests import PeopleRequests, told_of
from groundsys.desks.requests.plan_requests import PlanRequests
from groundsys.desks.requests.portal_requests import PortalRequests
from groundsys.desks.requests.procedure_requests import ProcedureRequests
from groundsys.desks.requests.sealing_requests import SealingRequests
from groundsys.desks.requests.solution_requests import SolutionRequests
from groundsys.desks.requests.telemetry_requests import TelemetryRequests
from groundsys.desks.requests.upload_requests import UploadRequests
from groundsys.desks.requests.verbs import Answer, Request, Verb
from groundsys.desks.watching.live_picture import event_for_watchers
from groundsys.desks.watching.showing import whereabouts_shown
from groundsys.ports import ObjectStore
from groundsys.values.errors import GroundsysError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

EVENTS_SHOWN = 200


class RequestDesk:
    """Answers requests; a verb that it does not know is an error that names those it does."""

    def __init__(self, desks: Desks, objects: ObjectStore) -> None:
        self._desks = desks
        commands = CommandRequests(desks)
        self._verbs: dict[str, Verb] = {
            "status": Verb(Action.LOOK, self._status),
            "stop": Verb(Action.STOP, self._stop),
            **AccessRequests(desks).verbs,
            **AlarmRequests(desks).verbs,
            **ClockRequests(desks).verbs,
            **FaultRequests(desks).verbs,
            **commands.verbs,
            **HandoverRequests(desks).verbs,
            **BoardRequests(desks, commands.for_watchers).verbs,
            **PayloadRequests(desks, commands.for_watchers).verbs,
            **PortalRequests(desks).verbs,
            **desks.catalogue.verbs,
            **CustodyRequests(desks).verbs,
            **PlanRequests(desks).verbs,
            **PeopleRequests(desks.room, desks.gate).verbs,
            **ProcedureRequests(desks).verbs,
            **SealingRequests(desks.room, objects).verbs,
            **SolutionRequests(desks).verbs,
            **TelemetryRequests(desks).verbs,
            **UploadRequests(desks).verbs,
        }

    @property
    def actions(self) -> Mapping[str, Action]:
        """The action that each verb stands for."""
        return {name: verb.action for name, verb in self._verbs.items()}

    def answer(self, request: Request) -> Answer:
        """The answer to one request; raises our errors, which the bus carries as text."""
        name = str(request.get("verb", ""))
        admitted = self._desks.gate.admit(str(request.get("token", "")))
        if name not in self._verbs:
            raise GroundsysError(
                f"the desks know no request '{name}'", expected=", ".join(sorted(self._verbs))
            )
        verb = self._verbs[name]
        may_ask_for(admitted.asker, verb.action)
        asked = {key: value for key, value in request.items() if key not in ("verb", "token")}
        answer = verb.answer(asked, admitted.asker)
        return {**answer, "fresh_token": admitted.fresh_token} if admitted.fresh_token else answer

    def _status(self, _: Request, asker: Asker) -> Answer:
        everything = self._desks.live.everything()
        if permission(asker.role, Action.LOOK) == "own":
            return _own_part(everything, asker.customer)
        events = self._desks.room.store.watch.recent_events(EVENTS_SHOWN)
        where = whereabouts_shown(self._desks)
        craft = {id: {**one, **where[id]} for id, one in everything["fleet"]["craft"].items()}
        return {
            **everything,
            "fleet": {**everything["fleet"], "craft": craft},
            "events": [event_for_watchers(event) for event in events],
            "asker": {**told_of(asker), "may": actions_of(asker)},
        }

    def _stop(self, request: Request, asker: Asker) -> Answer:
        self._desks.stop_requested = True
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action="desks.stop",
            subject="desks",
            reason=str(request.get("reason") or ""),
        )
        self._desks.room.log("", "info", "desks", f"{asker.name} asks to stop")
        return {}


def _own_part(everything: Mapping[str, Any], customer: str) -> Answer:
    """Of the whole picture, what a customer may see: the clock and its own deliveries."""
    deliveries = everything["deliveries"]
    customers = deliveries["customers"]
    return {
        "clock": everything["clock"],
        "deliveries": {
            "customers": {key: value for key, value in customers.items() if key == customer},
            "recent": [one for one in deliveries["recent"] if one["customer"] == customer],
        },
    }
