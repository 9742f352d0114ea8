"""How a craft's clock relates to time: SCLK ↔ SCET.

A spacecraft clock counts nanoseconds from the craft's `sclk_epoch`; it is set a little wrong and
runs a little fast or slow.  A `ClockSolution` is one straight line that the ground believes in, a
`ClockHistory` the lines one after the other.  Where a clock was reset, and so jumped, a new
*partition* begins (the word of SPICE's SCLK kernels).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import hypot, sqrt

from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    Instant,
    Interval,
    SpacecraftEventTime,
)


@dataclass(frozen=True, slots=True)
class ClockSolution:
    """SCET = `scet_ref` + `rate` · (SCLK − `sclk_ref_ns`), believed from `valid_from` on.

    `rate` is seconds of SCET per second of SCLK.  One standard deviation of SCET is
    `uncertainty_s` at the reference, and farther away what `sigma_s` tells: `rate_uncertainty` is
    that of the rate, `wander` by how much the rate walks within √1 s (s^-1/2).
    """

    spacecraft: str
    sclk_ref_ns: int
    scet_ref: SpacecraftEventTime
    rate: float
    uncertainty_s: float
    valid_from: Instant
    rate_uncertainty: float = 0.0
    wander: float = 0.0
    #: 1 until the clock is reset for the first time
    partition: int = 1

    @classmethod
    def nominal(
        cls, spacecraft: str, sclk_epoch: Instant, *, uncertainty_s: float = 10.0
    ) -> ClockSolution:
        """The clock as built: zero at its epoch and running true; nothing has been measured yet."""
        reference = SpacecraftEventTime(sclk_epoch.tai_ns)
        return cls(spacecraft, 0, reference, 1.0, uncertainty_s, sclk_epoch)

    def scet(self, sclk_ns: int) -> SpacecraftEventTime:
        """When the clock showed `sclk_ns`; exact to a nanosecond over years for rates near 1."""
        elapsed_ns = sclk_ns - self.sclk_ref_ns
        correction_ns = round(elapsed_ns * (self.rate - 1.0))
        return SpacecraftEventTime(self.scet_ref.tai_ns + elapsed_ns + correction_ns)

    def sclk_ns(self, scet: Instant) -> int:
        """What the clock shows at `scet`, in nanoseconds since the craft's `sclk_epoch`."""
        elapsed_ns = scet.tai_ns - self.scet_ref.tai_ns
        correction_ns = round(elapsed_ns * (1.0 / self.rate - 1.0))
        return self.sclk_ref_ns + elapsed_ns + correction_ns

    def sigma_s(self, sclk_ns: int) -> float:
        """One standard deviation of `scet(sclk_ns)`, in seconds.

        Errors of reference and rate may go together, so they are added and not their squares; a
        rate that walks moves the clock by wander · √(t³/3).
        """
        away_s = abs(sclk_ns - self.sclk_ref_ns) / NANOSECONDS_PER_SECOND
        measured_s = self.uncertainty_s + self.rate_uncertainty * away_s
        return hypot(measured_s, self.wander * sqrt(away_s**3 / 3.0))

    @property
    def drift_ppm(self) -> float:
        """By how many millionths the clock runs slow (negative: fast)."""
        return (self.rate - 1.0) * 1e6

    def sclk_s(self, scet: Instant) -> float:
        """What the clock shows at `scet`, in seconds since the craft's `sclk_epoch`."""
        return self.sclk_ns(scet) / NANOSECONDS_PER_SECOND


@dataclass(frozen=True, slots=True)
class ClockReset:
    """A craft's clock has jumped, at some moment `within` these; `partition` began.

    `jump_ns` is by how much it shows more (negative: less) than it would without.
    """

    spacecraft: str
    partition: int
    within: Interval
    jump_ns: int

    @property
    def at(self) -> SpacecraftEventTime:
        """The moment that is taken for it: the middle."""
        start_ns, end_ns = self.within.start.tai_ns, self.within.end.tai_ns
        return SpacecraftEventTime((start_ns + end_ns) // 2)


@dataclass(frozen=True)
class ClockHistory:
    """What is believed of one clock for all time.

    `pieces` are in order of partition and reference; each holds from its reference to that of the
    next, the first of a partition also before, the last of all also after.  `resets` are those
    between the partitions.
    """

    pieces: tuple[ClockSolution, ...]
    resets: tuple[ClockReset, ...] = ()

    @property
    def current(self) -> ClockSolution:
        """The line by which the present and the future are told."""
        return self.pieces[-1]

    def partition_of(self, sclk_ns: int, known_by: Instant) -> int:
        """The partition in which a reading that the ground has `known_by` then was taken.

        The newest that has shown it by then.  A reading that the clock has shown in two partitions
        (it was set back by less than it has run since) is taken for the later one.
        """
        for reset in reversed(self.resets):
            first = self._first_of(reset.partition)
            earliest_ns = first.sclk_ns(reset.at)
            if sclk_ns >= earliest_ns and self.piece(reset.partition, sclk_ns).scet(
                sclk_ns
            ) <= known_by.plus_seconds(1.0):
                return reset.partition
        return self.pieces[0].partition

    def partition_at(self, scet: Instant) -> int:
        """The partition in which the clock was at `scet`."""
        begun = [reset.partition for reset in self.resets if reset.at <= scet]
        return begun[-1] if begun else self.pieces[0].partition

    def piece(self, partition: int, sclk_ns: int) -> ClockSolution:
        """The line that holds for a reading within its partition."""
        mine = self._by_partition[partition]
        at = bisect_right(mine, sclk_ns, key=lambda one: one.sclk_ref_ns)
        return mine[max(0, at - 1)]

    def line(self, sclk_ns: int, known_by: Instant) -> ClockSolution:
        """The line that holds for a reading that the ground has `known_by` then."""
        return self.piece(self.partition_of(sclk_ns, known_by), sclk_ns)

    def scet(self, sclk_ns: int, known_by: Instant) -> SpacecraftEventTime:
        """When the clock showed a reading that the ground has `known_by` then."""
        return self.line(sclk_ns, known_by).scet(sclk_ns)

    def sclk_ns(self, scet: Instant) -> int:
        """What the clock showed, or will show, at `scet`."""
        mine = self._by_partition[self.partition_at(scet)]
        at = bisect_right(mine, scet.tai_ns, key=lambda one: one.scet_ref.tai_ns)
        return mine[max(0, at - 1)].sclk_ns(scet)

    def line_over(self, first_ns: int, last_ns: int, known_by: Instant) -> ClockSolution:
        """One line for everything between two readings: through the history at both.

        Its uncertainty is the worst between them, with what the line leaves out of the history.
        """
        partition = self.partition_of(first_ns, known_by)
        start, end = self.piece(partition, first_ns), self.piece(partition, last_ns)
        ends = start.scet(first_ns), end.scet(last_ns)
        span_ns = last_ns - first_ns
        rate = start.rate if span_ns <= 0 else (ends[1].tai_ns - ends[0].tai_ns) / span_ns
        line = replace(
            self.current,
            sclk_ref_ns=first_ns,
            scet_ref=ends[0],
            rate=rate,
            partition=partition,
            rate_uncertainty=0.0,
            wander=0.0,
        )
        worst_s = max(start.sigma_s(first_ns), end.sigma_s(last_ns))
        for before, after in pairwise(self._by_partition[partition]):
            if first_ns < after.sclk_ref_ns < last_ns:
                left_out_s = abs(line.scet(after.sclk_ref_ns).seconds_since(after.scet_ref))
                worst_s = max(worst_s, before.sigma_s(after.sclk_ref_ns) + left_out_s)
        return replace(line, uncertainty_s=worst_s)

    def _first_of(self, partition: int) -> ClockSolution:
        return self._by_partition[partition][0]

    @cached_property
    def _by_partition(self) -> dict[int, tuple[ClockSolution, ...]]:
        numbers = dict.fromkeys(one.partition for one in self.pieces)
        return {
            number: tuple(one for one in self.pieces if one.partition == number)
            for number in numbers
        }
