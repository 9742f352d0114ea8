"""Measured range and Doppler against those of the trajectory that the ground believes in.

With ρ(t) the round trip of what is received at t, in seconds, delays of transponder and station in
it, and M the turnaround ratio:

    range:    ρ(t)            Doppler:   f̄ = M f_T (1 − (ρ(t) − ρ(t − T)) / T)

over a count interval T: the cycles that come in it are those sent in T − Δρ (T. D. Moyer,
*Formulation for Observed and Computed Values of Deep Space Network Data Types*, JPL 2000, ch. 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.round_trip import round_trip_s
from groundsys.values.instants import EarthReceiveTime
from groundsys.values.tracking import TrackingPoint

_METRES_PER_KM = 1e3
_MM_PER_KM = 1e6


def compare(geometry: Geometry, points: Sequence[TrackingPoint]) -> list[TrackingPoint]:
    """The points of one antenna and craft with their residuals by `geometry`."""
    if not points:
        return []
    antenna = geometry.mission.antennas[points[0].antenna]
    craft = geometry.mission.spacecraft[points[0].spacecraft]
    ratio = craft.transponder.ratio
    end_ns = np.array([one.received.tai_ns for one in points], dtype=np.int64)
    interval_s = np.array([one.count_interval_s for one in points])
    start_ns = end_ns - np.rint(interval_s * 1e9).astype(np.int64)
    ends, starts = (
        round_trip_s(geometry, antenna.id, craft.id, at_ns, craft.transponder.delay_ns * 1e-9)[0]
        for at_ns in (end_ns, start_ns)
    )
    found = []
    for point, end_s, start_s in zip(points, ends.tolist(), starts.tolist(), strict=True):
        late_s = point.round_trip_s - end_s - antenna.tracking.delay_ns * 1e-9
        sent_hz = ratio * point.transmit_hz
        lower = (end_s - start_s) / point.count_interval_s
        measured = 1.0 - point.receive_hz / sent_hz
        found.append(
            replace(
                point,
                range_residual_m=late_s / 2.0 * SPEED_OF_LIGHT_KM_S * _METRES_PER_KM,
                doppler_residual_mm_s=(measured - lower) / 2.0 * SPEED_OF_LIGHT_KM_S * _MM_PER_KM,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class PassResiduals:
    """One pass' residuals: means and root mean squares."""

    pass_id: str
    spacecraft: str
    antenna: str
    first: EarthReceiveTime
    last: EarthReceiveTime
    points: int
    range_mean_m: float
    range_rms_m: float
    doppler_mean_mm_s: float
    doppler_rms_mm_s: float


def residuals_of(points: Iterable[TrackingPoint]) -> list[PassResiduals]:
    """By pass and antenna, in order of their first point."""
    groups: dict[tuple[str, str, str], list[TrackingPoint]] = {}
    for point in points:
        groups.setdefault((point.pass_id, point.spacecraft, point.antenna), []).append(point)
    found = []
    for (pass_id, spacecraft, antenna), mine in groups.items():
        mine.sort(key=lambda one: one.received)
        range_m = np.array([one.range_residual_m for one in mine])
        doppler_mm_s = np.array([one.doppler_residual_mm_s for one in mine])
        found.append(
            PassResiduals(
                *(pass_id, spacecraft, antenna, mine[0].received, mine[-1].received, len(mine)),
                range_mean_m=float(range_m.mean()),
                range_rms_m=float(np.sqrt(np.mean(range_m**2))),
                doppler_mean_mm_s=float(doppler_mm_s.mean()),
                doppler_rms_mm_s=float(np.sqrt(np.mean(doppler_mm_s**2))),
            )
        )
    return sorted(found, key=lambda one: (one.first, one.pass_id))
