"""What became of a capsule, as the ground can tell: landed, lost and why, or not known yet.

The ground knows limits and prediction, and what telemetry told before it ended.  A capsule that
is lost at a limit never tells the value beyond it: its last readings, carried on for some seconds,
do.  Where nothing comes out of the plasma, nobody can tell why, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundsys.entry.heating import wall_temperature_k
from groundsys.entry.outcomes import LossReason
from groundsys.entry.prediction import EntryPrediction
from groundsys.entry.telling import EntrySample
from groundsys.mission.arrival.entry_model import Entry
from groundsys.values.instants import Instant

#: what happens within it after the last sample is taken to go on as before
_CARRIED_ON_S = 3.0
#: silence is a loss only so many sigmas after the landing that was foreseen
SIGMAS = 4.0
#: above it an entry has not been braked
_UNBRAKED_M_S = 3000.0
#: below it there is no air to speak of
_LEAVING_M_S2 = 1.0

FateState = Literal["expected", "landed", "lost"]
FateReason = LossReason | Literal["silent_in_plasma", "silent"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What the ground says; `why` is a sentence for operators."""

    state: FateState
    reason: FateReason | None
    why: str
    last_heard: Instant | None


def fate_of(
    entry: Entry, prediction: EntryPrediction, samples: Sequence[EntrySample], now: Instant
) -> Fate:
    """Judge by all samples archived until `now`, in any order."""
    ordered = sorted(samples, key=lambda one: one.time)
    last = ordered[-1] if ordered else None
    heard = None if last is None else last.time
    if any(one.phase == "LANDED" for one in ordered):
        return Fate("landed", None, "it has reported from the ground", heard)
    landing = prediction.events["landing"]
    if now < landing.time.plus_seconds(SIGMAS * landing.sigma_s):
        return Fate("expected", None, "it may still come down", heard)
    reason, why = _loss(entry, prediction, ordered)
    since = "never heard" if last is None else f"silent since {last.time.utc_iso(0)}, {last.phase}"
    return Fate("lost", reason, f"{since}: {why}", heard)


def _loss(
    entry: Entry, prediction: EntryPrediction, ordered: Sequence[EntrySample]
) -> tuple[FateReason, str]:
    if len(ordered) < 2:
        return "silent", "too little was heard to tell why"
    last, limits = ordered[-1], entry.limits
    hottest = wall_temperature_k(np.array([limits.heat_flux_w_m2]), entry.aeroshell.emissivity)
    hottest_k = float(hottest[0])
    temperature = _carried_on([(one.time, one.nose_temperature_k) for one in ordered])
    if temperature > hottest_k:
        return "overheated", f"its nose went to {temperature:.0f} K, the limit is {hottest_k:.0f} K"
    load = _carried_on([(one.time, one.deceleration_m_s2) for one in ordered])
    if load > limits.deceleration_m_s2:
        return "overloaded", (
            f"it felt {load:.0f} m/s², the limit is {limits.deceleration_m_s2:.0f} m/s²"
        )
    if last.phase in ("SUBSONIC", "SECOND_STAGE") and last.speed_m_s > limits.impact_m_s:
        closed = "its second stage had not opened, " if last.phase == "SUBSONIC" else ""
        return "hit_too_hard", (
            f"{closed}it fell at {last.speed_m_s:.0f} m/s, the limit is {limits.impact_m_s:.0f} m/s"
        )
    peak = prediction.events["peak_deceleration"]
    leaving = last.deceleration_m_s2 < _LEAVING_M_S2 and last.speed_m_s > _UNBRAKED_M_S
    if leaving and last.time > peak.time.plus_seconds(SIGMAS * peak.sigma_s):
        return "skipped_out", f"it left the air again at {last.speed_m_s:.0f} m/s"
    begin = prediction.events.get("blackout_begin")
    if begin is not None and last.phase in ("COAST", "ENTRY"):
        off_s = abs(last.time.seconds_since(begin.time))
        if off_s <= SIGMAS * begin.sigma_s + _CARRIED_ON_S:
            return "silent_in_plasma", "it went into the plasma and was never heard again"
    return "silent", "nothing that it told before explains it"


def _carried_on(readings: Sequence[tuple[Instant, float]]) -> float:
    """The largest reading, or what the last two come to if they go on rising."""
    (before, one), (after, other) = readings[-2:]
    rate = (other - one) / max(after.seconds_since(before), 1e-3)
    return max(max(value for _, value in readings), other + rate * _CARRIED_ON_S)
