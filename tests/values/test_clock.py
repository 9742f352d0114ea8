"""A clock solution reads both ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime

EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")


@given(st.integers(-(10**17), 10**17), st.floats(-100, 100))
def test_there_and_back_is_exact_to_nanoseconds(sclk_ns: int, drift_ppm: float) -> None:
    solution = ClockSolution(
        "otv", 10**15, SpacecraftEventTime(EPOCH.tai_ns), 1 + drift_ppm * 1e-6, 0.1, EPOCH
    )
    assert abs(solution.sclk_ns(solution.scet(sclk_ns)) - sclk_ns) <= 64
    assert abs(solution.drift_ppm - drift_ppm) < 1e-6


def test_the_nominal_clock_shows_the_time_since_its_epoch() -> None:
    solution = ClockSolution.nominal("otv", EPOCH)
    assert solution.scet(3_000_000_000) == EPOCH.plus_seconds(3)
    assert solution.sclk_s(EPOCH.plus_seconds(3)) == 3.0
