"""What stations measure of a craft's motion: two-way range and Doppler."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import EarthReceiveTime


@dataclass(frozen=True, slots=True)
class TrackingPoint:
    """One measurement of an antenna, and how far it is from what was foreseen.

    `round_trip_s` is from transmission to reception at `received`, the delays of station and
    transponder in it; `receive_hz` the mean carrier frequency over the count interval that ends
    then, sent back coherently of `transmit_hz`.  The residuals, measured less foreseen, are one-way
    equivalents: metres of range, and mm/s by which the craft recedes.
    """

    spacecraft: str
    antenna: str
    pass_id: str
    received: EarthReceiveTime
    count_interval_s: float
    transmit_hz: float
    receive_hz: float
    round_trip_s: float
    range_residual_m: float = 0.0
    doppler_residual_mm_s: float = 0.0
