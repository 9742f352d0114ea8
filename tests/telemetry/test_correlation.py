"""The clock's history finds offset, drift and resets again, whatever the noise and the order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission.spacecraft.craft_model import ClockSpecification
from groundsys.telemetry.correlation import fit_history
from groundsys.telemetry.couples import (
    TimeCouple,
    couple_from_receive_time,
    couple_from_relay,
)
from groundsys.values.clock import ClockHistory, ClockSolution
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    LightTime,
    SpacecraftEventTime,
)

EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")
MORNING = Instant.from_utc_iso("2031-08-20T06:00:00Z")
LATER = MORNING.plus_seconds(1e7)
MILLISECOND_S = 1e-3
SYSTEMATIC_S = 50e-6
CLOCK = ClockSpecification()


@dataclass(frozen=True)
class TrueClock:
    """Offset in s at MORNING, drift in ppm, and a drift that swings with the temperature."""

    offset_s: float
    drift_ppm: float
    swing_ppm: float = 0.0
    period_s: float = 12_600.0

    def sclk_ns(self, at: Instant) -> int:
        elapsed_s = at.seconds_since(MORNING)
        turns = 2.0 * pi * elapsed_s / self.period_s
        swung_s = self.swing_ppm * 1e-6 * self.period_s / (2.0 * pi) * sin(turns)
        gained_s = self.offset_s + self.drift_ppm * 1e-6 * elapsed_s + swung_s
        return at.tai_ns - EPOCH.tai_ns + round(gained_s * 1e9)

    def couple(self, seconds: float, error_s: float = 0.0) -> TimeCouple:
        """Read at `seconds` after MORNING; the ground dates it wrong by `error_s`."""
        at = MORNING.plus_seconds(seconds)
        return TimeCouple(self.sclk_ns(at), SpacecraftEventTime(at.plus_seconds(error_s).tai_ns))


def fitted(couples: list[TimeCouple], clock: ClockSpecification = CLOCK) -> ClockHistory:
    history = fit_history("otv", couples, clock, systematic_s=SYSTEMATIC_S, valid_from=MORNING)
    assert history is not None
    return history


@given(
    st.floats(-30, 30),
    st.floats(-50, 50),
    st.lists(st.floats(-1e-4, 1e-4), min_size=8, max_size=40),
)
def test_offset_and_drift_are_found(
    offset_s: float, drift_ppm: float, errors_s: list[float]
) -> None:
    clock = TrueClock(offset_s, drift_ppm)
    couples = [
        clock.couple(300.0 * number, error_s)
        for number, error_s in enumerate([*errors_s, 0.0, 0.0])
    ]
    history = fitted(couples)
    assert history == fitted(couples[::-1] + couples)
    assert not history.resets
    for one in couples:
        found = history.scet(one.sclk_ns, LATER)
        assert abs(found.seconds_since(one.scet)) < MILLISECOND_S
        assert abs(history.sclk_ns(found) - one.sclk_ns) < 10


@pytest.mark.parametrize("noise_s", [1e-6, 1e-4, 1e-3, 5e-3])
@pytest.mark.parametrize("swing_ppm", [0.0, 0.1])
def test_the_truth_lies_within_three_sigma(noise_s: float, swing_ppm: float) -> None:
    """Five passes of hours in two days, 100 clocks; also between passes and 12 h before and after.

    While couples come, the error is below 1 ms and the noise of one couple.
    """
    inside = looked = 0
    for seed in range(100):
        draw = random.Random(seed)
        clock = TrueClock(draw.gauss(0, 0.4), draw.gauss(0, 2.0), swing_ppm)
        couples = []
        for number in range(5):
            start_s = 36_000.0 * number + draw.uniform(0, 3_600)
            couples += [
                clock.couple(start_s + 300.0 * step, draw.gauss(0, noise_s))
                for step in range(draw.randint(12, 60))
            ]
        history = fitted(couples)
        assert not history.resets
        begin_s, end_s = (couples[at].scet.seconds_since(MORNING) for at in (0, -1))
        for at_s in np.linspace(begin_s - 43_200.0, end_s + 43_200.0, 80):
            true = clock.couple(float(at_s))
            known = history.piece(1, true.sclk_ns)
            error_s = abs(known.scet(true.sclk_ns).seconds_since(true.scet))
            looked += 1
            inside += error_s <= 3.0 * known.sigma_s(true.sclk_ns)
        for one in couples:
            found = history.scet(one.sclk_ns, LATER)
            assert abs(clock.sclk_ns(found) - one.sclk_ns) / 1e9 < MILLISECOND_S + noise_s
    assert inside >= 0.99 * looked, inside / looked


def test_uncertainty_is_not_claimed_larger_than_it_is() -> None:
    """While couples of a microsecond come, what all may share is nearly all that is unknown."""
    clock = TrueClock(0.3, 2.0)
    history = fitted([clock.couple(300.0 * step, 1e-6 * (-1) ** step) for step in range(60)])
    middle_ns = clock.sclk_ns(MORNING.plus_seconds(9_000.0))
    assert SYSTEMATIC_S < history.piece(1, middle_ns).sigma_s(middle_ns) < 2.5 * SYSTEMATIC_S
    tomorrow = history.current.sigma_s(clock.sclk_ns(MORNING.plus_seconds(86_400.0)))
    assert tomorrow > 5 * MILLISECOND_S  # nobody knows what the temperature does till then


def test_a_wrong_pairing_is_left_out() -> None:
    clock = TrueClock(-3.0, -2.0)
    couples = [clock.couple(300.0 * number) for number in range(20)]
    couples[7] = clock.couple(2_100.0, 20.0)
    couples[11] = clock.couple(3_300.0, 0.004)  # too little to be sure of
    history = fitted(couples)
    assert not history.resets
    assert history.current.drift_ppm == pytest.approx(2.0, abs=0.05)
    for second in (2_100.0, 5_000.0):
        true = clock.couple(second)
        assert abs(history.scet(true.sclk_ns, LATER).seconds_since(true.scet)) < MILLISECOND_S


@pytest.mark.parametrize("good", [1, 2, 3])
def test_a_clock_reading_that_comes_half_an_hour_late_spoils_nothing(good: int) -> None:
    """Also while there are too few couples to tell by majority which of them is wrong."""
    clock = TrueClock(-3.0, -2.0)
    late = clock.couple(-2_500.0, 2_508.0)
    couples = [clock.couple(300.0 * number) for number in range(good)]
    history = fitted([late, *couples])
    assert not history.resets
    assert abs(history.current.drift_ppm) < 20.0
    for one in couples:
        assert abs(history.scet(one.sclk_ns, LATER).seconds_since(one.scet)) < 0.005


def test_one_couple_gives_an_offset_and_an_honest_uncertainty() -> None:
    one = TrueClock(-5.0, 0.0).couple(100.0)
    history = fitted([one])
    assert history.scet(one.sclk_ns, LATER) == one.scet
    assert history.current.rate == 1.0
    hour_ns = 3_600 * 10**9
    assert history.current.sigma_s(one.sclk_ns + hour_ns) > 20e-6 * 3_600
    nothing = fit_history("otv", [], CLOCK, systematic_s=SYSTEMATIC_S, valid_from=MORNING)
    assert nothing is None


@pytest.mark.parametrize(
    ("shown_s", "jump_s"),
    [(None, -100.0), (None, 250.0), (None, 0.2), (0.0, None)],
    ids=["set back", "set forward", "a little", "began at zero"],
)
def test_a_reset_begins_a_partition(shown_s: float | None, jump_s: float | None) -> None:
    """The clock jumps by `jump_s`, or shows `shown_s`, three hours into the day."""
    before = TrueClock(0.4, 2.0)
    reset = MORNING.plus_seconds(10_800.0)
    if jump_s is None:
        jump_s = shown_s - before.sclk_ns(reset) / 1e9  # type: ignore[operator]
    after = TrueClock(0.4 + jump_s, 2.0)
    couples = [before.couple(300.0 * step) for step in range(36)]
    first = [after.couple(11_400.0)]
    assert fitted(couples + first).resets == ()  # it could be a wrong pairing
    more = [after.couple(11_700.0 + 300.0 * step) for step in range(20)]
    history = fitted(couples + first + more)
    [found] = history.resets
    assert (found.spacecraft, found.partition) == ("otv", 2)
    assert found.jump_ns / 1e9 == pytest.approx(jump_s, abs=MILLISECOND_S)
    assert found.within.start <= reset.plus_seconds(MILLISECOND_S)
    assert reset <= found.within.end.plus_seconds(MILLISECOND_S)
    if shown_s == 0.0:
        assert abs(found.at.seconds_since(reset)) < MILLISECOND_S
    for one in (*couples[:30], *first, *more):
        assert abs(history.scet(one.sclk_ns, LATER).seconds_since(one.scet)) < MILLISECOND_S
        assert abs(history.sclk_ns(one.scet) - one.sclk_ns) < 1_000_000
    # what the clock has shown twice is taken for what came last, but not before it came
    twice = before.couple(10_750.0)
    known = history.scet(twice.sclk_ns, reset)
    assert abs(known.seconds_since(twice.scet)) < MILLISECOND_S


def test_delays_that_differ_are_no_reset() -> None:
    """Frames that waited before they were dated: no two of them agree."""
    clock = TrueClock(0.4, 2.0)
    couples = [clock.couple(300.0 * step) for step in range(30)]
    couples += [clock.couple(9_300.0, 4.1), clock.couple(9_600.0, 11.9), clock.couple(9_900.0, 7.2)]
    assert not fitted(couples).resets


def test_one_line_for_a_file_tells_what_the_history_tells() -> None:
    clock = TrueClock(0.4, 2.0, swing_ppm=0.3)
    history = fitted([clock.couple(300.0 * step) for step in range(100)])
    first, last = (clock.sclk_ns(MORNING.plus_seconds(at)) for at in (5_000.0, 19_000.0))
    line = history.line_over(first, last, LATER)
    assert line.scet(first) == history.scet(first, LATER)
    for share in np.linspace(0.0, 1.0, 50):
        sclk_ns = first + round(share * (last - first))
        away_s = line.scet(sclk_ns).seconds_since(history.scet(sclk_ns, LATER))
        assert abs(away_s) <= line.uncertainty_s
    assert line.uncertainty_s < 2 * MILLISECOND_S


def test_couples_of_the_orbiter_and_of_a_cube() -> None:
    light_time = LightTime.from_seconds(900.0)
    received = EarthReceiveTime(MORNING.tai_ns)
    direct = couple_from_receive_time(5, received, light_time)
    assert received.seconds_since(direct.scet) == 900.0
    clock = ClockSolution("otv", 0, SpacecraftEventTime(EPOCH.tai_ns), 1.0, 0.001, EPOCH)
    relayed = couple_from_relay(
        7, 2_000_000_000, ClockHistory((clock,)), LightTime.from_seconds(0.004), LATER
    )
    assert relayed.scet.seconds_since(EPOCH) == pytest.approx(1.996)
    assert relayed.sigma_s == 0.001
