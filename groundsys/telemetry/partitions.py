"""Where a clock was reset: couples that one running clock can have shown, and the jumps between.

A couple of which the clock cannot have come from the couples before is either a wrong pairing (a
packet that came long after it was made) or the first after a reset.  A reset is believed once a
second couple agrees with it and none after it agrees with the clock as it ran before.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.telemetry.clock_filter import OUTLIER_FLOOR_S
from groundsys.telemetry.couples import TimeCouple, apart_s

#: no oscillator that flies runs so wrong: couples farther apart cannot both be true
_IMPOSSIBLE_DRIFT_PPM = 500.0
#: … nor does one whose rate has been seen change it by so much
_IMPOSSIBLE_CHANGE_PPM = 20.0
#: over so long a rate can be seen
_RATE_SEEN_S = 1_800.0
_NOISE_SIGMAS = 8.0
#: so many couples agree before a reset is believed
CONFIRMED_BY = 2


class _Run:
    """Couples that one running clock can have shown, as they were added."""

    def __init__(self, first: TimeCouple) -> None:
        self.couples = [first]

    def misses_s(self, couple: TimeCouple, floor_s: float) -> float | None:
        """How far `couple` is from where the clock is foreseen; None: it cannot be its."""
        last = self.couples[-1]
        run_s = couple.scet.seconds_since(last.scet)
        rate, limit_ppm = 0.0, _IMPOSSIBLE_DRIFT_PPM
        seen_s = last.scet.seconds_since(self.couples[0].scet)
        if seen_s >= _RATE_SEEN_S:
            rate, limit_ppm = apart_s(self.couples[0], last) / seen_s, _IMPOSSIBLE_CHANGE_PPM
        missed_s = abs(apart_s(last, couple) - rate * run_s)
        return missed_s if missed_s <= limit_ppm * 1e-6 * run_s + floor_s else None

    @property
    def worth(self) -> tuple[int, int]:
        """The more couples the better; of two that are worth the same, the later reading."""
        return len(self.couples), self.couples[-1].sclk_ns

    def overlaps(self, other: _Run) -> bool:
        return (
            self.couples[0].scet <= other.couples[-1].scet
            and other.couples[0].scet <= self.couples[-1].scet
        )


def split_partitions(ordered: Sequence[TimeCouple], noise_s: float) -> list[list[TimeCouple]]:
    """The couples of each partition, in order; `ordered` is by SCET, and not empty.

    `noise_s` is one sigma of a couple: a jump of less than 8 of them, or of 5 ms, is none.
    """
    floor_s = max(OUTLIER_FLOOR_S, _NOISE_SIGMAS * noise_s)
    runs: list[_Run] = []
    for couple in ordered:
        fitting = [
            (missed_s, run)
            for run in runs
            if (missed_s := run.misses_s(couple, floor_s)) is not None
        ]
        if fitting:
            min(fitting, key=lambda one: one[0])[1].couples.append(couple)
        else:
            runs.append(_Run(couple))
    kept: list[_Run] = []
    for run in sorted(runs, key=lambda one: one.worth, reverse=True):
        believed = len(run.couples) >= CONFIRMED_BY or not kept
        if believed and not any(run.overlaps(other) for other in kept):
            kept.append(run)
    return [run.couples for run in sorted(kept, key=lambda one: one.couples[0].scet)]
