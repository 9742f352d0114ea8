"""What a fall comes to: events and when they happen, extremes, and why a capsule is lost.

Times are seconds after the entry interface; NaN where an event does not happen.  Crossings are
interpolated linearly between steps, peaks by a parabola through three of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundsys.entry.atmosphere import FloatArray
from groundsys.entry.heating import critical_electrons_per_m3, electrons_per_m3, heat_flux_w_m2
from groundsys.entry.motion import BooleanArray, Flights
from groundsys.mission.arrival.entry_model import Aeroshell, EntryLimits

EntryEvent = Literal[
    "blackout_begin",
    "peak_heating",
    "peak_deceleration",
    "blackout_end",
    "subsonic",
    "second_stage",
    "landing",
]
#: in the order in which they usually come
EVENTS: tuple[EntryEvent, ...] = (
    "blackout_begin",
    "peak_heating",
    "peak_deceleration",
    "blackout_end",
    "subsonic",
    "second_stage",
    "landing",
)
LossReason = Literal["overheated", "overloaded", "hit_too_hard", "skipped_out"]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of n falls; arrays of n, events by name."""

    events: Mapping[EntryEvent, FloatArray]
    peak_heat_flux_w_m2: FloatArray
    peak_deceleration_m_s2: FloatArray
    impact_m_s: FloatArray
    #: where it ended, planetocentric
    latitude_deg: FloatArray
    longitude_deg: FloatArray
    #: NaN for a capsule that is not lost
    lost_after_s: FloatArray
    #: None for a capsule that is not lost
    lost_reason: tuple[LossReason | None, ...]


def in_blackout(flights: Flights, frequency_hz: float) -> BooleanArray:
    """Whether plasma stops radio of this frequency, by step and body."""
    electrons = electrons_per_m3(flights.density_kg_m3, flights.airspeed_m_s, flights.air.plasma)
    return np.asarray(electrons > critical_electrons_per_m3(frequency_hz))


def outcomes_of(
    flights: Flights, shell: Aeroshell, limits: EntryLimits, *, frequency_hz: float
) -> Outcomes:
    """Find events, extremes and losses; `frequency_hz` is that of the radio link."""
    time = flights.time_s
    flux = heat_flux_w_m2(
        flights.density_kg_m3, flights.airspeed_m_s, shell.nose_radius_m, flights.air.sutton_graves
    )
    electrons = electrons_per_m3(flights.density_kg_m3, flights.airspeed_m_s, flights.air.plasma)
    plasma = electrons / critical_electrons_per_m3(frequency_hz) - 1.0
    landing = _falls_for_good(time, flights.height_m)
    events: dict[EntryEvent, FloatArray] = {
        "blackout_begin": _rises(time, plasma),
        "peak_heating": _peak(time, flux),
        "peak_deceleration": _peak(time, flights.deceleration_m_s2),
        "blackout_end": _falls_for_good(time, plasma),
        "subsonic": _falls_for_good(time, flights.mach - 1.0),
        "second_stage": _rises(time, flights.opened - 0.5),
        "landing": landing,
    }
    impact = np.where(np.isnan(landing), np.nan, flights.speed_m_s[-1])
    lost_after, reasons = _losses(flights, flux, landing, impact, limits)
    last = flights.position_m[-1]
    return Outcomes(
        events=events,
        peak_heat_flux_w_m2=flux.max(axis=0),
        peak_deceleration_m_s2=flights.deceleration_m_s2.max(axis=0),
        impact_m_s=impact,
        latitude_deg=np.degrees(np.arctan2(last[2], np.hypot(last[0], last[1]))),
        longitude_deg=np.degrees(np.arctan2(last[1], last[0])) % 360.0,
        lost_after_s=lost_after,
        lost_reason=reasons,
    )


def _losses(
    flights: Flights,
    flux: FloatArray,
    landing: FloatArray,
    impact: FloatArray,
    limits: EntryLimits,
) -> tuple[FloatArray, tuple[LossReason | None, ...]]:
    """When and why each capsule is lost: the first limit that it exceeds."""
    time = flights.time_s
    ways: dict[LossReason, FloatArray] = {
        "overheated": _first(time, flux > limits.heat_flux_w_m2),
        "overloaded": _first(time, flights.deceleration_m_s2 > limits.deceleration_m_s2),
        "hit_too_hard": np.where(impact > limits.impact_m_s, landing, np.nan),
        "skipped_out": _first(time, flights.escaped),
    }
    times = np.array(list(ways.values()))
    earliest = np.where(np.isnan(times), np.inf, times)
    which = earliest.argmin(axis=0)
    when = earliest.min(axis=0)
    names = tuple(ways)
    reasons = tuple(
        names[way] if np.isfinite(moment) else None
        for way, moment in zip(which.tolist(), when.tolist(), strict=True)
    )
    return np.where(np.isfinite(when), when, np.nan), reasons


def _first(time: FloatArray, is_so: BooleanArray) -> FloatArray:
    """The first step at which something is so."""
    return np.where(is_so.any(axis=0), time[is_so.argmax(axis=0)], np.nan)


def _rises(time: FloatArray, value: FloatArray) -> FloatArray:
    """When `value` first rises through zero."""
    ups = (value[:-1] < 0.0) & (value[1:] >= 0.0)
    return _crossing(time, value, np.asarray(ups.any(axis=0)), ups.argmax(axis=0))


def _falls_for_good(time: FloatArray, value: FloatArray) -> FloatArray:
    """When `value` last falls through zero."""
    downs = (value[:-1] > 0.0) & (value[1:] <= 0.0)
    last = len(downs) - 1 - downs[::-1].argmax(axis=0)
    return _crossing(time, value, np.asarray(downs.any(axis=0)), last)


def _crossing(
    time: FloatArray, value: FloatArray, crosses: BooleanArray, step: NDArray[np.int64]
) -> FloatArray:
    bodies = np.arange(value.shape[1])
    before, after = value[step, bodies], value[step + 1, bodies]
    change = np.where(crosses, before - after, 1.0)
    return np.where(crosses, time[step] + before / change * (time[1] - time[0]), np.nan)


def _peak(time: FloatArray, value: FloatArray) -> FloatArray:
    """When `value` is largest; NaN if that is at an end, so that nobody can tell."""
    top = value.argmax(axis=0)
    inside = (top > 0) & (top < len(time) - 1)
    step = np.clip(top, 1, len(time) - 2)
    bodies = np.arange(value.shape[1])
    left, middle, right = (value[step + offset, bodies] for offset in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    shift = np.where(bend < 0.0, 0.5 * (left - right) / np.where(bend < 0.0, bend, 1.0), 0.0)
    return np.where(inside, time[step] + shift * (time[1] - time[0]), np.nan)
