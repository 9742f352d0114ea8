"""The latest files that have reached their customers."""

from __future__ import annotations

from dataclasses import dataclass

from ops_tui.picture import Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    clock_text_without_year,
    volume_text,
)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivered file."""

    id: str
    time: str
    customer: str
    name: str
    volume: Phrase


def delivery_rows(picture: Picture) -> tuple[DeliveryRow, ...]:
    """The latest files, newest first."""
    recent = picture.deliveries.get("recent", ())
    newest_first = sorted(recent, key=lambda item: -int(item.get("time_ns") or 0))
    return tuple(_delivery_row(item) for item in newest_first)


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
