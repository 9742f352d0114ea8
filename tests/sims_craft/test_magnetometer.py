"""The simulated magnetic field: a crust, a day that follows the Sun, waves by night."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.mission import load_mission
from groundsys.values.instants import SOL_S, Instant
from sims.craft.nature.mars import local_solar_hours, sun_from_mars
from sims.craft.payload.magnetometer import COMPONENTS, MagneticField

CRAFT = load_mission().spacecraft["cube-aurora"]
assert CRAFT.site is not None
FIELD = MagneticField(3, CRAFT.id, CRAFT.site, (35.0, -20.0, -60.0))
START = Instant.from_utc_iso("2031-08-20T00:00:00Z").tai_ns


def _sol(sol: int, step_s: float = 5.0) -> tuple[np.ndarray, np.ndarray]:
    """Instants of one sol, and the local hours."""
    seconds = sol * SOL_S + np.arange(0.0, SOL_S, step_s)
    tai_ns = START + np.rint(seconds * 1e9).astype(np.int64)
    assert CRAFT.site is not None
    return tai_ns, local_solar_hours(CRAFT.site, sun_from_mars(int(tai_ns[0])), tai_ns)


def test_over_a_sol_it_is_the_crusts() -> None:
    found = FIELD.sample(_sol(0)[0], 1)
    for name, crust in zip(COMPONENTS, FIELD.crust_nt, strict=True):
        assert found[name].mean() == pytest.approx(crust, abs=0.3)


def test_the_day_peaks_in_the_middle_of_the_morning_by_tens_of_nt() -> None:
    tai_ns, hours = _sol(0)
    east = FIELD.sample(tai_ns, 1)["b_east"]
    smooth = np.convolve(east, np.full(360, 1 / 360), mode="same")[400:-400]
    assert hours[400:-400][np.argmin(smooth)] == pytest.approx(9.0, abs=0.7)
    assert 10.0 < np.ptp(smooth) < 40.0


def test_waves_of_minutes_are_there_by_night_alone() -> None:
    tai_ns, hours = _sol(0)
    north = FIELD.sample(tai_ns, 1)["b_north"]

    def swing(about_hour: float) -> float:
        near = north[np.abs(hours - about_hour) < 1.0]
        line = np.polyval(np.polyfit(np.arange(len(near)), near, 4), np.arange(len(near)))
        return float((near - line).std())

    assert swing(23.0) > 0.4
    assert swing(13.0) < 0.1


def test_the_days_strength_swings_with_the_suns_26_sols() -> None:
    swings = np.array([np.ptp(FIELD.sample(_sol(sol, 120.0)[0], 1)["b_east"]) for sol in range(26)])
    share = (swings.max() - swings.min()) / (swings.max() + swings.min())
    assert share == pytest.approx(0.25, abs=0.06)
    after = np.ptp(FIELD.sample(_sol(26, 120.0)[0], 1)["b_east"])
    # meanwhile winter has come near, and the sensor's temperature swings less by some kelvins
    assert after == pytest.approx(swings[0], abs=1.0)


def test_it_runs_on_from_file_to_file_and_is_the_same_again() -> None:
    tai_ns, _ = _sol(0)
    whole = FIELD.sample(tai_ns[:1_440], 1)["b_down"]
    second = FIELD.sample(tai_ns[720:1_440], 2)["b_down"]
    assert np.abs(whole[720:] - second).max() < 0.5  # noise alone
    np.testing.assert_array_equal(whole, FIELD.sample(tai_ns[:1_440], 1)["b_down"])
