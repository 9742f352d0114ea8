"""What the portal knows of products: the desks' answers, kept per customer.

A product never changes and is never taken away, so what was listed once need not be asked again;
whose token it is, is asked every time, so that a withdrawn token ends at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from groundsys.authority import Action, Asker, Role, may
from groundsys.customers import may_see, name_in_space, token_hash
from groundsys.customers.product_filters import LARGEST_PAGE, ProductFilter
from groundsys.portal.answers import utc
from groundsys.values.errors import NotLoggedInError

#: of each customer, so many products are remembered
_MOST_KNOWN = 20_000


class DesksLine(Protocol):
    """Asks the desks; `RequestError` if no answer comes (`groundsys.bus.live.Requester`)."""

    def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A product as its customer sees it; `name` is the path within the customer's space.

    Times are UTC; `measured_from` and `measured_until` are those of its first and last sample at
    the craft, null if it has none.  `latest` is false once a newer version replaces it.
    """

    id: str
    name: str
    spacecraft: str
    payload: str
    level: str
    version: int
    latest: bool
    media_type: str
    size: int
    sha256: str
    created: str
    measured_from: str | None
    measured_until: str | None


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product's entry, and its key in the object store."""

    entry: ProductEntry
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """Products that fit, oldest first; `cursor` goes on behind them if there are `more`."""

    products: tuple[KnownProduct, ...]
    cursor: int
    more: bool


class Catalogue:
    """The desks' catalogue of products, for any thread."""

    def __init__(self, desks: DesksLine) -> None:
        self._desks = desks
        self._one_at_a_time = threading.Lock()
        self._known: dict[str, dict[str, KnownProduct]] = {}

    def start(self) -> None:
        """Nothing to begin: the desks are asked."""

    def stop(self) -> None:
        """Nothing to end."""

    def trouble(self) -> str:
        """What is wrong with what this portal goes by; "" if nothing is."""
        return ""

    # --- who asks ------------------------------------------------------------------------------

    def whose_token(self, token: str) -> Mapping[str, Any]:
        """Customer (or None), key and scopes of a token."""
        return self._ask("customer_of_token", token_hash=token_hash(token))

    def data_key(self, customer: str, product: str, envelope: bytes) -> bytes | None:
        """What opens a product's bytes; None if its customer's key has been destroyed."""
        keys = self._ask("data_keys", customer=customer, envelopes={product: envelope})["data_keys"]
        return None if keys is None else bytes(keys[product])

    def open_products(
        self,
        customer: str,
        envelopes: Mapping[str, bytes],
        accesses: Sequence[Mapping[str, Any]],
        *,
        key: str,
        what: str,
    ) -> Mapping[str, bytes] | None:
        """What opens products, by their envelopes, for accesses that are written down first.

        In one turn of the desks.  None if their customer's key has been destroyed: then nothing is
        written down.
        """
        answer = self._ask(
            "data_keys",
            customer=customer,
            envelopes=dict(envelopes),
            accesses=[dict(one) for one in accesses],
            key=key,
            what=what,
        )
        data_keys: Mapping[str, bytes] | None = answer["data_keys"]
        return data_keys

    def customer_of_session(self, session: str) -> str | None:
        """The customer whose products the session's person may read; None if it is nobody's.

        `AccessRefusedError` for somebody who may read none.
        """
        try:
            told = self.ask_as(session, "who_am_i", {})
        except NotLoggedInError:
            return None
        person = Asker(str(told["name"]), Role(told["role"]), str(told["customer"]))
        may(person, Action.READ_PRODUCTS, owner=person.customer)
        return person.customer

    def ask_as(self, bearer: str, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the desks in the name of whoever shows `bearer`; the portal's own counts nothing."""
        return self._ask(verb, token=bearer, **arguments)

    # --- products ------------------------------------------------------------------------------

    def find(self, customer: str, wanted: ProductFilter, limit: int = LARGEST_PAGE) -> Page:
        """A page of the products in the customer's space that fit."""
        answer = self._ask("find_products", customer=customer, limit=limit, **wanted.to_request())
        products = self._remember(customer, answer["products"])
        return Page(products, int(answer["cursor"]), bool(answer["more"]))

    def find_all(self, customer: str, wanted: ProductFilter, most: int) -> Page:
        """Every product that fits, up to `most`, and the cursor behind the last."""
        found: list[KnownProduct] = []
        asked = wanted.to_request()
        while True:
            answer = self._ask("find_products", customer=customer, **asked)
            found.extend(self._remember(customer, answer["products"]))
            asked["after"] = int(answer["cursor"])
            if not answer["more"] or len(found) >= most:
                return Page(tuple(found[:most]), asked["after"], bool(answer["more"]))

    def product(self, customer: str, identifier: str) -> KnownProduct | None:
        """One product of the customer's, or None: absent and not theirs are the same."""
        known = self._known.get(customer, {}).get(identifier)
        if known is None:
            found = self.versions(customer, identifier)
            known = next((one for one in found if one.entry.id == identifier), None)
        return known

    def versions(self, customer: str, identifier: str) -> tuple[KnownProduct, ...]:
        """The versions of one product, oldest first; none of what is absent or not theirs."""
        answer = self._ask("product_versions", customer=customer, product=identifier)
        return self._remember(customer, answer["products"])

    def record_access(
        self,
        customer: str,
        accesses: Sequence[Mapping[str, Any]],
        *,
        key: str,
        what: str,
        found: int = 0,
    ) -> None:
        """Have the desks write down who is about to be shown what."""
        self._ask(
            "record_access",
            customer=customer,
            accesses=[dict(one) for one in accesses],
            key=key,
            what=what,
            found=found,
        )

    # --- what happens --------------------------------------------------------------------------

    def events(self, customer: str, after: int | None) -> tuple[list[dict[str, Any]], int]:
        """Events after a number, for watchers, and the number to go on behind.

        Of None, nothing, and the number of the last that there was.
        """
        asked = {} if after is None else {"after": after}
        answer = self._ask("customer_events", customer=customer, **asked)
        told = [event_told(customer, event) for event in answer["events"]]
        behind = int(answer["last"]) if after is None else after
        behind = max((int(event["number"]) for event in answer["events"]), default=behind)
        return [one for one in told if one is not None], behind

    def on_its_way(self, customer: str) -> dict[str, Any]:
        """Files that are not home yet, and what the plan foretells; times in TAI ns."""
        return self._ask("on_its_way", customer=customer)

    def webhooks_due(self) -> dict[str, Any]:
        return self._ask("webhooks_due")

    def webhook_told(self, **outcome: Any) -> None:
        self._ask("webhook_told", **outcome)

    def signing_key(self) -> bytes:
        """The public key (PEM) that manifests are signed by."""
        return str(self._ask("signing_key")["pem"]).encode("ascii")

    def desks_answer(self) -> None:
        """Return if the desks answer soon; `RequestError` otherwise."""
        self._ask("customer_of_token", timeout_s=2.0, token_hash="")

    def _remember(
        self, customer: str, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[KnownProduct, ...]:
        seen = (known_product(customer, row) for row in rows)
        found = tuple(one for one in seen if one is not None)
        known = self._known.setdefault(customer, {})
        if len(known) > _MOST_KNOWN:
            known.clear()
        known.update((one.entry.id, one) for one in found)
        return found

    def _ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        with self._one_at_a_time:
            return self._desks.ask(verb, timeout_s=timeout_s, **arguments)


def event_told(customer: str, event: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event as streams and webhooks tell it; None if it is about what may not be seen."""
    told: dict[str, Any] = {
        "number": int(event["number"]),
        "time": utc(event["time_ns"]),
        "type": str(event["kind"]),
    }
    if event["kind"] != "product":
        return {**told, event["kind"]: {"id": event["subject"], **event["detail"]}}
    row = event.get("product")
    known = known_product(customer, row) if row is not None else None
    if known is None:
        return None
    entry = known.entry
    return {**told, "product": {name: getattr(entry, name) for name in entry.__slots__}}


def known_product(customer: str, row: Mapping[str, Any]) -> KnownProduct | None:
    """A product of the desks' answers; None if the customer may not see it."""
    key = str(row["key"])
    if not may_see(customer, str(row.get("customer", customer)), key):
        return None
    entry = ProductEntry(
        id=str(row["id"]),
        name=name_in_space(customer, key),
        spacecraft=str(row["spacecraft"]),
        payload=str(row["payload"]),
        level=str(row["level"]),
        version=int(row["version"]),
        latest=bool(row.get("latest", True)),
        media_type=str(row["media_type"]),
        size=int(row["size"]),
        sha256=str(row["sha256"]),
        created=str(utc(row["created_ns"])),
        measured_from=utc(row.get("measured_from_ns")),
        measured_until=utc(row.get("measured_until_ns")),
    )
    return KnownProduct(entry, key)
