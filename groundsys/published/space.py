"""A customer's space as batches tell it: events in order, products, and their data keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from groundsys.customers.product_filters import ProductFilter
from groundsys.objects import Bucket
from groundsys.published.head import BatchName, batch_place, digest
from groundsys.published.sealing import not_as_published, read_object, unseal

#: an event as the desks tell it to the portal; of a product with its row under `product`
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in order, and the data keys of the products among them, by their identifiers."""

    events: Sequence[Event]
    data_keys: Mapping[str, bytes] = field(default_factory=dict)

    def encode(self) -> bytes:
        keys = {name: key.hex() for name, key in self.data_keys.items()}
        told = {"events": [dict(one) for one in self.events], "data_keys": keys}
        return json.dumps(told, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, content: bytes) -> Batch:
        told = json.loads(content)
        keys = {str(name): bytes.fromhex(key) for name, key in told["data_keys"].items()}
        return cls(tuple(told["events"]), keys)


def merged(batches: Iterable[Batch]) -> Batch:
    """One batch that tells what these tell one after the other."""
    events: list[Event] = []
    keys: dict[str, bytes] = {}
    for batch in batches:
        events.extend(batch.events)
        keys.update(batch.data_keys)
    return Batch(tuple(events), keys)


def read_batch(bucket: Bucket, customer: str, name: BatchName, key: bytes) -> Batch:
    """A batch that a head tells of; `ProductError` unless it is that very one."""
    place = batch_place(customer, name.number)
    sealed = read_object(bucket, place)
    if digest(sealed) != name.sha256:
        raise not_as_published(place, "other octets than its head tells of")
    return Batch.decode(unseal(key, sealed, place))


@dataclass(frozen=True, slots=True)
class PublishedProduct:
    """A product's row, the number of the event that told of it, and whether it is the newest."""

    number: int
    latest: bool
    row: Mapping[str, Any]


class PublishedSpace:
    """What can be asked of a customer's space; made of batches, never changed."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        rows = [
            (int(event["number"]), event["product"])
            for event in batch.events
            if event["kind"] == "product" and event.get("product") is not None
        ]
        newest: dict[tuple[str, str], int] = {}
        for _, row in rows:
            made_of = (str(row["file"]), str(row["level"]))
            newest[made_of] = max(newest.get(made_of, 0), int(row["version"]))
        self._products = {
            str(row["id"]): PublishedProduct(
                number, int(row["version"]) == newest[(str(row["file"]), str(row["level"]))], row
            )
            for number, row in rows
        }

    @property
    def up_to(self) -> int:
        """The number of the last event."""
        return int(self.batch.events[-1]["number"]) if self.batch.events else 0

    def product(self, identifier: str) -> PublishedProduct | None:
        return self._products.get(identifier)

    def data_key(self, identifier: str) -> bytes | None:
        return self.batch.data_keys.get(identifier)

    def find(self, wanted: ProductFilter) -> list[PublishedProduct]:
        """What fits, in the order in which it came: as the desks' own store finds it."""
        return [
            one
            for one in self._products.values()
            if wanted.after < one.number
            and (wanted.up_to is None or one.number <= wanted.up_to)
            and (one.latest or not wanted.latest)
            and wanted.fits(one.row)
        ]

    def versions(self, identifier: str) -> list[PublishedProduct]:
        """All versions of what one product is, oldest first; none of what is not there."""
        one = self._products.get(identifier)
        if one is None:
            return []
        family = sorted(
            (
                other
                for other in self._products.values()
                if other.row["family"] == one.row["family"]
            ),
            key=lambda other: int(other.row["version"]),
        )
        newest = int(family[-1].row["version"])
        return [replace(other, latest=int(other.row["version"]) == newest) for other in family]

    def events(self, after: int, limit: int) -> list[Event]:
        """Events behind a number, oldest first; numbers leave none out."""
        if not self.batch.events:
            return []
        first = max(0, after + 1 - int(self.batch.events[0]["number"]))
        return list(self.batch.events[first : first + limit])
