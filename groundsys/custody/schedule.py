"""Which files a cube has surely made: by its own word, and from then on by its schedule.

A payload's file closes at whole file intervals from half a minute after its start; switching it
off and campaigns make more, which the cube's telemetry (`payload_file_sequence`) then tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

#: a payload's logger takes its first record so long after its start
FIRST_RECORD_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """At `at` (SCET) the cube was writing its file number `sequence`, if its payload was on."""

    sequence: int
    at: Instant
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Logged:
    """A file number, and when it is taken to have been closed (SCET)."""

    sequence: int
    closed: Instant


def surely_made(
    start: Instant, interval_s: float, told: Told | None, now: Instant
) -> Iterator[Logged]:
    """The files of a payload that logs from `start` on, closed by `now`, in order.

    Of those that the cube has told of, each is taken to have closed at the boundary that leads up
    to what it told; none before the first.
    """
    first_ns = start.tai_ns + round(FIRST_RECORD_AFTER_S * NANOSECONDS_PER_SECOND)
    step_ns = round(interval_s * NANOSECONDS_PER_SECOND)

    def boundaries(until: Instant) -> int:
        return max(0, (until.tai_ns - first_ns) // step_ns)

    def boundary(number: int) -> Instant:
        return Instant(first_ns + max(1, number) * step_ns)

    known = boundaries(told.at) if told else 0
    made = told.sequence - 1 if told else 0
    for sequence in range(1, made + 1):
        yield Logged(sequence, min(boundary(known - (made - sequence)), told.at if told else now))
    if told is None or told.is_on:
        for number in range(known + 1, boundaries(now) + 1):
            yield Logged(made + number - known, boundary(number))
