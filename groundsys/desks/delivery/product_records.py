"""What the catalogue says of a product that a desk has made."""

from __future__ import annotations

from groundsys.customers import product_key
from groundsys.products import ProductFile, versioned
from groundsys.store import ProductRecord
from groundsys.values.instants import Instant


def record_of(
    made: ProductFile,
    number: int,
    *,
    file: str,
    customer: str,
    spacecraft: str,
    payload: str,
    version: int,
    created: Instant,
    measured: tuple[Instant | None, Instant | None],
) -> ProductRecord:
    """Of the product `number` of a version of what is made of `file`: its id is always the same."""
    return ProductRecord(
        id=f"{file.replace(':', '-')}-{versioned(str(number), version)}",
        customer=customer,
        spacecraft=spacecraft,
        payload=payload,
        file=file,
        name=made.name,
        level=made.level,
        media_type=made.media_type,
        size=made.size,
        sha256=made.sha256,
        key=product_key(customer, spacecraft, made.name),
        created=created,
        version=version,
        measured_from=measured[0],
        measured_until=measured[1],
    )
