"""Requests from console, portal and command line: one function a verb, answers as plain maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from groundsys.desks.command_requests import CommandRequests
from groundsys.desks.live_picture import event_for_watchers
from groundsys.desks.plan_requests import PlanRequests, who
from groundsys.store import AccessRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, GroundsysError

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
            "customer_of_token": self._customer_of_token,
            "add_token": self._add_token,
            "revoke_token": self._revoke_token,
            "list_products": self._list_products,
            "record_access": self._record_access,
            "stop": self._stop,
            **CommandRequests(desks).verbs,
            **PlanRequests(desks).verbs,
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

    # --- customers -----------------------------------------------------------------------------

    def _customer_of_token(self, request: Request) -> Answer:
        token_hash = str(request.get("token_hash", ""))
        return {"customer": self._desks.room.store.tokens.customer_of(token_hash)}

    def _add_token(self, request: Request) -> Answer:
        room = self._desks.room
        customer = _text(request, "customer")
        if customer not in room.mission.customers:
            raise AccessRefusedError(f"there is no customer '{customer}'")
        token = StoredToken(_text(request, "token_hash"), customer, room.now)
        with room.store.writing():
            room.store.tokens.add(token)
            self._audit(request, "token.add", customer, {"token_hash": token.token_hash})
        return {"customer": customer}

    def _revoke_token(self, request: Request) -> Answer:
        room = self._desks.room
        token_hash = _text(request, "token_hash")
        customer = room.store.tokens.customer_of(token_hash)
        with room.store.writing():
            room.store.tokens.revoke(token_hash, room.now)
            self._audit(request, "token.revoke", customer or "nobody", {"token_hash": token_hash})
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
        self._audit(request, "desks.stop", "desks")
        self._desks.room.log("", "info", "desks", "asked to stop")
        return {}

    def _audit(
        self, request: Request, action: str, subject: str, detail: Answer | None = None
    ) -> None:
        self._desks.room.audit(
            actor=who(request),
            role="operator",
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
