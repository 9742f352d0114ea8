"""How an antenna searches for a craft that its predict may miss: decisions only.

Where the predict is less certain than the antenna's beam is wide, the beam looks at one place after
the other, from the predict outwards on a spiral whose turns, and whose places on a turn, are a beam
width apart, out to three sigma; then it begins anew.  At each place it stays until the receiver has
swept once over all frequencies at which the carrier may be, from low to high,

    dwell = 2 H / sweep rate,   H = 3 sigma of the frequency, at least what is always searched

A loop of the second order follows a sweep of up to ½ ω_n² rad/s² (F. M. Gardner, *Phaselock
Techniques*, 3rd ed., 2005, section 8.3): 10 kHz/s for a loop bandwidth of 190 Hz.  Once the beam
has met the craft the antenna follows the signal by itself (monopulse), whatever its predict says.

Where the predict is certain there is one place, and the sweep belongs to the antenna's usual
acquisition time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groundsys.mission.ground.antenna_model import Acquisition
from groundsys.values.predicts import PointingPredict

SIGMAS = 3.0
#: of a beam width: so uncertain a predict is still as good as certain
_CERTAIN_SHARE = 0.5
#: a beam nowhere looks farther from its predict, degrees
_FARTHEST_DEG = 3.0

Offset = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Search:
    """Places to look at, across and up from the predict in degrees, and frequencies around it."""

    offsets_deg: tuple[Offset, ...]
    half_width_hz: float
    #: 0: there is one place, and no sweep of its own
    dwell_s: float = 0.0

    @property
    def is_wide(self) -> bool:
        return self.dwell_s > 0.0

    @property
    def seconds(self) -> float:
        """For all places once."""
        return self.dwell_s * len(self.offsets_deg)

    def step_at(self, elapsed_s: float) -> int:
        """How many places have been looked at so long after its beginning."""
        return int(elapsed_s / self.dwell_s + 1e-9) if self.is_wide else 0

    def offset_at(self, step: int) -> Offset:
        """Where it looks then."""
        return self.offsets_deg[step % len(self.offsets_deg)]

    def sweep_s(self, off_hz: float) -> float:
        """From the sweep's beginning until it meets a carrier so far off the predict."""
        if not self.is_wide:
            return 0.0
        return self.dwell_s * (off_hz + self.half_width_hz) / (2.0 * self.half_width_hz)


def search_for(predict: PointingPredict | None, width_deg: float, limits: Acquisition) -> Search:
    """The search that a predict asks for, at an antenna with such a beam."""
    sigma_deg = 0.0 if predict is None else predict.sigma_deg
    sigma_hz = 0.0 if predict is None else predict.sigma_hz
    half_width_hz = max(limits.search_hz, SIGMAS * sigma_hz)
    radius_deg = min(SIGMAS * sigma_deg, _FARTHEST_DEG)
    is_certain = radius_deg <= _CERTAIN_SHARE * width_deg
    if is_certain and half_width_hz <= limits.search_hz:
        return Search(((0.0, 0.0),), half_width_hz)
    places = ((0.0, 0.0),) if is_certain else tuple(spiral(radius_deg, width_deg))
    return Search(places, half_width_hz, 2.0 * half_width_hz / limits.sweep_hz_s)


def spiral(radius_deg: float, step_deg: float) -> Iterator[Offset]:
    """Places `step_deg` apart on a spiral of Archimedes out to `radius_deg`, its centre first."""
    yield (0.0, 0.0)
    turn_deg = step_deg / (2.0 * math.pi)
    angle = math.pi
    while turn_deg * angle < radius_deg + step_deg / 2.0:
        out_deg = turn_deg * angle
        yield (out_deg * math.cos(angle), out_deg * math.sin(angle))
        angle += step_deg / math.hypot(out_deg, turn_deg)
