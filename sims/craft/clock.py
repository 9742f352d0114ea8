"""The on-board clock: SCLK as a craft counts it.

    SCLK(t) = (t − epoch) + offset + drift · (t − start)

with t in true TAI; `offset` is the error at `start` and `drift` the oscillator's fractional
frequency error, both held over a run.  Simple because within a day a deep-space TCXO's ageing
(below 1e-8 a day) and its temperature term stay under the ground's correlation uncertainty;
CCSDS 320.0-G and the time-correlation practice of CCSDS 301.0-B, annex B, use the same line.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.mission.model import Spacecraft
from groundsys.mission.scenario_model import Scenario
from sims.draws import normal

_PARTS_PER_TRILLION = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class OnBoardClock:
    """One craft's clock; all arguments and results are nanoseconds.

    `drift_ppt` is parts in 1e12 (SCLK gained per true second), an integer so that readings are
    exact and strictly rising.
    """

    epoch_ns: int
    start_ns: int
    offset_ns: int
    drift_ppt: int

    @classmethod
    def of(cls, craft: Spacecraft, scenario: Scenario, seed: int) -> OnBoardClock:
        """With errors drawn for this seed; their one-sigma sizes are in `scenario.truth`."""
        truth = scenario.truth
        offset_s = truth.get("clock_offset_s", 0.0) * normal(seed, "clock offset", craft.id)
        drift_ppm = truth.get("clock_drift_ppm", 0.0) * normal(seed, "clock drift", craft.id)
        return cls(
            epoch_ns=craft.sclk_epoch.tai_ns,
            start_ns=scenario.span.start.tai_ns,
            offset_ns=round(offset_s * 1e9),
            drift_ppt=round(drift_ppm * 1e6),
        )

    def reading(self, tai_ns: int) -> int:
        """SCLK in nanoseconds since the craft's epoch, at true time `tai_ns`."""
        gained = (tai_ns - self.start_ns) * self.drift_ppt // _PARTS_PER_TRILLION
        return tai_ns - self.epoch_ns + self.offset_ns + gained

    def when(self, sclk_ns: int) -> int:
        """The first true time (TAI ns) at which the clock reads at least `sclk_ns`."""
        since_start = sclk_ns + self.epoch_ns - self.offset_ns - self.start_ns
        guess = since_start * _PARTS_PER_TRILLION // (_PARTS_PER_TRILLION + self.drift_ppt)
        tai_ns = self.start_ns + guess - 2
        while self.reading(tai_ns) < sclk_ns:
            tai_ns += 1
        return tai_ns
