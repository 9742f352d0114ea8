"""Requests of the portal about whom it serves: their tokens, products, events, accesses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker
from groundsys.customers import key_id
from groundsys.customers.product_filters import LARGEST_PAGE, ProductFilter
from groundsys.customers.webhooks import BATCH as EVENTS_AT_ONCE
from groundsys.customers.webhooks import after_failure, after_success, handed_out
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.planning.plan_changes import still_to_come
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.signing import public_pem
from groundsys.store import AccessRecord, CustomerEvent, FileRecord, ProductRecord, Store

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

_VERSION = re.compile(r"-v\d+$")


class PortalRequests:
    """Answers what only the portal may ask; what it shows to whom is checked there once more."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            name: Verb(Action.SERVE_PRODUCTS, answer)
            for name, answer in {
                "customer_of_token": self._customer_of_token,
                "list_products": self._list_products,
                "find_products": self._find_products,
                "product_versions": self._product_versions,
                "record_access": self._record_access,
                "signing_key": self._signing_key,
                "customer_events": self._customer_events,
                "on_its_way": self._on_its_way,
                "webhooks_due": self._webhooks_due,
                "webhook_told": self._webhook_told,
            }.items()
        }

    def _customer_of_token(self, request: Request, _: Asker) -> Answer:
        gate = self._desks.gate
        key = gate.key(str(request.get("token_hash", "")))
        if key is None:
            return {"customer": None}
        return {
            "customer": key.customer,
            "key": key_id(key.parent or key.token_hash),
            "scopes": sorted(map(str, gate.scopes(key))),
        }

    # --- products ------------------------------------------------------------------------------

    def _list_products(self, request: Request, _: Asker) -> Answer:
        products = self._desks.room.store.catalogue.products(text_of(request, "customer"))
        return {"products": [product_for_watchers(product) for product in products]}

    def _find_products(self, request: Request, _: Asker) -> Answer:
        """A page of what fits, and whether there is more; `cursor` goes on behind it."""
        catalogue = self._desks.room.store.catalogue
        limit = min(max(1, int(request.get("limit") or LARGEST_PAGE)), LARGEST_PAGE)
        wanted = ProductFilter.of_request(request)
        found = catalogue.find(text_of(request, "customer"), wanted, limit + 1)
        page = found[:limit]
        return {
            "products": [
                {**product_for_watchers(one.product), "number": one.number, "latest": one.latest}
                for one in page
            ],
            "cursor": page[-1].number if page else wanted.after,
            "more": len(found) > limit,
        }

    def _product_versions(self, request: Request, _: Asker) -> Answer:
        """All versions of what one product is, oldest first; none for what is not there."""
        catalogue = self._desks.room.store.catalogue
        one = catalogue.product(text_of(request, "customer"), text_of(request, "product"))
        if one is None:
            return {"products": []}
        family = [
            product
            for product in catalogue.products_of(one.file)
            if product.customer == one.customer and _family(product) == _family(one)
        ]
        newest = max(product.version for product in family)
        return {
            "products": [
                {**product_for_watchers(product), "latest": product.version == newest}
                for product in sorted(family, key=lambda product: product.version)
            ]
        }

    def _signing_key(self, _: Request, __: Asker) -> Answer:
        return {"pem": public_pem(self._desks.signing_key.public_key()).decode("ascii")}

    def _record_access(self, request: Request, _: Asker) -> Answer:
        """Who was shown what: one product, several at once, or a list (then `product` is "")."""
        write_down_accesses(self._desks.room, request)
        return {}

    # --- what happens --------------------------------------------------------------------------

    def _customer_events(self, request: Request, _: Asker) -> Answer:
        """Events of one customer after a number; without a number only that of the last."""
        customer = text_of(request, "customer")
        events = self._desks.room.store.customer_events
        last = events.last().get(customer, 0)
        after = request.get("after")
        if after is None:
            return {"events": [], "last": last}
        limit = min(int(request.get("limit", EVENTS_AT_ONCE)), LARGEST_PAGE)
        return {"events": self._told(events.of(customer, int(after), limit=limit)), "last": last}

    def _told(self, events: list[CustomerEvent]) -> list[Answer]:
        return [event_for_watchers(event, self._desks.room.store) for event in events]

    def _on_its_way(self, request: Request, _: Asker) -> Answer:
        """A customer's files that are not with it yet, and when the plan foretells those to come.

        A homecoming's `home_ns` is null if nothing that is booked brings it home.
        """
        desks, customer = self._desks, text_of(request, "customer")
        known = desks.room.mission.customers.get(customer)
        payloads = known.payloads if known is not None else ()  # partners have none
        coming = still_to_come(desks.planning.version.homecomings, desks.room.now)
        return {
            "now_ns": desks.room.now.tai_ns,
            "files": [
                _arriving(one)
                for one in desks.files.records
                if one.delivered_at is None and desks.files.payload_of(one) in payloads
            ],
            "homecomings": [
                {
                    "spacecraft": one.spacecraft,
                    "payload": one.payload,
                    "measured_from_ns": one.measured.start.tai_ns,
                    "measured_until_ns": one.measured.end.tai_ns,
                    "octets": round(one.bits / 8),
                    "home_ns": one.home_at.tai_ns if one.home_at else None,
                    "by_95_ns": one.by_95.tai_ns if one.by_95 else None,
                }
                for one in coming
                if one.customer == customer
            ],
        }

    # --- webhooks ------------------------------------------------------------------------------

    def _webhooks_due(self, _: Request, __: Asker) -> Answer:
        """Events that webhooks have to be told of now, handed out once; and when to ask again."""
        store, now_s = self._desks.room.store, self._desks.gate.wall_s
        last = store.customer_events.last()
        behind = [one for one in store.webhooks.active() if last.get(one.customer, 0) > one.cursor]
        due = [one for one in behind if one.next_s <= now_s]
        answer = []
        for webhook in due:
            events = store.customer_events.of(
                webhook.customer, webhook.cursor, limit=EVENTS_AT_ONCE
            )
            store.webhooks.put(handed_out(webhook, now_s))
            answer.append(
                {
                    "id": webhook.id,
                    "customer": webhook.customer,
                    "url": webhook.url,
                    "secret": webhook.secret,
                    "events": self._told(events),
                }
            )
        later = [one.next_s - now_s for one in behind if one.next_s > now_s]
        return {"due": answer, "again_in_s": min(later, default=None)}

    def _webhook_told(self, request: Request, _: Asker) -> Answer:
        """What came of telling a webhook."""
        room, now_s = self._desks.room, self._desks.gate.wall_s
        webhook = room.store.webhooks.get(text_of(request, "id"))
        if webhook is None:  # withdrawn meanwhile
            return {}
        answer = str(request.get("answer", ""))[:200]
        if request.get("taken") is True:
            after = after_success(webhook, int(request["up_to"]), answer)
        else:
            after = after_failure(webhook, now_s, answer)
        room.store.webhooks.put(after)
        if after.state == "dead" and webhook.state != "dead":
            what = f"webhook {webhook.id} of {webhook.customer}"
            text = f"{what} is given up after a day of failures; the last: {answer or 'no answer'}"
            self._desks.alarms.tell(
                *(f"webhook:{webhook.id}", "", what, "warning", "given up"),
                source="delivery",
                text=text,
            )
        return {}


def write_down_accesses(room: ControlRoom, request: Request, **notes: str) -> None:
    """What a portal tells of accesses of one customer's space, into the store."""
    common = {name: request[name] for name in ("key", "what", "found") if request.get(name)}
    room.store.catalogue.record_access(
        *(
            AccessRecord(
                customer=text_of(request, "customer"),
                product=str(one.get("product", "")),
                time=room.now,
                octets=int(one.get("octets", 0)),
                complete=bool(one.get("complete", False)),
                notes={"first_byte": int(one.get("first_byte", 0)), **common, **notes},
            )
            for one in request.get("accesses") or (request,)
        )
    )


def event_for_watchers(event: CustomerEvent, store: Store) -> Answer:
    """An event as plain values, one about a product with that; times in ns of TAI."""
    told: Answer = {
        "number": event.number,
        "time_ns": event.time.tai_ns,
        "kind": event.kind,
        "subject": event.subject,
        "detail": dict(event.detail),
    }
    if event.kind == "product":
        product = store.catalogue.product(event.customer, event.subject)
        told["product"] = product_for_watchers(product) if product is not None else None
    return told


def product_for_watchers(product: ProductRecord) -> Answer:
    """A product as plain values; times in ns of TAI."""
    return {
        "id": product.id,
        "file": product.file,
        "family": f"{product.file} {_family(product)}",
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
        "measured_from_ns": _ns(product.measured_from),
        "measured_until_ns": _ns(product.measured_until),
    }


def _arriving(file: FileRecord) -> Answer:
    return {
        "spacecraft": file.spacecraft,
        "name": file.name,
        "octets": file.size,
        "octets_here": file.octets_received,
        "whole": file.completion == "complete",
        "since_ns": _ns(file.first_reception),
    }


def _family(product: ProductRecord) -> str:
    """What the versions of one product have in common."""
    return _VERSION.sub("", product.id)


def _ns(moment: Any) -> int | None:
    return None if moment is None else int(moment.tai_ns)
