"""What the ground foretells of an entry: when each event comes, how surely, and what is at risk.

A Monte Carlo over everything that is known with a stated uncertainty (`EntryDispersions`), with a
seed of its own, so that the same definition gives the same prediction.  Events and figures are
those of the falls that no limit ends; the others are told as losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundsys.entry.atmosphere import FloatArray
from groundsys.entry.flying import EntryErrors, fly_entry
from groundsys.entry.outcomes import EVENTS, EntryEvent, LossReason, Outcomes, outcomes_of
from groundsys.mission.arrival.entry_model import Entry, EntryDispersions
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

#: falls in a prediction: its sigmas then err by 5 %, its means by 7 % of a sigma
FALLS = 200


@dataclass(frozen=True, slots=True)
class ForetoldEvent:
    """When an event comes, and its one sigma; how many of the falls have it, 0 to 1."""

    time: Instant
    sigma_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Range:
    """A figure's mean and one sigma."""

    mean: float
    sigma: float


@dataclass(frozen=True, slots=True)
class EntryPrediction:
    """One capsule's entry, as foretold; `interface` is the entry itself."""

    interface: ForetoldEvent
    events: Mapping[EntryEvent, ForetoldEvent]
    peak_deceleration_m_s2: Range
    peak_heat_flux_w_m2: Range
    impact_m_s: Range
    latitude_deg: Range
    longitude_deg: Range
    #: probability of each way to be lost
    losses: Mapping[LossReason, float]


def predict_entry(
    entry: Entry, site_altitude_m: float, *, frequency_hz: float, seed: int = 0, falls: int = FALLS
) -> EntryPrediction:
    """Foretell an entry; `frequency_hz` is that of the link which plasma may stop."""
    errors = drawn_errors(entry.dispersions, np.random.Generator(np.random.Philox(seed)), falls)
    flights = fly_entry(entry, site_altitude_m, errors)
    outcomes = outcomes_of(flights, entry.aeroshell, entry.limits, frequency_hz=frequency_hz)
    kept = np.isnan(outcomes.lost_after_s)
    if not kept.any():
        raise DefinitionError(
            "a capsule survives in none of the entries that are foreseen",
            expected=f"its limits to hold in one of {falls}",
            found=", ".join(sorted({str(one) for one in outcomes.lost_reason})),
            remedy="mend interface, aeroshell or limits of its entry",
        )
    start = entry.interface.time
    events = {
        event: _foretold(start, errors.time_s[kept] + outcomes.events[event][kept])
        for event in EVENTS
        if np.isfinite(outcomes.events[event][kept]).any()
    }
    return EntryPrediction(
        interface=ForetoldEvent(start, entry.dispersions.time_s, 1.0),
        events=events,
        peak_deceleration_m_s2=_range(outcomes.peak_deceleration_m_s2[kept]),
        peak_heat_flux_w_m2=_range(outcomes.peak_heat_flux_w_m2[kept]),
        impact_m_s=_range(outcomes.impact_m_s[kept]),
        latitude_deg=_range(outcomes.latitude_deg[kept]),
        longitude_deg=_range(outcomes.longitude_deg[kept]),
        losses=_losses(outcomes),
    )


def drawn_errors(
    sizes: EntryDispersions, generator: np.random.Generator, count: int
) -> EntryErrors:
    """Errors of the stated sizes: normal, of density and drag log-normal."""
    time, speed, path, azimuth, density, drag, east, north = generator.standard_normal((8, count))
    return EntryErrors(
        time_s=sizes.time_s * time,
        speed_m_s=sizes.speed_m_s * speed,
        flight_path_deg=sizes.flight_path_deg * path,
        azimuth_deg=sizes.azimuth_deg * azimuth,
        density_scale=np.exp(sizes.density * density),
        drag_scale=np.exp(sizes.drag * drag),
        wind_east_m_s=sizes.wind_m_s * east,
        wind_north_m_s=sizes.wind_m_s * north,
        second_stage_opens=generator.random(count) >= sizes.second_stage_fails,
    )


def _foretold(start: Instant, seconds: FloatArray) -> ForetoldEvent:
    known = seconds[np.isfinite(seconds)]
    return ForetoldEvent(
        time=start.plus_seconds(float(known.mean())),
        sigma_s=float(known.std()),
        probability=len(known) / len(seconds),
    )


def _range(values: FloatArray) -> Range:
    return Range(float(values.mean()), float(values.std()))


def _losses(outcomes: Outcomes) -> dict[LossReason, float]:
    lost = [reason for reason in outcomes.lost_reason if reason is not None]
    return {reason: lost.count(reason) / len(outcomes.lost_reason) for reason in sorted(set(lost))}
