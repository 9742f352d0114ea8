"""What telemetry tells of an entry: of falls that were flown, sampled once a second."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from groundsys.entry.fate import Fate, fate_of
from groundsys.entry.flying import fly_entry, no_errors
from groundsys.entry.heating import heat_flux_w_m2, wall_temperature_k
from groundsys.entry.outcomes import EVENTS, EntryEvent, Outcomes, in_blackout, outcomes_of
from groundsys.entry.prediction import EntryPrediction, predict_entry
from groundsys.entry.telling import EntryPhase, EntrySample, told_events
from groundsys.mission import load_mission
from groundsys.mission.arrival.entry_model import Entry
from groundsys.values.instants import Instant
from tests.entry.test_outcomes import UHF_HZ, example_entry

GROUND_M = -2000.0
LATER = Instant.from_utc_iso("2031-08-20T03:00:00Z")


def flown_samples(
    entry: Entry, ground_m: float = GROUND_M, *, opens: bool = True
) -> tuple[list[EntrySample], Outcomes]:
    """A sample a second from a minute before to the landing or the loss, and the truth."""
    errors = replace(no_errors(), second_stage_opens=np.array([opens]))
    flights = fly_entry(entry, ground_m, errors)
    outcomes = outcomes_of(flights, entry.aeroshell, entry.limits, frequency_hz=UHF_HZ)
    shell = entry.aeroshell
    flux = heat_flux_w_m2(
        flights.density_kg_m3, flights.airspeed_m_s, shell.nose_radius_m, flights.air.sutton_graves
    )
    kelvin = wall_temperature_k(flux, shell.emissivity)[:, 0]
    dark = in_blackout(flights, UHF_HZ)[:, 0]
    lost_s = float(outcomes.lost_after_s[0])
    landing_s = float(outcomes.events["landing"][0])
    samples: list[EntrySample] = []
    phase: EntryPhase = "COAST"
    for step in range(1, len(flights.time_s), 2):
        seconds = float(flights.time_s[step])
        if seconds > lost_s:
            break
        if seconds >= landing_s:
            phase = "LANDED"
        elif flights.opened[step, 0] > 0.5:
            phase = "SECOND_STAGE"
        elif phase == "ENTRY" and flights.mach[step, 0] < 1.0:
            phase = "SUBSONIC"
        elif phase == "COAST" and flights.deceleration_m_s2[step, 0] > 1.0:
            phase = "ENTRY"
        samples.append(
            EntrySample(
                time=entry.interface.time.plus_seconds(seconds),
                phase=phase,
                deceleration_m_s2=float(flights.deceleration_m_s2[step, 0]),
                nose_temperature_k=float(kelvin[step]),
                speed_m_s=float(flights.speed_m_s[step, 0]),
                live=not dark[step],
            )
        )
    if np.isnan(lost_s):
        after = replace(samples[-1], phase="LANDED", speed_m_s=0.0)
        samples += [
            replace(after, time=entry.interface.time.plus_seconds(landing_s + extra))
            for extra in (0.5, 1.5)
        ]
    return samples, outcomes


def _prediction(entry: Entry) -> EntryPrediction:
    return predict_entry(entry, GROUND_M, frequency_hz=UHF_HZ, seed=1, falls=40)


def _seconds(entry: Entry, told: dict[EntryEvent, Instant]) -> dict[EntryEvent, float]:
    return {event: time.seconds_since(entry.interface.time) for event, time in told.items()}


def test_every_event_is_told_within_a_second() -> None:
    entry = example_entry()
    samples, truth = flown_samples(entry)
    told = _seconds(entry, dict(told_events(reversed(samples))))
    assert set(told) == set(EVENTS)
    for event, seconds in told.items():
        assert seconds == pytest.approx(truth.events[event][0], abs=1.1), event


def test_what_came_live_alone_does_not_tell_what_happened_in_the_plasma() -> None:
    samples, _ = flown_samples(example_entry())
    told = told_events(one for one in samples if one.live)
    assert {"blackout_begin", "blackout_end", "landing", "peak_deceleration"} <= set(told)
    assert "peak_heating" not in told


def test_an_event_among_lost_samples_is_not_told() -> None:
    entry = example_entry()
    samples, truth = flown_samples(entry)
    opened = entry.interface.time.plus_seconds(float(truth.events["second_stage"][0]))
    kept = [one for one in samples if abs(one.time.seconds_since(opened)) > 4.0]
    assert "second_stage" not in told_events(kept)
    assert "subsonic" in told_events(kept)


def test_what_came_twice_tells_what_came_once() -> None:
    samples, _ = flown_samples(example_entry())
    stored = [replace(one, live=False) for one in samples]
    assert told_events(samples + stored) == told_events(stored + samples) == told_events(samples)


def test_nothing_tells_nothing() -> None:
    assert told_events([]) == {}


def test_a_capsule_that_reports_from_the_ground_has_landed() -> None:
    entry = example_entry()
    samples, _ = flown_samples(entry)
    assert fate_of(entry, _prediction(entry), samples, LATER).state == "landed"


def test_silence_is_no_loss_before_the_landing_that_was_foreseen() -> None:
    entry = example_entry()
    samples, _ = flown_samples(entry)
    prediction = _prediction(entry)
    just_after = prediction.events["landing"].time.plus_seconds(5.0)
    assert fate_of(entry, prediction, samples[:100], just_after).state == "expected"
    assert fate_of(entry, prediction, samples[:100], LATER).state == "lost"


def test_a_second_stage_that_stays_closed_is_the_reason() -> None:
    entry = example_entry()
    samples, truth = flown_samples(entry, opens=False)
    assert truth.lost_reason == ("hit_too_hard",)
    fate = fate_of(entry, _prediction(entry), samples, LATER)
    assert (fate.state, fate.reason) == ("lost", "hit_too_hard")
    assert "second stage had not opened" in fate.why
    assert "the limit is 90 m/s" in fate.why


@pytest.mark.parametrize(
    ("reason", "limits"),
    [("overheated", {"heat_flux_w_m2": 3e5}), ("overloaded", {"deceleration_m_s2": 88.0})],
)
def test_readings_on_their_way_beyond_a_limit_are_the_reason(
    reason: str, limits: dict[str, float]
) -> None:
    """All samples are taken to have come; `silent_in_plasma` is tested below."""
    entry = example_entry()
    frail = replace(entry, limits=replace(entry.limits, **limits))
    samples, truth = flown_samples(frail)
    assert truth.lost_reason == (reason,)
    fate = fate_of(frail, _prediction(entry), samples, LATER)
    assert (fate.state, fate.reason) == ("lost", reason)


def test_an_entry_too_shallow_is_told_by_what_it_kept_of_its_speed() -> None:
    entry = example_entry()
    shallow = replace(entry, interface=replace(entry.interface, flight_path_deg=-6.0))
    samples, truth = flown_samples(shallow)
    assert truth.lost_reason == ("skipped_out",)
    fate = fate_of(shallow, _prediction(entry), samples, LATER)
    assert (fate.state, fate.reason) == ("lost", "skipped_out")


def test_who_never_comes_out_of_the_plasma_cannot_be_explained() -> None:
    entry = example_entry()
    samples, truth = flown_samples(entry)
    dark = entry.interface.time.plus_seconds(float(truth.events["blackout_begin"][0]))
    fate = fate_of(entry, _prediction(entry), [s for s in samples if s.time < dark], LATER)
    assert (fate.state, fate.reason) == ("lost", "silent_in_plasma")


def test_who_was_never_heard_is_lost_without_a_reason() -> None:
    entry = example_entry()
    assert fate_of(entry, _prediction(entry), [], LATER) == Fate(
        "lost", "silent", "never heard: too little was heard to tell why", None
    )


def test_phases_are_the_packet_s() -> None:
    packet = load_mission().spacecraft["capsule-1"].model.packet("ENTRY")
    phases = next(field for field in packet.fields if field.name == "entry_phase")
    assert set(phases.enumeration.values()) == set(get_args(EntryPhase))
