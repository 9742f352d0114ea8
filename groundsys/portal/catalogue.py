"""What the portal knows of products: the desks' answers, kept per customer.

A product never changes and is never taken away, so what was listed once need not be asked again;
whose token it is, is asked every time, so that a withdrawn token ends at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from groundsys.authority import Action, Asker, Role, may
from groundsys.customers import is_token, may_see, name_in_space, token_hash
from groundsys.values.errors import NotLoggedInError
from groundsys.values.instants import Instant


class DesksLine(Protocol):
    """Asks the desks; `RequestError` if no answer comes (`groundsys.bus.live.Requester`)."""

    def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A product as its customer sees it; `name` is the path within the customer's space."""

    id: str
    name: str
    level: str
    media_type: str
    size: int
    sha256: str
    created: str


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product's entry, and its key in the object store."""

    entry: ProductEntry
    key: str


class Catalogue:
    """The desks' catalogue of products, for any thread."""

    def __init__(self, desks: DesksLine) -> None:
        self._desks = desks
        self._one_at_a_time = threading.Lock()
        self._known: dict[str, dict[str, KnownProduct]] = {}

    def customer_of_token(self, token: str) -> str | None:
        """Whose token this is, or None."""
        return self.customer_of_hash(token_hash(token)) if is_token(token) else None

    def customer_of_hash(self, kept_hash: str) -> str | None:
        customer = self._ask("customer_of_token", token_hash=kept_hash)["customer"]
        return None if customer is None else str(customer)

    def products(self, customer: str) -> tuple[KnownProduct, ...]:
        """All products in the customer's space, oldest first."""
        rows = self._ask("list_products", customer=customer)["products"]
        known = [_known_product(customer, row) for row in rows if _is_visible(customer, row)]
        self._known[customer] = {product.entry.id: product for product in known}
        return tuple(known)

    def product(self, customer: str, identifier: str) -> KnownProduct | None:
        """One product of the customer's, or None: absent and not theirs are the same."""
        known = self._known.get(customer, {}).get(identifier)
        if known is None:
            self.products(customer)
            known = self._known[customer].get(identifier)
        return known

    def record_access(
        self, customer: str, product: str, *, first_byte: int, octets: int, complete: bool
    ) -> None:
        """Tell the desks that these bytes of a product are about to leave."""
        self._ask(
            "record_access",
            customer=customer,
            product=product,
            first_byte=first_byte,
            octets=octets,
            complete=complete,
        )

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

    def ask_as(self, session: str, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the desks in the name of whoever shows `session`; the portal's own counts nothing."""
        return self._ask(verb, token=session, **arguments)

    def signing_key(self) -> bytes:
        """The public key (PEM) that manifests are signed by."""
        return str(self._ask("signing_key")["pem"]).encode("ascii")

    def desks_answer(self) -> None:
        """Return if the desks answer soon; `RequestError` otherwise."""
        self._ask("customer_of_token", timeout_s=2.0, token_hash="")

    def _ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        with self._one_at_a_time:
            return self._desks.ask(verb, timeout_s=timeout_s, **arguments)


def _is_visible(customer: str, row: Mapping[str, Any]) -> bool:
    return may_see(customer, str(row.get("customer", customer)), str(row["key"]))


def _known_product(customer: str, row: Mapping[str, Any]) -> KnownProduct:
    key = str(row["key"])
    entry = ProductEntry(
        id=str(row["id"]),
        name=name_in_space(customer, key),
        level=str(row["level"]),
        media_type=str(row["media_type"]),
        size=int(row["size"]),
        sha256=str(row["sha256"]),
        created=Instant(int(row["created_ns"])).utc_iso(3),
    )
    return KnownProduct(entry, key)
