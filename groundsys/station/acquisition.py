"""Whether a receiver can lock on to the carrier that its antenna sees: decisions only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.mission.ground.antenna_model import Acquisition
from groundsys.station.search import Search
from groundsys.values.instants import Instant
from groundsys.values.predicts import PointingPredict


def why_not_acquired(
    signal: Mapping[str, Any],
    predict: PointingPredict | None,
    limits: Acquisition,
    search: Search,
    at: Instant,
) -> str:
    """What keeps the receiver from acquiring a signal (`x_signal`); empty if nothing does."""
    strength = signal.get("c_n0_dbhz")
    if strength is not None and strength < limits.threshold_dbhz:
        return (
            f"C/N0 is {strength:.0f} dBHz, below {limits.threshold_dbhz:.0f}: "
            f"the dish may point beside the craft"
        )
    off_hz = carrier_off_hz(signal, predict, at)
    if abs(off_hz) > search.half_width_hz:
        return (
            f"the carrier is {off_hz / 1e3:+.1f} kHz off the predict, "
            f"and is searched within {search.half_width_hz / 1e3:.1f} kHz"
        )
    return ""


def carrier_off_hz(
    signal: Mapping[str, Any], predict: PointingPredict | None, at: Instant
) -> float:
    """How far a carrier is above what its predict says; 0 where nothing says it."""
    carrier_hz = signal.get("carrier_hz")
    if carrier_hz is None or predict is None:
        return 0.0
    return float(carrier_hz) - predict.carrier_at(at.tai_ns)
