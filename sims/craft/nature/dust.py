"""Dust in the air: its optical depth at one time, calm or in a storm.

    τ(t) = 0.4 + (τ_storm − 0.4) · s(t)

s grows evenly from 0 to 1 as a storm rises, stays there until it ends, and then falls as
exp(−t/clearing); of several storms the thickest counts.  0.4 is a clear day of the Viking landers
(J. B. Pollack et al., J. Geophys. Res. 84, 1979).  What storms reach, from the Sun as Opportunity
saw it: 5 in July 2007; 10.8 on 10 June 2018, from 1.0 a week before (NASA/JPL status reports).
Simple because panels and photometers ask for an optical depth alone: winds and temperatures of a
storm are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.values.instants import SOL_S
from sims.faults import Stretch

CLEAR_OPTICAL_DEPTH = 0.4
_SOL_NS = SOL_S * 1e9


@dataclass(frozen=True, slots=True)
class DustStorm:
    """A storm over one site: it begins to rise when the stretch begins, and to clear at its end."""

    stretch: Stretch
    optical_depth: float
    rise_sols: float
    clearing_sols: float

    def share(self, tai_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """s(t) at true times."""
        risen = (tai_ns - self.stretch.from_ns) / _SOL_NS / self.rise_sols
        grown = np.clip(risen, 0.0, 1.0)
        if self.stretch.until_ns is None:
            return np.asarray(grown)
        most = min(1.0, (self.stretch.until_ns - self.stretch.from_ns) / _SOL_NS / self.rise_sols)
        over = np.maximum(tai_ns - self.stretch.until_ns, 0) / _SOL_NS
        return np.asarray(np.minimum(grown, most) * np.exp(-over / self.clearing_sols))


@dataclass(slots=True)
class Dust:
    """The dust over one site; a storm may come up that nobody had foreseen."""

    storms: tuple[DustStorm, ...] = ()

    def take(self, storms: tuple[DustStorm, ...]) -> None:
        self.storms += storms

    def optical_depths(self, tai_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """At true times, in any order."""
        found = np.full(len(tai_ns), CLEAR_OPTICAL_DEPTH)
        for storm in self.storms:
            more = (storm.optical_depth - CLEAR_OPTICAL_DEPTH) * storm.share(tai_ns)
            found = np.maximum(found, CLEAR_OPTICAL_DEPTH + more)
        return found

    def optical_depth(self, tai_ns: int) -> float:
        """At one true time."""
        if not self.storms:
            return CLEAR_OPTICAL_DEPTH
        return float(self.optical_depths(np.array([tai_ns]))[0])
