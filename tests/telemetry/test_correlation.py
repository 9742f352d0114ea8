"""The clock solution finds offset and drift again, whatever noise and order the couples have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.telemetry.correlation import (
    TimeCouple,
    couple_from_receive_time,
    couple_from_relay,
    fit_clock,
)
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    LightTime,
    SpacecraftEventTime,
)

EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")
MORNING = Instant.from_utc_iso("2031-08-20T06:00:00Z")


def couple(
    seconds: float, *, offset_s: float, drift_ppm: float, error_s: float = 0.0
) -> TimeCouple:
    """The clock at `seconds` into the day; it was `offset_s` behind at the day's beginning."""
    scet = MORNING.plus_seconds(seconds)
    true_s = scet.seconds_since(MORNING)
    sclk_ns = MORNING.tai_ns - EPOCH.tai_ns + round((true_s / (1 + drift_ppm * 1e-6)) * 1e9)
    sclk_ns -= round(offset_s * 1e9)
    return TimeCouple(sclk_ns, SpacecraftEventTime(scet.plus_seconds(error_s).tai_ns))


@given(
    st.floats(-30, 30),
    st.floats(-50, 50),
    st.lists(st.floats(-1e-4, 1e-4), min_size=8, max_size=40),
)
def test_offset_and_drift_are_found(
    offset_s: float, drift_ppm: float, errors_s: list[float]
) -> None:
    couples = [
        couple(300.0 * number, offset_s=offset_s, drift_ppm=drift_ppm, error_s=error_s)
        for number, error_s in enumerate([*errors_s, 0.0, 0.0])
    ]
    solution = fit_clock("otv", couples, systematic_s=1e-4, valid_from=MORNING)
    assert solution is not None
    assert solution == fit_clock(
        "otv", couples[::-1] + couples, systematic_s=1e-4, valid_from=MORNING
    )
    for one in couples:
        assert abs(solution.scet(one.sclk_ns).seconds_since(one.scet)) < 1e-3
    assert solution.uncertainty_s < 1e-3


def test_a_wrong_pairing_is_left_out() -> None:
    couples = [couple(300.0 * number, offset_s=3.0, drift_ppm=2.0) for number in range(20)]
    couples[7] = couple(2_100.0, offset_s=3.0, drift_ppm=2.0, error_s=20.0)
    solution = fit_clock("otv", couples, systematic_s=1e-4, valid_from=MORNING)
    assert solution is not None
    assert solution.drift_ppm == pytest.approx(2.0, abs=0.01)
    assert solution.uncertainty_s < 1e-3


@pytest.mark.parametrize("good", [1, 2, 3])
def test_a_clock_reading_that_comes_half_an_hour_late_spoils_nothing(good: int) -> None:
    """Also while there are too few couples to tell by majority which of them is wrong."""
    late = couple(-2_500.0, offset_s=3.0, drift_ppm=2.0, error_s=2_508.0)
    couples = [couple(300.0 * number, offset_s=3.0, drift_ppm=2.0) for number in range(good)]
    solution = fit_clock("otv", [late, *couples], systematic_s=1e-4, valid_from=MORNING)
    assert solution is not None
    assert abs(solution.drift_ppm) < 20.0
    for one in couples:
        assert abs(solution.scet(one.sclk_ns).seconds_since(one.scet)) < 0.005


def test_one_couple_gives_an_offset_and_an_honest_uncertainty() -> None:
    one = couple(100.0, offset_s=5.0, drift_ppm=0.0)
    solution = fit_clock("otv", [one], systematic_s=1e-4, valid_from=MORNING)
    assert solution is not None
    assert solution.scet(one.sclk_ns) == one.scet
    assert solution.rate == 1.0
    assert solution.uncertainty_s > 0.01
    assert fit_clock("otv", [], systematic_s=1e-4, valid_from=MORNING) is None


def test_couples_of_the_orbiter_and_of_a_cube() -> None:
    light_time = LightTime.from_seconds(900.0)
    received = EarthReceiveTime(MORNING.tai_ns)
    direct = couple_from_receive_time(5, received, light_time)
    assert received.seconds_since(direct.scet) == 900.0
    clock = ClockSolution("otv", 0, SpacecraftEventTime(EPOCH.tai_ns), 1.0, 0.001, EPOCH)
    relayed = couple_from_relay(7, 2_000_000_000, clock, LightTime.from_seconds(0.004))
    assert relayed.scet.seconds_since(EPOCH) == pytest.approx(1.996)
