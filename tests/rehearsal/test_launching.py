"""Each criterion on a craft that leaves its launcher, and what breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.mission import load_scenario
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import TrueDeparture
from groundsys.rehearsal.verdict.launching import (
    DepartureEvidence,
    departure_evidence,
    departures_for_report,
    judge_departures,
)
from groundsys.values.instants import Instant

MISSION, LAUNCH = load_scenario("launch")
[SEPARATION] = [one.at for one in LAUNCH.separations]
LIMITS = {"max_first_acquisition_s": 1_500.0, "max_sun_pointing_s": 2_700.0}


def after(seconds: float) -> Instant:
    return SEPARATION.plus_seconds(seconds)


TRUTH = TrueDeparture(
    separated=True,
    attitude=(
        ("RATE_DAMPING", after(0.0)),
        ("SUN_ACQUISITION", after(700.0)),
        ("SUN_POINTING", after(1_200.0)),
    ),
    least_battery_percent=80.0,
    battery_threshold=30.0,
)
GOOD = DepartureEvidence(
    separation=SEPARATION,
    first_view=("malargue-35", after(174.0)),
    acquired=("malargue-35", after(300.0)),
    truth=TRUTH,
)


def failed(one: DepartureEvidence) -> set[str]:
    return {each.name for each in judge_departures({"otv": one}, LIMITS) if not each.ok}


def test_a_departure_as_it_should_be_meets_all_four() -> None:
    assert failed(GOOD) == set()
    assert len(judge_departures({"otv": GOOD}, LIMITS)) == 4
    told = departures_for_report({"otv": GOOD})["otv"]
    assert told["acquired"] == {"antenna": "malargue-35", "at": "2031-02-06T04:51:00Z"}
    assert told["attitude"][-1]["mode"] == "SUN_POINTING"


@pytest.mark.parametrize(
    ("one", "broken"),
    [
        (replace(GOOD, acquired=("malargue-35", after(1_501.0))), {"first_acquisition[otv]"}),
        (replace(GOOD, acquired=("dss-25", after(300.0))), {"first_antenna[otv]"}),
        (replace(GOOD, acquired=None), {"first_acquisition[otv]", "first_antenna[otv]"}),
        (replace(GOOD, first_view=None), {"first_antenna[otv]"}),
        (
            replace(GOOD, truth=replace(TRUTH, attitude=(("SUN_POINTING", after(2_701.0)),))),
            {"sun_pointed[otv]"},
        ),
        (replace(GOOD, truth=replace(TRUTH, attitude=TRUTH.attitude[:2])), {"sun_pointed[otv]"}),
        (
            replace(GOOD, truth=replace(TRUTH, least_battery_percent=29.9)),
            {"battery_above_threshold[otv]"},
        ),
        (
            replace(GOOD, truth=TrueDeparture()),
            {"sun_pointed[otv]", "battery_above_threshold[otv]"},
        ),
    ],
)
def test_what_goes_wrong_breaks_its_criterion_and_no_other(
    one: DepartureEvidence, broken: set[str]
) -> None:
    assert failed(one) == broken


def test_who_sees_the_craft_first_is_told_by_the_definitions() -> None:
    """And who was in lock first by the store's passes."""

    def booked(antenna: str, lock_s: float | None) -> Pass:
        begin = after(200.0)
        return Pass(
            *(antenna, antenna, "otv", begin, after(4_000.0), begin, after(3_900.0), 0.02, 8e3),
            first_lock=None if lock_s is None else after(lock_s),
        )

    passes = [booked("dss-25", 900.0), booked("malargue-35", 260.0), booked("dss-43", None)]
    [one] = departure_evidence(MISSION, LAUNCH, passes, {"otv": TRUTH}).values()
    assert one.acquired == ("malargue-35", after(260.0))
    assert one.first_view is not None
    antenna, since = one.first_view
    assert antenna == "malargue-35"
    assert since.seconds_since(SEPARATION) == pytest.approx(174.0, abs=2.0)
    [never] = departure_evidence(MISSION, LAUNCH, [], {"otv": None}).values()
    assert never.acquired is None
    assert not never.truth.separated
