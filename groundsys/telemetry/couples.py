"""Time couples: what a craft's clock showed, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from groundsys.values.clock import ClockHistory
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    LightTime,
    SpacecraftEventTime,
)

#: median of the square of a standard normal
_MEDIAN_SQUARE = 0.4549


@dataclass(frozen=True, slots=True, order=True)
class TimeCouple:
    """A craft's clock showed `sclk_ns` at `scet`, which is uncertain by one sigma of `sigma_s`."""

    sclk_ns: int
    scet: SpacecraftEventTime
    sigma_s: float = 0.0


def couple_from_receive_time(
    sclk_ns: int, receive_time: EarthReceiveTime, light_time: LightTime
) -> TimeCouple:
    return TimeCouple(sclk_ns, receive_time.emitted_before(light_time))


def couple_from_relay(
    sclk_ns: int,
    relay_sclk_ns: int,
    relay_clock: ClockHistory,
    light_time: LightTime,
    known_by: Instant,
) -> TimeCouple:
    """`light_time` is the hop's, from the cube to its relay (milliseconds)."""
    line = relay_clock.line(relay_sclk_ns, known_by)
    scet = SpacecraftEventTime(line.scet(relay_sclk_ns).tai_ns - light_time.ns)
    return TimeCouple(sclk_ns, scet, line.sigma_s(relay_sclk_ns))


def reading_noise_s(ordered: Sequence[TimeCouple], wander: float) -> float:
    """One sigma of a couple, from how far each lies from the line through its neighbours.

    Of that, what the clock's own `wander` (q in s^-1/2) bends is taken off: over parts a and b of
    the line, q² a² b² / 3 (a + b).  The median makes it deaf to wrong pairings.  0 for fewer than
    three couples.
    """
    found = []
    for before, here, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
        a_s = here.scet.seconds_since(before.scet)
        b_s = after.scet.seconds_since(here.scet)
        if a_s <= 0.0 or b_s <= 0.0:
            continue
        weight = b_s / (a_s + b_s)
        to_before_s, to_after_s = apart_s(before, here), apart_s(here, after)
        off_s = weight * to_before_s - (1.0 - weight) * to_after_s
        bent = wander**2 * a_s**2 * b_s**2 / (3.0 * (a_s + b_s))
        found.append((off_s**2 / _MEDIAN_SQUARE - bent) / (1.0 + weight**2 + (1.0 - weight) ** 2))
    return sqrt(max(0.0, median(found))) if found else 0.0


def apart_s(one: TimeCouple, other: TimeCouple) -> float:
    """By how much the clock falls behind from one couple to the other."""
    elapsed_ns = other.scet.tai_ns - one.scet.tai_ns
    return (elapsed_ns - (other.sclk_ns - one.sclk_ns)) / NANOSECONDS_PER_SECOND
