"""What the ground foretells: its sigmas hold for draws it has not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.entry.flying import fly_entry
from groundsys.entry.outcomes import outcomes_of
from groundsys.entry.prediction import drawn_errors, predict_entry
from groundsys.mission.arrival.entry_model import EntryDispersions
from groundsys.values.errors import DefinitionError
from tests.entry.test_outcomes import UHF_HZ, example_entry


def test_other_draws_of_the_same_sizes_fall_within_the_sigmas() -> None:
    entry = example_entry()
    told = predict_entry(entry, -2000.0, frequency_hz=UHF_HZ, seed=1)
    errors = drawn_errors(entry.dispersions, np.random.default_rng(2), 300)
    flights = fly_entry(entry, -2000.0, errors)
    found = outcomes_of(flights, entry.aeroshell, entry.limits, frequency_hz=UHF_HZ)
    kept = np.isnan(found.lost_after_s)
    for name, event in told.events.items():
        mean_s = event.time.seconds_since(entry.interface.time)
        off = (errors.time_s + found.events[name] - mean_s)[kept] / event.sigma_s
        assert 0.5 < np.mean(np.abs(off) < 1.0) < 0.85, name
        assert np.mean(np.abs(off) < 3.0) > 0.97, name


def test_the_same_seed_foretells_the_same() -> None:
    one, other, third = (
        predict_entry(example_entry(), 0.0, frequency_hz=UHF_HZ, seed=seed, falls=20)
        for seed in (5, 5, 6)
    )
    assert one == other
    assert one != third


def test_what_may_fail_is_told_as_a_loss() -> None:
    entry = example_entry()
    frail = replace(entry, dispersions=replace(entry.dispersions, second_stage_fails=0.3))
    told = predict_entry(frail, -2000.0, frequency_hz=UHF_HZ, seed=1)
    sound = predict_entry(entry, -2000.0, frequency_hz=UHF_HZ, seed=1)
    assert told.losses["hit_too_hard"] == pytest.approx(0.3, abs=0.08)
    assert told.events["landing"].sigma_s == pytest.approx(sound.events["landing"].sigma_s, rel=0.2)


def test_without_uncertainty_there_is_no_sigma() -> None:
    entry = replace(example_entry(), dispersions=EntryDispersions())
    told = predict_entry(entry, -2000.0, frequency_hz=UHF_HZ, seed=1, falls=3)
    assert told.interface.time == entry.interface.time
    assert all(event.sigma_s < 1e-6 for event in told.events.values())


def test_an_entry_that_nothing_survives_is_refused() -> None:
    entry = example_entry()
    hopeless = replace(entry, limits=replace(entry.limits, deceleration_m_s2=10.0))
    with pytest.raises(DefinitionError, match="survives in none"):
        predict_entry(hopeless, -2000.0, frequency_hz=UHF_HZ, seed=1, falls=5)
