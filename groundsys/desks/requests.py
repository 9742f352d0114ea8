"""Requests from console, portal and command line: who asks, what for, and one function a verb.

Who asks is established from the request's token before any verb runs, and nothing else that a
request says counts for it.  Answers are plain maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker, may_ask_for, permission
from groundsys.desks.command_requests import CommandRequests
from groundsys.desks.custody_requests import CustodyRequests
from groundsys.desks.live_picture import event_for_watchers
from groundsys.desks.people_requests import PeopleRequests
from groundsys.desks.plan_requests import PlanRequests
from groundsys.desks.procedure_requests import ProcedureRequests
from groundsys.desks.upload_requests import UploadRequests
from groundsys.desks.verbs import Answer, Request, Verb, text_of
from groundsys.signing import public_pem
from groundsys.store import AccessRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, GroundsysError

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
            "customer_of_token": Verb(Action.SERVE_PRODUCTS, self._customer_of_token),
            "list_products": Verb(Action.SERVE_PRODUCTS, self._list_products),
            "signing_key": Verb(Action.SERVE_PRODUCTS, self._signing_key),
            "record_access": Verb(Action.SERVE_PRODUCTS, self._record_access),
            "add_token": Verb(Action.MANAGE_TOKENS, self._add_token),
            "revoke_token": Verb(Action.MANAGE_TOKENS, self._revoke_token),
            "stop": Verb(Action.STOP, self._stop),
            **CommandRequests(desks).verbs,
            **CustodyRequests(desks).verbs,
            **PlanRequests(desks).verbs,
            **PeopleRequests(desks.room, desks.gate).verbs,
            **ProcedureRequests(desks).verbs,
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
        where = self._desks.whereabouts()
        craft = {id: {**one, **where[id]} for id, one in everything["fleet"]["craft"].items()}
        return {
            **everything,
            "fleet": {**everything["fleet"], "craft": craft},
            "events": [event_for_watchers(event) for event in events],
        }

    def _acknowledge_alarm(self, request: Request, asker: Asker) -> Answer:
        self._desks.alarms.acknowledge(
            text_of(request, "alarm_id"), asker.name, asker.role, str(request.get("comment", ""))
        )
        self._desks.live.publish(force=True)
        return {"alarm_id": request["alarm_id"]}

    # --- customers -----------------------------------------------------------------------------

    def _customer_of_token(self, request: Request, _: Asker) -> Answer:
        token_hash = str(request.get("token_hash", ""))
        return {"customer": self._desks.room.store.tokens.customer_of(token_hash)}

    def _add_token(self, request: Request, asker: Asker) -> Answer:
        room = self._desks.room
        customer = text_of(request, "customer")
        if customer not in room.mission.customers:
            raise AccessRefusedError(f"there is no customer '{customer}'")
        token = StoredToken(text_of(request, "token_hash"), customer, room.now)
        with room.store.writing():
            room.store.tokens.add(token)
            self._audit(request, asker, "token.add", customer, {"token_hash": token.token_hash})
        return {"customer": customer}

    def _revoke_token(self, request: Request, asker: Asker) -> Answer:
        room = self._desks.room
        token_hash = text_of(request, "token_hash")
        customer = room.store.tokens.customer_of(token_hash)
        with room.store.writing():
            room.store.tokens.revoke(token_hash, room.now)
            self._audit(
                request, asker, "token.revoke", customer or "nobody", {"token_hash": token_hash}
            )
        return {}

    def _list_products(self, request: Request, _: Asker) -> Answer:
        products = self._desks.room.store.catalogue.products(text_of(request, "customer"))
        return {"products": [_product(product) for product in products]}

    def _signing_key(self, _: Request, __: Asker) -> Answer:
        return {"pem": public_pem(self._desks.signing_key.public_key()).decode("ascii")}

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

    def _stop(self, request: Request, asker: Asker) -> Answer:
        self._desks.stop_requested = True
        self._audit(request, asker, "desks.stop", "desks")
        self._desks.room.log("", "info", "desks", f"{asker.name} asks to stop")
        return {}

    def _audit(
        self,
        request: Request,
        asker: Asker,
        action: str,
        subject: str,
        detail: Answer | None = None,
    ) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=action,
            subject=subject,
            reason=str(request.get("reason") or ""),
            detail=detail,
        )


def _product(product: ProductRecord) -> Answer:
    return {
        "id": product.id,
        "customer": product.customer,
        "spacecraft": product.spacecraft,
        "payload": product.payload,
        "name": product.name,
        "level": product.level,
        "version": product.version,
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
