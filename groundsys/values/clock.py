"""How a craft's clock relates to time: SCLK ↔ SCET.

A spacecraft clock counts nanoseconds from the craft's `sclk_epoch`; it is set a little wrong and
runs a little fast or slow.  A `ClockSolution` is the straight line that the ground believes in.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, SpacecraftEventTime


@dataclass(frozen=True, slots=True)
class ClockSolution:
    """SCET = `scet_ref` + `rate` · (SCLK − `sclk_ref_ns`), believed from `valid_from` on.

    `rate` is seconds of SCET per second of SCLK; `uncertainty_s` is one standard deviation of
    SCET near the reference.
    """

    spacecraft: str
    sclk_ref_ns: int
    scet_ref: SpacecraftEventTime
    rate: float
    uncertainty_s: float
    valid_from: Instant

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

    @property
    def drift_ppm(self) -> float:
        """By how many millionths the clock runs slow (negative: fast)."""
        return (self.rate - 1.0) * 1e6

    def sclk_s(self, scet: Instant) -> float:
        """What the clock shows at `scet`, in seconds since the craft's `sclk_epoch`."""
        return self.sclk_ns(scet) / NANOSECONDS_PER_SECOND
