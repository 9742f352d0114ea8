"""Heat, plasma, and each way to be lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.entry.flying import EntryErrors, fly_entry, no_errors
from groundsys.entry.heating import (
    critical_electrons_per_m3,
    heat_flux_w_m2,
    wall_temperature_k,
)
from groundsys.entry.outcomes import EVENTS, Outcomes, in_blackout, outcomes_of
from groundsys.mission.arrival.entry_model import (
    Aeroshell,
    Entry,
    EntryDispersions,
    EntryLimits,
    EntryState,
)
from groundsys.values.instants import Instant

UHF_HZ = 401.585625e6


def example_entry() -> Entry:
    """A capsule like MetNet's lander on a transfer trajectory."""
    start = Instant.from_utc_iso("2031-08-20T02:30:00Z")
    return Entry(
        EntryState(start, 125.0, 0.0, 0.0, 5600.0, -12.5, 80.0),
        Aeroshell(
            24.0, 1.0, 0.3, 0.85, (0.0, 0.8, 1.2, 2.0, 5.0), (0.9, 1.0, 1.25, 1.4, 1.6),
            2.0, 0.95, 0.8, 2.0,
        ),
        EntryLimits(heat_flux_w_m2=6e5, deceleration_m_s2=200.0, impact_m_s=90.0),
        EntryDispersions(2.0, 5.0, 0.2, 0.1, 0.15, 0.05, 12.0, 0.02),
        "mars",
    )  # fmt: skip


def _flown(entry: Entry, errors: EntryErrors | None = None) -> Outcomes:
    flights = fly_entry(entry, -2000.0, errors or no_errors())
    return outcomes_of(flights, entry.aeroshell, entry.limits, frequency_hz=UHF_HZ)


def test_heat_flux_is_that_of_sutton_and_graves() -> None:
    """1.9027e-4 √(4e-4 / 0.25) · 6000³ W/m²; a black wall at 1000 K radiates 56.70 kW/m²."""
    flux = heat_flux_w_m2(np.array([4e-4]), np.array([6000.0]), 0.25, 1.9027e-4)
    assert flux[0] == pytest.approx(1.6439e6, rel=1e-4)
    assert wall_temperature_k(np.array([56_703.74]), 1.0)[0] == pytest.approx(1000.0, rel=1e-6)


def test_critical_densities_are_those_of_morabito() -> None:
    """IPN PR 42-150: 8.4 GHz needs about 8.8e11 electrons per cm³."""
    assert critical_electrons_per_m3(8.43e9) == pytest.approx(8.8e17, rel=0.01)


def test_events_come_in_order_and_the_capsule_lands_as_metnet_does() -> None:
    """Harri et al. 2017: a surface impact speed of 50 to 70 m/s."""
    found = _flown(example_entry())
    times = [float(found.events[event][0]) for event in EVENTS if event != "peak_heating"]
    assert found.lost_reason == (None,)
    assert times[0] < times[2] < times[1] < times[3] < times[4] < times[5]
    assert 50.0 < found.impact_m_s[0] < 70.0


def test_blackout_is_one_stretch_between_its_events() -> None:
    entry = example_entry()
    flights = fly_entry(entry, -2000.0, no_errors())
    dark = flights.time_s[in_blackout(flights, UHF_HZ)[:, 0]]
    found = _flown(entry)
    assert np.ptp(np.diff(dark)) == 0.0
    assert dark[0] == pytest.approx(found.events["blackout_begin"][0], abs=0.5)
    assert dark[-1] == pytest.approx(found.events["blackout_end"][0], abs=0.5)


@pytest.mark.parametrize(
    ("reason", "limits", "path_deg", "opens"),
    [
        ("overheated", {"heat_flux_w_m2": 3e5}, -12.5, True),
        ("overloaded", {"deceleration_m_s2": 80.0}, -12.5, True),
        ("overheated", {}, -33.0, True),
        ("hit_too_hard", {}, -12.5, False),
        ("skipped_out", {}, -5.0, True),
    ],
)
def test_each_way_to_be_lost(
    reason: str, limits: dict[str, float], path_deg: float, opens: bool
) -> None:
    entry = example_entry()
    entry = replace(
        entry,
        limits=replace(entry.limits, **limits),
        interface=replace(entry.interface, flight_path_deg=path_deg),
    )
    errors = replace(no_errors(), second_stage_opens=np.array([opens]))
    found = _flown(entry, errors)
    assert found.lost_reason == (reason,)
    assert np.isfinite(found.lost_after_s[0])
