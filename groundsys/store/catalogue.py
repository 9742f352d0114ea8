"""Payload files, the products made of them, their delivery, and who fetched what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.customers.product_filters import ProductFilter, suffix_of
from groundsys.store.customer_events import CustomerEventTable
from groundsys.store.database import StoreDatabase
from groundsys.store.records import (
    AccessRecord,
    CustomerEvent,
    DeliveryRecord,
    FileRecord,
    ProductRecord,
    SourceFrames,
)
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product, the number of the event that told of it, and whether no newer one replaces it."""

    number: int
    latest: bool
    product: ProductRecord


class CatalogueTables:
    """Files, products, deliveries and accesses; of each new product its customer is told."""

    def __init__(self, database: StoreDatabase, events: CustomerEventTable) -> None:
        self._database = database
        self._events = events

    def put_file(self, file: FileRecord) -> None:
        self._database.put("files", to_row(file))

    def files(self, delivered_since: Instant | None = None) -> list[FileRecord]:
        """In order of their first octet's reception; all, or those delivered at or since."""
        late = ("delivered_at_ns >= ?", (delivered_since.tai_ns,)) if delivered_since else ()
        rows = self._database.rows("files", *late, order_by="first_reception_ns, id")
        return [from_row(FileRecord, row) for row in rows]

    def deliver(
        self, file: FileRecord, delivery: DeliveryRecord, products: Sequence[ProductRecord]
    ) -> None:
        """Put everything made of a file into the catalogue, together."""
        with self._database.writing():
            self._put_if_new(products)
            self._database.put("deliveries", to_row(delivery))
            self._database.put("files", to_row(file))

    def put_products(self, products: Sequence[ProductRecord]) -> None:
        """Put a new version of what was made of a file into the catalogue, together."""
        with self._database.writing():
            self._put_if_new(products)

    def _put_if_new(self, products: Sequence[ProductRecord]) -> None:
        for product in products:
            if self.product(product.customer, product.id) is None:
                self._database.put_if_new("products", to_row(product))
                self._events.add(
                    CustomerEvent(product.customer, product.created, "product", product.id)
                )

    def product(self, customer: str, id: str) -> ProductRecord | None:
        """A customer's product; None also if it is another's."""
        for row in self._database.rows("products", "id = ? and customer = ?", (id, customer)):
            return from_row(ProductRecord, row)
        return None

    def find(
        self, customer: str, wanted: ProductFilter, limit: int | None = None
    ) -> list[FoundProduct]:
        """A customer's products that fit, in the order in which they came."""
        where, parameters = _conditions(wanted)
        rows = self._database.select(
            f"select p.*, e.number as number, {_IS_LATEST} as latest "
            "from customer_events e join products p on p.id = e.subject "
            f"where e.kind = 'product' and e.customer = ? and p.customer = ?{where} "
            "order by e.number limit ?",
            (customer, customer, *parameters, -1 if limit is None else limit),
        )
        return [
            FoundProduct(int(row["number"]), bool(row["latest"]), from_row(ProductRecord, row))
            for row in rows
        ]

    def source_frames(self, chosen: SourceFrames) -> SourceFrames:
        """What was chosen first for this file and version: `chosen`, unless it was before."""
        with self._database.writing():
            self._database.put_if_new("source_frames", to_row(chosen))
        where = ("file = ? and version = ?", (chosen.file, chosen.version))
        [row] = self._database.rows("source_frames", *where)
        return from_row(SourceFrames, row)

    def products_of(self, file: str) -> list[ProductRecord]:
        """What was made of a file, oldest first."""
        rows = self._database.rows("products", "file = ?", (file,), order_by="created_ns, id")
        return [from_row(ProductRecord, row) for row in rows]

    def products(self, customer: str) -> list[ProductRecord]:
        """A customer's products, oldest first."""
        rows = self._database.rows(
            "products", "customer = ?", (customer,), order_by="created_ns, id"
        )
        return [from_row(ProductRecord, row) for row in rows]

    def holds_signatures(self) -> bool:
        """Whether anything has been signed for customers yet."""
        return self._database.number("SELECT count(*) FROM products WHERE level = 'signature'") > 0

    def named(self, name: str) -> list[ProductRecord]:
        """Every customer's products of this name or id."""
        rows = self._database.rows("products", "name = ? or id = ?", (name, name), order_by="id")
        return [from_row(ProductRecord, row) for row in rows]

    def names_of_others(self, customer: str, spacecraft: str, file: str) -> frozenset[str]:
        """Names, in lower case, of a craft's products that were made of other files."""
        rows = self._database.rows(
            "products",
            "customer = ? and spacecraft = ? and file <> ?",
            (customer, spacecraft, file),
        )
        return frozenset(str(row["name"]).lower() for row in rows)

    def deliveries(self) -> list[DeliveryRecord]:
        """Oldest first."""
        rows = self._database.rows("deliveries", order_by="delivered_at_ns, file")
        return [from_row(DeliveryRecord, row) for row in rows]

    def record_access(self, *accesses: AccessRecord) -> None:
        with self._database.writing():
            for access in accesses:
                self._database.append("accesses", to_row(access))

    def accesses(self, customer: str, last: int | None = None) -> list[AccessRecord]:
        """As they happened; all, or the last so many."""
        newest_first = self._database.rows(
            "accesses", "customer = ?", (customer,), order_by="number desc", limit=last
        )
        return [from_row(AccessRecord, row) for row in newest_first][::-1]


_IS_LATEST = (
    "(p.version = (select max(q.version) from products q "
    "where q.file = p.file and q.level = p.level))"
)


def _conditions(wanted: ProductFilter) -> tuple[str, tuple[Any, ...]]:
    """What to add to a query of products `p` and events `e`, and its parameters."""
    terms: list[str] = ["e.number > ?"]
    parameters: list[Any] = [wanted.after]
    for column in ("spacecraft", "payload", "level"):
        if words := getattr(wanted, column):
            terms.append(f"p.{column} in ({', '.join('?' * len(words))})")
            parameters.extend(words)
    if wanted.format:
        kinds = ("p.media_type = ?" if "/" in one else "p.name like ?" for one in wanted.format)
        terms.append(f"({' or '.join(kinds)})")
        parameters.extend(one if "/" in one else f"%.{suffix_of(one)}" for one in wanted.format)
    for term, value in (
        ("e.number <= ?", wanted.up_to),
        ("p.measured_until_ns >= ?", wanted.measured_since),
        ("p.measured_from_ns < ?", wanted.measured_before),
        ("p.created_ns >= ?", wanted.created_since),
    ):
        if value is not None:
            terms.append(term)
            parameters.append(value.tai_ns if isinstance(value, Instant) else value)
    if wanted.latest:
        terms.append(_IS_LATEST)
    return "".join(f" and {term}" for term in terms), tuple(parameters)
