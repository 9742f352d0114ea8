"""The verdict on arrivals: each criterion holds by what it should, and fails by what it should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.entry.arrival import ArrivalPrediction
from groundsys.entry.arrival_told import (
    ArrivalTold,
    Fix,
    Found,
    Version,
    told_of_fact,
    told_to_fact,
)
from groundsys.entry.hand_over import hand_over_text
from groundsys.entry.prediction import ForetoldEvent, Range
from groundsys.entry.sample_custody import Custody, Transfer
from groundsys.rehearsal.truth.space_truth import TrueArrivalRecord
from groundsys.rehearsal.verdict.arriving import (
    ArrivalEvidence,
    arrivals_for_report,
    judge_arrivals,
)
from groundsys.values.instants import Instant
from tests.entry.test_arrival import example_arrival

ENTRY = Instant.from_utc_iso("2031-12-13T17:30:00Z")
GATE = ENTRY.plus_seconds(-12 * 3600.0)


def _event(after_s: float, sigma_s: float) -> ForetoldEvent:
    return ForetoldEvent(ENTRY.plus_seconds(after_s), sigma_s, 1.0)


PREDICTION = ArrivalPrediction(
    interface=_event(0.0, 0.4),
    speed_m_s=Range(11_900.0, 0.01),
    flight_path_deg=Range(-12.0, 0.02),
    azimuth_deg=Range(100.0, 0.02),
    parachute=_event(185.0, 0.6),
    landing=_event(1520.0, 60.0),
    latitude_deg=-31.0,
    longitude_deg=136.6,
    covariance_km2=((100.0, 0.0), (0.0, 64.0)),
    peak_deceleration_m_s2=Range(590.0, 2.0),
    peak_heat_flux_w_m2=Range(1.06e7, 1e5),
    impact_m_s=Range(10.0, 2.0),
    drift_km_per_m_s=1.34,
    lands=1.0,
)
VERSIONS = (
    Version(1, GATE.plus_seconds(-9e4), GATE.plus_seconds(-9e4), GATE, False, ("too wide",), None),
    Version(2, GATE.plus_seconds(-3600.0), GATE.plus_seconds(-3600.0), GATE, False, (), PREDICTION),
    Version(3, GATE.plus_seconds(600.0), GATE.plus_seconds(-3600.0), GATE, True, (), PREDICTION),
)
TRUTH = TrueArrivalRecord(
    interface=ENTRY.plus_seconds(0.5),
    flight_path_deg=-11.97,
    parachute=ENTRY.plus_seconds(185.0),
    landing=ENTRY.plus_seconds(1500.0),
    latitude_deg=-31.1,
    longitude_deg=136.7,
    lost=None,
)
SOUND = ArrivalEvidence(
    told=ArrivalTold(
        versions=VERSIONS,
        beacon_heard=ENTRY.plus_seconds(205.0),
        beacon_lost=ENTRY.plus_seconds(1500.0),
        fix=Fix(ENTRY.plus_seconds(1500.0), -31.105, 136.7, ((1.0, 0.0), (0.0, 1.0)), 4),
        found=Found(ENTRY.plus_seconds(7000.0), -31.1, 136.7),
    ),
    truth=TRUTH,
    released=GATE.plus_seconds(30.0),
    custody=Custody(()),
    carrier="stage",
    clearance_km=600.0,
)
LIMITS = {"min_versions_before_gate": 2.0, "min_carrier_clearance_km": 300.0}


def failing(one: ArrivalEvidence) -> set[str]:
    criteria = judge_arrivals({"capsule": one}, LIMITS)
    return {criterion.name.partition("[")[0] for criterion in criteria if not criterion.ok}


def _told(**changed: object) -> ArrivalEvidence:
    return replace(SOUND, told=replace(SOUND.told, **changed))  # type: ignore[arg-type]


def _truly(**changed: object) -> ArrivalEvidence:
    return replace(SOUND, truth=replace(TRUTH, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("evidence", "names"),
    [
        (SOUND, set()),
        (_told(versions=VERSIONS[1:]), {"corridor_foretold"}),
        (replace(SOUND, released=None), {"corridor_foretold"}),
        (_truly(flight_path_deg=-11.93), {"entry_angle"}),
        (_truly(longitude_deg=136.95), {"landing_in_ellipse", "beacon_fix"}),
        (_truly(landing=ENTRY.plus_seconds(1750.0)), {"landing_time"}),
        (replace(SOUND, clearance_km=200.0), {"carrier_deflected"}),
        (replace(SOUND, clearance_km=None), {"carrier_deflected"}),
        (_told(beacon_heard=None), {"beacon_heard"}),
        (_told(fix=None), {"beacon_fix"}),
        (_told(found=None), {"hand_over"}),
        (replace(SOUND, custody=Custody(("a gap",))), {"custody_complete"}),
        (
            replace(SOUND, truth=None),
            {
                "entry_angle", "landing_in_ellipse", "landing_time", "beacon_heard", "beacon_fix",
                "hand_over",
            },
        ),
    ],
)  # fmt: skip
def test_each_criterion_fails_by_its_own_cause(evidence: ArrivalEvidence, names: set[str]) -> None:
    assert failing(evidence) == names


def test_versions_made_after_the_entry_foretell_nothing() -> None:
    late = replace(VERSIONS[2], made=ENTRY.plus_seconds(60.0), number=4)
    last = _told(versions=(*VERSIONS, late)).last
    assert last is not None
    assert last.number == 3


def test_what_was_told_is_kept_as_it_is() -> None:
    assert told_of_fact(told_to_fact(SOUND.told)) == SOUND.told
    assert told_of_fact(None) == ArrivalTold()


def test_the_hand_over_says_where_when_and_what_came_true() -> None:
    text = hand_over_text("capsule", example_arrival(), SOUND.told)
    for part in (
        "hand-over 3 to the recovery team",
        "2031-12-13T17:55:20Z",
        "-31.0000°, 136.6000°",
        "30.0 km × 24.0 km",
        "401.7 MHz",
        "1.34 km",
        "does not come down",
        "-11.1 km to north",
        "4 bearings crossed",
    ):
        assert part in text


def test_the_report_tells_each_version_and_the_truth() -> None:
    (told,) = arrivals_for_report({"capsule": SOUND}).values()
    assert [one["number"] for one in told["versions"]] == [1, 2, 3]
    assert told["truth"]["flight_path_deg"] == -11.97
    assert told["entry_angle_sigmas"] == pytest.approx(1.5)


def test_a_report_says_of_each_record_what_it_rests_on() -> None:
    record = Transfer("sealed", GATE, "there", "somebody", "capsule", "", "assumed: nobody saw it")
    one = replace(SOUND, custody=Custody((), (record,)))
    (told,) = arrivals_for_report({"capsule": one}).values()
    assert [each["evidence"] for each in told["custody"]] == [record.evidence]
