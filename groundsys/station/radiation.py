"""Which CLTU leaves when: one after the other at the uplink's rate, decisions only.

After PLOP-2 (CCSDS 231.0-B-4 §7): an acquisition sequence once the carrier is up, then each CLTU
with idle bits between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval

ACQUISITION_BITS = 128
IDLE_BITS = 16


@dataclass(frozen=True, slots=True)
class Radiation:
    """One CLTU's place on the uplink."""

    radiation_id: str
    cltu: bytes
    span: Interval

    @property
    def bits(self) -> int:
        return len(self.cltu) * 8


@dataclass(frozen=True, slots=True)
class Uplink:
    """A carrier that is up: until when, and what waits to be radiated."""

    spacecraft: str
    rate_bps: float
    until: Instant
    free_from: Instant
    queue: tuple[Radiation, ...] = ()


def open_uplink(spacecraft: str, rate_bps: float, window: Interval) -> Uplink:
    """The carrier comes up at the window's start, with its acquisition sequence."""
    free_from = window.start.plus_seconds(ACQUISITION_BITS / rate_bps)
    return Uplink(spacecraft, rate_bps, window.end, free_from)


def place_cltu(
    uplink: Uplink, radiation_id: str, cltu: bytes, now: Instant
) -> tuple[Uplink, Radiation | None]:
    """The uplink with this CLTU at its end; None, and the uplink as it was, if it does not fit."""
    start = max(now, uplink.free_from)
    duration_ns = -(-len(cltu) * 8 * NANOSECONDS_PER_SECOND // round(uplink.rate_bps))
    end = Instant(start.tai_ns + duration_ns)
    if end > uplink.until:
        return uplink, None
    radiation = Radiation(radiation_id, cltu, Interval(start, end))
    free_from = end.plus_seconds(IDLE_BITS / uplink.rate_bps)
    return replace(uplink, free_from=free_from, queue=(*uplink.queue, radiation)), radiation


def take_due(uplink: Uplink, now: Instant) -> tuple[Uplink, tuple[Radiation, ...]]:
    """The uplink without the CLTUs whose radiation has begun, and these.

    One that would not be out before the carrier goes down is not begun.
    """
    due = tuple(
        radiation
        for radiation in uplink.queue
        if radiation.span.start <= now and radiation.span.end <= uplink.until
    )
    return replace(uplink, queue=uplink.queue[len(due) :]), due
