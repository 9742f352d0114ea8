"""Clock correlation: from pairs of (SCLK, SCET) to a `ClockSolution`.

The orbiter's pairs come from frames: its clock at emission, and the Earth receive time less the
light time.  A cube's pairs come from its relay: its clock at emission, and the orbiter's clock at
reception, read through the orbiter's own solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.values.clock import ClockSolution
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    LightTime,
    SpacecraftEventTime,
)

#: couples nearer together than this tell an offset, not a rate
MINIMUM_SPAN_S = 1_800.0
#: what a clock may run wrong while its rate has not been measured (ppm)
UNMEASURED_DRIFT_PPM = 20.0
#: no oscillator that flies runs so wrong: couples farther apart cannot both be true
_IMPOSSIBLE_DRIFT_PPM = 500.0
#: a residual beyond so many robust standard deviations is a wrong pairing
_OUTLIER_SIGMAS = 6.0
_OUTLIER_FLOOR_S = 0.005


@dataclass(frozen=True, slots=True, order=True)
class TimeCouple:
    """A craft's clock showed `sclk_ns` at `scet`."""

    sclk_ns: int
    scet: SpacecraftEventTime


def couple_from_receive_time(
    sclk_ns: int, receive_time: EarthReceiveTime, light_time: LightTime
) -> TimeCouple:
    return TimeCouple(sclk_ns, receive_time.emitted_before(light_time))


def couple_from_relay(
    sclk_ns: int, relay_sclk_ns: int, relay_clock: ClockSolution, light_time: LightTime
) -> TimeCouple:
    """`light_time` is the hop's, from the cube to its relay (milliseconds)."""
    received = relay_clock.scet(relay_sclk_ns)
    return TimeCouple(sclk_ns, SpacecraftEventTime(received.tai_ns - light_time.ns))


def fit_clock(
    spacecraft: str,
    couples: Sequence[TimeCouple],
    *,
    systematic_s: float,
    valid_from: Instant,
) -> ClockSolution | None:
    """The least-squares line through `couples`, in any order; None without couples.

    `systematic_s` is what all couples may share as an error (a station's delay, the ephemeris)
    and the least uncertainty that is claimed.  Wrong pairings are left out.
    """
    if not couples:
        return None
    ordered = _possible(sorted(set(couples)))
    sclk_origin, scet_origin = ordered[0].sclk_ns, ordered[0].scet.tai_ns
    sclk_ns = np.array([couple.sclk_ns - sclk_origin for couple in ordered], dtype=np.float64)
    scet_ns = np.array([couple.scet.tai_ns - scet_origin for couple in ordered], dtype=np.float64)
    offset_ns = scet_ns - sclk_ns
    kept = _inliers(sclk_ns, offset_ns)
    sclk_ns, offset_ns = sclk_ns[kept], offset_ns[kept]
    span_s = float(np.ptp(sclk_ns)) / NANOSECONDS_PER_SECOND
    middle_ns = float(sclk_ns.mean())
    drift = _drift(sclk_ns, offset_ns) if span_s >= MINIMUM_SPAN_S else 0.0
    at_middle_ns = float(offset_ns.mean())
    residuals_ns = offset_ns - at_middle_ns - drift * (sclk_ns - middle_ns)
    scatter_s = float(np.sqrt(np.mean(residuals_ns**2))) / NANOSECONDS_PER_SECOND
    uncertainty_s = float(np.hypot(scatter_s / np.sqrt(len(sclk_ns)), systematic_s))
    if span_s < MINIMUM_SPAN_S:
        uncertainty_s += UNMEASURED_DRIFT_PPM * 1e-6 * MINIMUM_SPAN_S
    reference_ns = round(middle_ns)
    return ClockSolution(
        spacecraft=spacecraft,
        sclk_ref_ns=sclk_origin + reference_ns,
        scet_ref=SpacecraftEventTime(scet_origin + reference_ns + round(at_middle_ns)),
        rate=1.0 + drift,
        uncertainty_s=uncertainty_s,
        valid_from=valid_from,
    )


def _possible(ordered: Sequence[TimeCouple]) -> Sequence[TimeCouple]:
    """The couples that some clock can have shown together with the couple most of them agree with.

    Of two that contradict each other the later reading is believed: wrong pairings are of packets
    that came long after they were made.
    """
    sclk_ns = np.array([couple.sclk_ns - ordered[0].sclk_ns for couple in ordered])
    scet_ns = np.array([couple.scet.tai_ns - ordered[0].scet.tai_ns for couple in ordered])
    offset_ns = scet_ns - sclk_ns
    apart_ns = np.abs(offset_ns[:, None] - offset_ns)
    run_ns = np.abs(sclk_ns[:, None] - sclk_ns)
    floor_ns = _OUTLIER_FLOOR_S * NANOSECONDS_PER_SECOND
    agree = apart_ns <= _IMPOSSIBLE_DRIFT_PPM * 1e-6 * run_ns + floor_ns
    best = len(ordered) - 1 - int(np.argmax(agree.sum(axis=1)[::-1]))
    return [couple for couple, kept in zip(ordered, agree[best], strict=True) if kept]


def _drift(sclk_ns: np.ndarray, offset_ns: np.ndarray) -> float:
    """Slope of the offset: seconds of drift per second of SCLK."""
    centred = sclk_ns - sclk_ns.mean()
    return float(np.dot(centred, offset_ns - offset_ns.mean()) / np.dot(centred, centred))


def _inliers(sclk_ns: np.ndarray, offset_ns: np.ndarray) -> np.ndarray:
    """Which couples agree with the line through the pairwise median slope (Theil–Sen)."""
    everything = np.ones(len(sclk_ns), dtype=bool)
    if len(sclk_ns) < 4:
        return everything
    sample = np.linspace(0, len(sclk_ns) - 1, min(len(sclk_ns), 60)).astype(int)
    first, second = np.triu_indices(len(sample), 1)
    run_ns = sclk_ns[sample][second] - sclk_ns[sample][first]
    rise_ns = offset_ns[sample][second] - offset_ns[sample][first]
    sloped = run_ns > 0
    slope = float(np.median(rise_ns[sloped] / run_ns[sloped])) if sloped.any() else 0.0
    residuals_ns = offset_ns - slope * sclk_ns
    residuals_ns = np.abs(residuals_ns - np.median(residuals_ns))
    robust_ns = 1.4826 * float(np.median(residuals_ns))
    limit_ns = max(_OUTLIER_SIGMAS * robust_ns, _OUTLIER_FLOOR_S * NANOSECONDS_PER_SECOND)
    return np.asarray(residuals_ns <= limit_ns)
