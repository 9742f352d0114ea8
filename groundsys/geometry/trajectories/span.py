"""The time for which a trajectory is known."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray, tai_nanoseconds
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

#: what times may be off by and still be taken for equal
GRACE_S = 1e-6


def check_span(name: str, span: tuple[float, float] | None, tdb_s: FloatArray) -> None:
    """`DefinitionError` if a time is asked for at which the trajectory is not known."""
    if span is None or not tdb_s.size:
        return
    first, last = float(tdb_s.min()), float(tdb_s.max())
    if first < span[0] - GRACE_S or last > span[1] + GRACE_S:
        outside = "before its start" if first < span[0] - GRACE_S else "past its end"
        raise DefinitionError(
            f"{name} was asked for a time {outside}",
            expected=f"times from {utc_text(span[0])} to {utc_text(span[1])}",
            found=f"{utc_text(first)} to {utc_text(last)}",
            remedy="name a trajectory that covers the scenario and an hour on either side",
        )


def utc_text(tdb_s: float) -> str:
    """A time of TDB since J2000 as UTC, for messages."""
    return Instant(int(tai_nanoseconds(np.array([tdb_s]))[0])).utc_iso(3)
