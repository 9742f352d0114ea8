"""Payload files, the products made of them, their delivery, and who fetched what."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.store.database import StoreDatabase
from groundsys.store.records import (
    AccessRecord,
    DeliveryRecord,
    FileRecord,
    ProductRecord,
    SourceFrames,
)
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant


class CatalogueTables:
    """Files, products, deliveries and accesses."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

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
            for product in products:
                self._database.put_if_new("products", to_row(product))
            self._database.put("deliveries", to_row(delivery))
            self._database.put("files", to_row(file))

    def put_products(self, products: Sequence[ProductRecord]) -> None:
        """Put a new version of what was made of a file into the catalogue, together."""
        with self._database.writing():
            for product in products:
                self._database.put_if_new("products", to_row(product))

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

    def record_access(self, access: AccessRecord) -> None:
        with self._database.writing():
            self._database.append("accesses", to_row(access))

    def accesses(self, customer: str) -> list[AccessRecord]:
        """As they happened."""
        rows = self._database.rows("accesses", "customer = ?", (customer,), order_by="number")
        return [from_row(AccessRecord, row) for row in rows]
