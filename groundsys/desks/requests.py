"""Requests from console, portal and command line: one function a verb, answers as plain maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from groundsys.ccsds.fields import raw_from_engineering
from groundsys.commanding.admission import check_authority
from groundsys.desks.live_picture import event_for_watchers
from groundsys.desks.plan_requests import PlanRequests
from groundsys.desks.procedure_requests import ProcedureRequests
from groundsys.mission.model import CommandDefinition, Spacecraft
from groundsys.store import AccessRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, CommandRefusedError, GroundsysError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

Request = Mapping[str, Any]
Answer = dict[str, Any]

EVENTS_SHOWN = 200


class RequestDesk:
    """Answers requests; a verb that it does not know is an error that names those it does."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._verbs: dict[str, Callable[[Request], Answer]] = {
            "status": self._status,
            "acknowledge_alarm": self._acknowledge_alarm,
            "issue_command": self._issue_command,
            "command_log": self._command_log,
            "customer_of_token": self._customer_of_token,
            "add_token": self._add_token,
            "revoke_token": self._revoke_token,
            "list_products": self._list_products,
            "record_access": self._record_access,
            "stop": self._stop,
            **PlanRequests(desks).verbs,
            **ProcedureRequests(desks).verbs,
        }

    def answer(self, request: Request) -> Answer:
        """The answer to one request; raises our errors, which the bus carries as text."""
        verb = str(request.get("verb", ""))
        if verb not in self._verbs:
            raise GroundsysError(
                f"the desks know no request '{verb}'", expected=", ".join(sorted(self._verbs))
            )
        return self._verbs[verb](request)

    def _status(self, request: Request) -> Answer:
        events = self._desks.room.store.watch.recent_events(EVENTS_SHOWN)
        return {
            **self._desks.live.everything(),
            "events": [event_for_watchers(event) for event in events],
        }

    def _acknowledge_alarm(self, request: Request) -> Answer:
        self._desks.alarms.acknowledge(
            _text(request, "alarm_id"), _text(request, "operator"), str(request.get("comment", ""))
        )
        self._desks.live.publish(force=True)
        return {"alarm_id": request["alarm_id"]}

    def _issue_command(self, request: Request) -> Answer:
        room = self._desks.room
        craft = room.mission.spacecraft.get(_text(request, "spacecraft"))
        if craft is None or craft not in room.craft:
            raise CommandRefusedError(
                f"no craft '{request['spacecraft']}' is flown here",
                expected=", ".join(one.id for one in room.craft),
            )
        definition = _definition(craft, _text(request, "command"))
        arguments = dict(request.get("arguments") or {})
        _check_arguments(definition, arguments)
        operator = str(request.get("operator", ""))
        second = str(request.get("second_operator", ""))
        check_authority(definition, operator=operator, second_operator=second)
        command = self._desks.ledger.queue(
            craft.id,
            definition.name,
            arguments,
            purpose="operator",
            subject=operator,
            operator=f"{operator}, {second}" if second else operator,
        )
        return {"command_id": command.id, "state": command.state}

    def _command_log(self, request: Request) -> Answer:
        lines = self._desks.room.store.commands.log(_text(request, "command_id"))
        return {
            "lines": [
                {"time_ns": line.time.tai_ns, "event": line.event, "state": line.state}
                for line in lines
            ]
        }

    # --- customers -----------------------------------------------------------------------------

    def _customer_of_token(self, request: Request) -> Answer:
        token_hash = str(request.get("token_hash", ""))
        return {"customer": self._desks.room.store.tokens.customer_of(token_hash)}

    def _add_token(self, request: Request) -> Answer:
        room = self._desks.room
        customer = _text(request, "customer")
        if customer not in room.mission.customers:
            raise AccessRefusedError(f"there is no customer '{customer}'")
        room.store.tokens.add(StoredToken(_text(request, "token_hash"), customer, room.now))
        return {"customer": customer}

    def _revoke_token(self, request: Request) -> Answer:
        room = self._desks.room
        room.store.tokens.revoke(_text(request, "token_hash"), room.now)
        return {}

    def _list_products(self, request: Request) -> Answer:
        products = self._desks.room.store.catalogue.products(_text(request, "customer"))
        return {"products": [_product(product) for product in products]}

    def _record_access(self, request: Request) -> Answer:
        room = self._desks.room
        access = AccessRecord(
            customer=_text(request, "customer"),
            product=_text(request, "product"),
            time=room.now,
            octets=int(request.get("octets", 0)),
            complete=bool(request.get("complete", False)),
            notes={"first_byte": int(request.get("first_byte", 0))},
        )
        room.store.catalogue.record_access(access)
        return {}

    def _stop(self, request: Request) -> Answer:
        self._desks.stop_requested = True
        self._desks.room.log("", "info", "desks", "asked to stop")
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


def _text(request: Request, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise GroundsysError(f"a request needs '{key}'", expected="text", found=repr(value))
    return value


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
