"""Criteria on conjunction, clock, trajectory and safe mode: what holds, and what breaks each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.commanding.ledger import Attempt, Command
from groundsys.mission.spacecraft.link_model import SolarConjunction
from groundsys.mission.spacecraft.place_model import Navigation
from groundsys.rehearsal.truth.clock_truth import clock_error, judge_clocks
from groundsys.rehearsal.truth.record import TrueReading
from groundsys.rehearsal.truth.space_truth import NearSunRecord
from groundsys.rehearsal.verdict.conjunction import conjunction_of, judge_conjunctions
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.rehearsal.verdict.safe_modes import judge_safe_modes, safe_modes
from groundsys.rehearsal.verdict.trajectory_followed import burns_followed, judge_followed
from groundsys.values.clock import ClockHistory, ClockSolution
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, SpacecraftEventTime
from groundsys.values.tracking import TrackingPoint

START = Instant.from_utc_iso("2032-01-01T00:00:00Z")


def day(number: float) -> Instant:
    return START.plus_seconds(86_400.0 * number)


def ok(criteria: list[Criterion]) -> dict[str, bool]:
    return {one.name: one.ok for one in criteria}


# --- conjunction -------------------------------------------------------------------------------

ZONE = Interval(day(1.0), day(3.0))
SUN = {
    "min_sep_of_commands_deg": 2.0,
    "min_commands_held_in_conjunction": 1.0,
    "min_frames_disturbed_in_conjunction": 1.0,
}
RECORDS = [
    NearSunRecord("otv", "uplink", 2.01, 1, 0),
    NearSunRecord("otv", "downlink", 1.5, 12, 3),
    NearSunRecord("otv", "downlink", 3.5, 400, 0),
]


def wanted(at: Instant, issued: Instant | None) -> Command:
    attempts = () if issued is None else (Attempt("y", 1, issued),)
    return Command("otv-1", "otv", "PING", {}, "plan", "0", START, at, attempts=attempts)


def judged(records: list[NearSunRecord], *commands: Command) -> dict[str, bool]:
    found = conjunction_of(SolarConjunction(), records, [ZONE], commands)
    return ok(judge_conjunctions({"otv": found}, SUN))


HELD = wanted(day(2.0), day(3.2))


def test_a_conjunction_in_which_nothing_is_sent_though_somebody_wants_to() -> None:
    assert set(judged(RECORDS, HELD).values()) == {True}
    assert set(judged(RECORDS, wanted(day(2.0), None)).values()) == {True}


def test_one_transmission_within_the_limit_is_one_too_many() -> None:
    sent = NearSunRecord("otv", "uplink", 1.999, 1, 1)
    assert not judged([*RECORDS, sent], HELD)["commands_in_conjunction[otv]"]


@pytest.mark.parametrize("command", [wanted(day(0.5), day(3.5)), wanted(day(2.0), day(2.5))])
def test_held_is_what_was_wanted_within_and_left_after(command: Command) -> None:
    assert not judged(RECORDS, command)["commands_held_in_conjunction[otv]"]


def test_what_the_ground_says_by_itself_is_not_held_for_anybody() -> None:
    rate = replace(HELD, purpose="downlink")
    assert not judged(RECORDS, rate)["commands_held_in_conjunction[otv]"]


@pytest.mark.parametrize("disturbed", [0, 12])
def test_frames_suffer_near_the_sun_and_not_all(disturbed: int) -> None:
    records = [replace(RECORDS[1], disturbed=disturbed), RECORDS[2]]
    assert not judged(records, HELD)["frames_disturbed_in_conjunction[otv]"]


# --- clock -------------------------------------------------------------------------------------

CLOCK = {"max_clock_error_ms": 2.0, "max_clock_sigmas": 3.0}
LINE = ClockSolution("otv", 0, SpacecraftEventTime(day(1.0).tai_ns), 1.0, 1e-3, day(1.0))


def clocks(*errors_ms: float, measured: bool = True) -> dict[str, bool]:
    """Verdicts on readings half a day apart, from half a day before the first measurement on."""
    readings = [
        TrueReading(day(0.5 + number / 2.0), round((number - 1) * 43_200e9 + 1e6 * error_ms))
        for number, error_ms in enumerate(errors_ms)
    ]
    history = ClockHistory((LINE,)) if measured else None
    return ok(judge_clocks({"otv": clock_error(history, readings, day(9.0))}, CLOCK))


def test_a_clock_that_is_known() -> None:
    # what it showed before anybody had measured it counts not
    assert set(clocks(500.0, 0.1, -2.9, 1.9).values()) == {True}


def test_it_is_to_be_known_at_the_end_and_never_worse_than_claimed() -> None:
    assert clocks(0.0, 0.1, 2.1) == {
        "clock_error[otv]": False,
        "clock_within_uncertainty[otv]": True,
    }
    assert clocks(0.0, 3.1, 0.1) == {
        "clock_error[otv]": True,
        "clock_within_uncertainty[otv]": False,
    }


def test_a_clock_that_was_never_measured_is_not_known() -> None:
    assert set(clocks(0.0, 0.0, measured=False).values()) == {False}


# --- trajectory --------------------------------------------------------------------------------

TRACK = {"min_drift_sigmas": 5.0, "max_range_residual_sigmas": 4.0}
NAVIGATION = Navigation(along_track_km=3.0, radial_km=4.0)  # 5 km together


def off(at: Instant, km: float) -> TrackingPoint:
    received = EarthReceiveTime(at.tai_ns)
    return TrackingPoint("otv", "dss-43", "p", received, 60.0, 7e9, 8e9, 2000.0, 1e3 * km)


def follows(*points: TrackingPoint, burns: tuple[Instant, ...] = (day(1.0),)) -> dict[str, bool]:
    found = burns_followed(NAVIGATION, burns, [day(0.5), day(2.0)], points, day(4.0))
    return ok(judge_followed({"otv": found}, TRACK))


def test_a_burn_is_seen_in_range_until_an_orbit_is_told() -> None:
    points = [off(day(0.9), 1.0), off(day(1.5), -160.0), off(day(2.5), -1.5), off(day(3.9), 19.0)]
    assert set(follows(*points).values()) == {True}


def test_predictions_that_do_not_follow() -> None:
    drifted, followed = "trajectory_drifted[otv]", "trajectory_followed[otv]"
    late = off(day(3.9), 21.0)
    assert follows(off(day(1.5), 160.0), off(day(2.5), 1.0), late) == {
        drifted: True,
        followed: False,
    }
    assert follows(off(day(1.5), 24.0), off(day(2.5), 1.0)) == {drifted: False, followed: True}
    # nothing measured, no orbit told, no burn at all
    assert set(follows().values()) == {False}
    told_before = follows(off(day(3.5), 160.0), burns=(day(3.0),))
    assert told_before == {drifted: True, followed: False}
    assert set(follows(burns=()).values()) == {False}


# --- safe mode ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modes", "told", "recovered"),
    [
        (("SAFE", "NOMINAL"), "NOMINAL", True),
        (("SAFE", "NOMINAL"), "SAFE", False),
        (("SAFE", "NOMINAL", "SAFE"), "NOMINAL", False),
        (("SAFE",), "SAFE", False),
        ((), "NOMINAL", False),
    ],
)
def test_safe_mode_is_left_each_time_and_the_ground_knows(
    modes: tuple[str, ...], told: str, recovered: bool
) -> None:
    verdict = judge_safe_modes({"otv": safe_modes(modes, told)}, {"min_safe_modes_recovered": 1.0})
    assert ok(verdict) == {"safe_mode_recovered[otv]": recovered}


def test_a_scenario_that_asks_nothing_is_judged_by_nothing() -> None:
    found = conjunction_of(SolarConjunction(), RECORDS, [ZONE], [HELD])
    assert judge_conjunctions({"otv": found}, {}) == []
    assert judge_clocks({"otv": None}, {}) == judge_followed({"otv": ()}, {}) == []
    assert judge_safe_modes({"otv": safe_modes([], "")}, {}) == []
