"""Instants as seconds of barycentric dynamical time, the argument of the ephemerides."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

FloatArray = NDArray[np.float64]
NanosecondArray = NDArray[np.int64]

TT_MINUS_TAI_S = 32.184
SECONDS_PER_DAY = 86_400.0
DAYS_PER_CENTURY = 36_525.0

#: 2000-01-01T12:00:00 TT in TAI ns: UTC is 64.184 s behind TT there.
_J2000_TAI_NS = Instant.from_utc(datetime(2000, 1, 1, 11, 58, 55, 816_000, UTC)).tai_ns


def tdb_seconds(tai_ns: NanosecondArray) -> FloatArray:
    """Seconds of TDB since J2000 for TAI nanoseconds since 1970; resolution about 0.2 µs.

    TDB − TT by the one-term expression of NAIF's leap second kernel (at most 0.03 ms off the
    full series, by which Mars moves less than a metre).
    """
    ns = np.asarray(tai_ns, dtype=np.int64)
    tt = (ns - _J2000_TAI_NS) / NANOSECONDS_PER_SECOND
    mean_anomaly = 6.239996 + 1.99096871e-7 * tt
    eccentric_anomaly = mean_anomaly + 1.671e-2 * np.sin(mean_anomaly)
    tdb: FloatArray = tt + 1.657e-3 * np.sin(eccentric_anomaly)
    return tdb


def instants_ns(*instants: Instant) -> NanosecondArray:
    """The given instants as an array of TAI nanoseconds."""
    return np.array([instant.tai_ns for instant in instants], dtype=np.int64)
