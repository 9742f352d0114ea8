"""Requests from console, portal and command line: who asks, what for, and one function a verb.

Who asks is established from the request's token before any verb runs, and nothing else that a
request says counts for it.  Answers are plain maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import (
    Action,
    Asker,
    check_approval,
    may,
    may_ask_for,
    needs_two_people,
    permission,
)
from groundsys.ccsds.fields import raw_from_engineering
from groundsys.desks.drafting import check_draft
from groundsys.desks.live_picture import event_for_watchers
from groundsys.desks.people_requests import PeopleRequests
from groundsys.desks.plan_requests import PlanRequests
from groundsys.desks.verbs import Answer, Request, Verb, text_of
from groundsys.mission.model import CommandDefinition, Spacecraft
from groundsys.store import AccessRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, CommandRefusedError, GroundsysError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

EVENTS_SHOWN = 200


class RequestDesk:
    """Answers requests; a verb that it does not know is an error that names those it does."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._verbs: dict[str, Verb] = {
            "status": Verb(Action.LOOK, self._status),
            "acknowledge_alarm": Verb(Action.ACKNOWLEDGE_ALARM, self._acknowledge_alarm),
            "issue_command": Verb(Action.DRAFT_COMMAND, self._issue_command),
            "command_log": Verb(Action.WATCH, self._command_log),
            "customer_of_token": Verb(Action.SERVE_PRODUCTS, self._customer_of_token),
            "list_products": Verb(Action.SERVE_PRODUCTS, self._list_products),
            "record_access": Verb(Action.SERVE_PRODUCTS, self._record_access),
            "add_token": Verb(Action.MANAGE_TOKENS, self._add_token),
            "revoke_token": Verb(Action.MANAGE_TOKENS, self._revoke_token),
            "stop": Verb(Action.STOP, self._stop),
            **PlanRequests(desks).verbs,
            **PeopleRequests(desks.room, desks.gate).verbs,
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
        return {**everything, "events": [event_for_watchers(event) for event in events]}

    def _acknowledge_alarm(self, request: Request, asker: Asker) -> Answer:
        self._desks.alarms.acknowledge(
            text_of(request, "alarm_id"), asker.name, str(request.get("comment", ""))
        )
        self._desks.live.publish(force=True)
        return {"alarm_id": request["alarm_id"]}

    def _issue_command(self, request: Request, asker: Asker) -> Answer:
        room = self._desks.room
        craft = room.mission.spacecraft.get(text_of(request, "spacecraft"))
        if craft is None or craft not in room.craft:
            raise CommandRefusedError(
                f"no craft '{request['spacecraft']}' is flown here",
                expected=", ".join(one.id for one in room.craft),
            )
        definition = _definition(craft, text_of(request, "command"))
        arguments = dict(request.get("arguments") or {})
        _check_arguments(definition, arguments)
        check_draft(room, self._desks.ledger.all, asker, craft, definition, arguments)
        approver = self._approver(request) if needs_two_people(definition) else ""
        check_approval(definition, issuer=asker.name, approver=approver)
        command = self._desks.ledger.queue(
            craft.id,
            definition.name,
            arguments,
            purpose="operator",
            subject=asker.name,
            operator=f"{asker.name}, {approver}" if approver else asker.name,
        )
        return {"command_id": command.id, "state": command.state}

    def _approver(self, request: Request) -> str:
        """Whoever approves by showing a second token; "" if nobody does."""
        token = str(request.get("second_token", ""))
        if not token:
            return ""
        approver = self._desks.gate.admit(token).asker
        may(approver, Action.APPROVE_COMMAND)
        return approver.name

    def _command_log(self, request: Request, _: Asker) -> Answer:
        lines = self._desks.room.store.commands.log(text_of(request, "command_id"))
        return {
            "lines": [
                {"time_ns": line.time.tai_ns, "event": line.event, "state": line.state}
                for line in lines
            ]
        }

    # --- customers -----------------------------------------------------------------------------

    def _customer_of_token(self, request: Request, _: Asker) -> Answer:
        token_hash = str(request.get("token_hash", ""))
        return {"customer": self._desks.room.store.tokens.customer_of(token_hash)}

    def _add_token(self, request: Request, _: Asker) -> Answer:
        room = self._desks.room
        customer = text_of(request, "customer")
        if customer not in room.mission.customers:
            raise AccessRefusedError(f"there is no customer '{customer}'")
        room.store.tokens.add(StoredToken(text_of(request, "token_hash"), customer, room.now))
        return {"customer": customer}

    def _revoke_token(self, request: Request, _: Asker) -> Answer:
        room = self._desks.room
        room.store.tokens.revoke(text_of(request, "token_hash"), room.now)
        return {}

    def _list_products(self, request: Request, _: Asker) -> Answer:
        products = self._desks.room.store.catalogue.products(text_of(request, "customer"))
        return {"products": [_product(product) for product in products]}

    def _record_access(self, request: Request, _: Asker) -> Answer:
        room = self._desks.room
        access = AccessRecord(
            customer=text_of(request, "customer"),
            product=text_of(request, "product"),
            time=room.now,
            octets=int(request.get("octets", 0)),
            complete=bool(request.get("complete", False)),
            notes={"first_byte": int(request.get("first_byte", 0))},
        )
        room.store.catalogue.record_access(access)
        return {}

    def _stop(self, _: Request, asker: Asker) -> Answer:
        self._desks.stop_requested = True
        self._desks.room.log("", "info", "desks", f"{asker.name} asks to stop")
        return {}


def _product(product: ProductRecord) -> Answer:
    return {
        "id": product.id,
        "customer": product.customer,
        "spacecraft": product.spacecraft,
        "payload": product.payload,
        "name": product.name,
        "level": product.level,
        "media_type": product.media_type,
        "size": product.size,
        "sha256": product.sha256,
        "key": product.key,
        "created_ns": product.created.tai_ns,
    }


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


def _definition(craft: Spacecraft, name: str) -> CommandDefinition:
    for command in craft.model.commands:
        if command.name == name:
            return command
    raise CommandRefusedError(
        f"{craft.id} has no command '{name}'",
        expected=", ".join(sorted(command.name for command in craft.model.commands)),
    )


def _check_arguments(definition: CommandDefinition, arguments: Mapping[str, Any]) -> None:
    known = {field.name: field for field in definition.arguments}
    missing = [name for name, field in known.items() if field.default is None]
    if set(arguments) - set(known) or set(missing) - set(arguments):
        raise CommandRefusedError(
            f"{definition.name} does not take these arguments",
            expected=", ".join(known) or "none",
            found=", ".join(arguments) or "none",
        )
    for name, value in arguments.items():
        field = known[name]
        low, high = field.minimum, field.maximum
        if isinstance(value, int | float) and (
            (low is not None and value < low) or (high is not None and value > high)
        ):
            raise CommandRefusedError(
                f"{definition.name}: {name} is out of range",
                expected=f"{low} to {high} {field.unit}".strip(),
                found=str(value),
            )
        if field.kind == "enum" and value not in field.enumeration.values():
            raw_from_engineering(field, value)
