"""What each customer has got, what is still on its way, and the latest files."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    clock_text,
    clock_text_without_year,
    count_text,
    duration_text,
    volume_text,
)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer's deliveries so far."""

    id: str
    files: Phrase
    volume: Phrase
    waiting: Phrase
    latest: Phrase


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivered file."""

    id: str
    time: str
    customer: str
    name: str
    volume: Phrase


def customer_rows(picture: Picture) -> tuple[CustomerRow, ...]:
    """One row a customer, by name."""
    customers = picture.deliveries.get("customers", {})
    now_ns = picture.clock.get("now_ns")
    return tuple(_customer_row(name, customers[name], now_ns) for name in sorted(customers))


def delivery_rows(picture: Picture) -> tuple[DeliveryRow, ...]:
    """The latest files, newest first."""
    recent = picture.deliveries.get("recent", ())
    newest_first = sorted(recent, key=lambda item: -int(item.get("time_ns") or 0))
    return tuple(_delivery_row(item) for item in newest_first)


def _customer_row(name: str, customer: Snapshot, now_ns: int | None) -> CustomerRow:
    waiting = int(customer.get("files_waiting") or 0)
    return CustomerRow(
        id=name,
        files=Phrase(count_text(int(customer.get("files") or 0)), right=True),
        volume=Phrase(volume_text(customer.get("bytes") or 0), right=True),
        waiting=Phrase(count_text(waiting), "notice" if waiting else "quiet", right=True),
        latest=_latest(customer.get("last_ns"), now_ns),
    )


def _latest(last_ns: int | None, now_ns: int | None) -> Phrase:
    if last_ns is None:
        return Phrase("nothing yet", "quiet")
    if now_ns is None:
        return Phrase(clock_text(last_ns))
    ago = duration_text((now_ns - last_ns) / NANOSECONDS_PER_SECOND)
    return Phrase(f"{clock_text(last_ns)} ({ago} ago)")


def _delivery_row(item: Snapshot) -> DeliveryRow:
    name = str(item.get("name") or UNKNOWN)
    customer = str(item.get("customer") or UNKNOWN)
    volume = item.get("bytes")
    return DeliveryRow(
        id=f"{customer}|{name}|{item.get('time_ns')}",
        time=clock_text_without_year(item.get("time_ns")),
        customer=customer,
        name=name,
        volume=Phrase(UNKNOWN if volume is None else volume_text(volume), right=True),
    )
