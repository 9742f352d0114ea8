"""Time tags of samples: SCLK → SCET, and the scales that product formats count in.

Vectorised over `int64` nanoseconds; `tai_ns` is TAI since 1970-01-01T00:00:00 TAI as in
`groundsys.values.instants`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundsys.values.clock import ClockSolution
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, tai_minus_utc_s

#: J2000.0 (2000-01-01T12:00:00 TT) in TAI ns since 1970; TT = TAI + 32.184 s (IAU 1991)
_J2000_TAI_NS = 946_727_967_816_000_000
NANOSECONDS_PER_DAY = 86_400 * NANOSECONDS_PER_SECOND


def scet_tai_ns(clock: ClockSolution, sclk_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """SCET of each SCLK reading; element by element what `ClockSolution.scet` gives."""
    elapsed = sclk_ns - np.int64(clock.sclk_ref_ns)
    correction = np.rint(elapsed * (clock.rate - 1.0)).astype(np.int64)
    scet: NDArray[np.int64] = np.int64(clock.scet_ref.tai_ns) + elapsed + correction
    return scet


def sigma_s(clock: ClockSolution, sclk_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    """One standard deviation of each SCET; element by element `ClockSolution.sigma_s`."""
    away_s = np.abs(sclk_ns - np.int64(clock.sclk_ref_ns)) / NANOSECONDS_PER_SECOND
    measured_s = clock.uncertainty_s + clock.rate_uncertainty * away_s
    return np.asarray(np.hypot(measured_s, clock.wander * np.sqrt(away_s**3 / 3.0)))


def tt2000_ns(tai_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """CDF's TT2000: nanoseconds of TT since J2000.0."""
    return tai_ns - np.int64(_J2000_TAI_NS)


def unix_ns(tai_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """UTC as nanoseconds since 1970 without leap seconds, as miniSEED libraries count."""
    if not len(tai_ns):
        return tai_ns.copy()
    first, last = (_leap_ns(int(tai_ns[index])) for index in (0, -1))
    if first == last:
        return tai_ns - np.int64(first)
    leaps = np.fromiter((_leap_ns(int(value)) for value in tai_ns), np.int64, len(tai_ns))
    return tai_ns - leaps


def _leap_ns(tai_ns: int) -> int:
    return tai_minus_utc_s(Instant(tai_ns).to_utc()) * NANOSECONDS_PER_SECOND
