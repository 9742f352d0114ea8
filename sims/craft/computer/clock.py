"""The on-board clock: SCLK as a craft counts it.

    dSCLK/dt = 1 + y₀ + (1 − k) y(T),  y(T) = a₃ (u³ − 3 d u²),  u = T − T_L,  d = 26 °C − T_L

with t in true TAI.  y₀ is the oscillator's own fractional frequency error, constant over a run
(a deep-space crystal ages by less than 1e-8 a day); y(T) that of an AT-cut quartz plate with
temperature T: the cubic a₁ (T − 26 °C) + a₃ (T − 26 °C)³ with a₃ = 109.5e-12 /K³ (R. Bechmann,
*Frequency-temperature-angle characteristics of AT-type resonators made of natural and synthetic
quartz*, Proc. IRE 44, 1956, p. 1600), the cut's angle (and so a₁ = −3 a₃ d²) chosen for a turning
point at T_L, where the craft's computer lives, and the frequency trimmed there.

Between two looks at the temperature the rate is constant.  A reset sets the count.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from sims.draws import normal

_PARTS_PER_TRILLION = 1_000_000_000_000
_INFLECTION_C = 26.0
_CUBIC_PER_K3 = 109.5e-12


def crystal_drift(temperature_c: float, turnover_c: float) -> float:
    """Fractional frequency error y(T) of an AT-cut plate that is right at its turning point."""
    u, d = temperature_c - turnover_c, _INFLECTION_C - turnover_c
    return _CUBIC_PER_K3 * u * u * (u - 3.0 * d)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From `since_ns` (TAI) on the clock shows `shown_ns` and what it counts at its rate."""

    since_ns: int
    shown_ns: int
    drift_ppt: int

    def reading(self, tai_ns: int) -> int:
        elapsed_ns = tai_ns - self.since_ns
        return self.shown_ns + elapsed_ns + elapsed_ns * self.drift_ppt // _PARTS_PER_TRILLION

    def when(self, sclk_ns: int) -> int:
        """The first true time at which it shows `sclk_ns`, were it to run for ever."""
        counted_ns = sclk_ns - self.shown_ns
        scale = _PARTS_PER_TRILLION + self.drift_ppt
        tai_ns = self.since_ns + counted_ns * _PARTS_PER_TRILLION // scale - 2
        while self.reading(tai_ns) < sclk_ns:
            tai_ns += 1
        return tai_ns


class OnBoardClock:
    """One craft's clock; all arguments and results are nanoseconds.

    `drift_ppt` is y₀ in parts in 1e12 (SCLK gained per true second), an integer so that readings
    are exact and strictly rising; `offset_ns` is the clock's error at `start_ns`.  Without
    `turnover_c` temperature does nothing.
    """

    def __init__(
        self,
        epoch_ns: int,
        start_ns: int,
        offset_ns: int,
        drift_ppt: int,
        turnover_c: float | None = None,
        compensation: float = 0.0,
    ) -> None:
        self.epoch_ns = epoch_ns
        self.start_ns = start_ns
        self._own_ppt = drift_ppt
        self._turnover_c = turnover_c
        self._uncompensated = 1.0 - compensation
        self._stretches = [_Stretch(start_ns, start_ns - epoch_ns + offset_ns, drift_ppt)]
        self._begins = [start_ns]
        self._set_at: set[int] = set()

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
            turnover_c=craft.platform.get("clock_turnover_c"),
            compensation=craft.platform.get("clock_compensation", 0.0),
        )

    def reading(self, tai_ns: int) -> int:
        """SCLK in nanoseconds since the craft's epoch, at true time `tai_ns`."""
        return self._stretches[max(0, bisect_right(self._begins, tai_ns) - 1)].reading(tai_ns)

    def when(self, sclk_ns: int) -> int:
        """The first true time (TAI ns) since the last reset at which it reads at least `sclk_ns`.

        Of what it has not shown yet, by the rate that it has now.
        """
        at = len(self._stretches) - 1
        while at > 0 and sclk_ns < self._stretches[at].shown_ns and at not in self._set_at:
            at -= 1
        found_ns = self._stretches[at].when(sclk_ns)
        return max(found_ns, self._begins[at]) if at in self._set_at else found_ns

    def warm(self, now_ns: int, temperature_c: float) -> None:
        """Its crystal is this warm from `now_ns` on."""
        if self._turnover_c is not None:
            drift = self._uncompensated * crystal_drift(temperature_c, self._turnover_c)
            self._go_on(now_ns, self.reading(now_ns), self._own_ppt + round(drift * 1e12))

    def set(self, now_ns: int, sclk_ns: int) -> None:
        """It is reset at `now_ns`, and goes on from `sclk_ns`."""
        self._set_at.add(len(self._stretches))
        self._go_on(now_ns, sclk_ns, self._stretches[-1].drift_ppt)

    def _go_on(self, now_ns: int, shown_ns: int, drift_ppt: int) -> None:
        self._stretches.append(_Stretch(now_ns, shown_ns, drift_ppt))
        self._begins.append(now_ns)

    @property
    def resets(self) -> int:
        """How often it has been reset."""
        return len(self._set_at)
