"""Criteria on a burn that navigation foresaw: each fails alone, on its own evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groundsys.rehearsal.truth.space_truth import TruePush
from groundsys.rehearsal.verdict.burning import (
    BurnEvidence,
    HeardAgain,
    burns_for_report,
    heights_km,
    judge_burns,
)
from groundsys.values.instants import Instant

EXIT = Instant.from_utc_iso("2031-10-01T08:41:37Z")
LIMITS = {
    "min_insertion_periapsis_km": 450.0,
    "max_insertion_periapsis_km": 600.0,
    "max_insertion_apoapsis_km": 38_000.0,
    "min_burn_behind_share": 0.6,
    "max_heard_again_s": 240.0,
    "max_burn_doppler_m_s": 40.0,
    "max_burn_told_error_m_s": 25.0,
}
#: 519 × 32 060 km
ORBIT = TruePush("otv", EXIT, (30.0, 0.0, 0.0), 19_685.7, 0.8011, True)
AGAIN = HeardAgain(EXIT, EXIT.plus_seconds(90.0), 8.0)
#: of Mars
RADIUS_KM = 3_396.19
GOOD = BurnEvidence(1450.0, 1449.0, ORBIT, 0.7, 3.0, AGAIN, RADIUS_KM)


def failing(evidence: BurnEvidence) -> set[str]:
    return {one.name for one in judge_burns({"otv": evidence}, LIMITS) if not one.ok}


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        # it went by, or into an ellipse that is too long, too low or too high
        ({"orbit": replace(ORBIT, semi_major_axis_km=-9_000.0, eccentricity=1.43)}, {"captured"}),
        ({"orbit": replace(ORBIT, semi_major_axis_km=34_584.0, eccentricity=0.8863)}, {"captured"}),
        ({"orbit": replace(ORBIT, eccentricity=0.81)}, {"captured"}),
        ({"orbit": replace(ORBIT, eccentricity=0.79)}, {"captured"}),
        ({"orbit": None, "given_m_s": 0.0, "behind_share": 0.0, "told_missing_m_s": 1450.0},
         {"captured", "burn_occulted"}),
        ({"behind_share": 0.5}, {"burn_occulted"}),
        ({"again": replace(AGAIN, heard=EXIT.plus_seconds(241.0))}, {"heard_again"}),
        ({"again": replace(AGAIN, heard=None)}, {"heard_again"}),
        ({"again": replace(AGAIN, doppler_m_s=41.0)}, {"burn_doppler"}),
        ({"again": replace(AGAIN, doppler_m_s=None)}, {"burn_doppler"}),
        ({"again": None}, {"heard_again", "burn_doppler"}),
        ({"told_missing_m_s": 27.0}, {"burn_told"}),
        ({"told_missing_m_s": None}, {"burn_told"}),
        ({"given_m_s": 1358.0}, {"burn_told"}),
    ],
)  # fmt: skip
def test_each_criterion_fails_on_its_own_evidence(spoil: dict[str, Any], names: set[str]) -> None:
    assert failing(GOOD) == set()
    assert failing(replace(GOOD, **spoil)) == {f"{name}[otv]" for name in names}


def test_a_scenario_that_asks_nothing_of_its_burns_is_judged_by_none() -> None:
    assert judge_burns({"otv": GOOD}, {"min_passes": 1.0}) == []


def test_heights_are_above_the_body_and_a_hyperbola_has_no_apoapsis() -> None:
    low, high = heights_km(ORBIT, RADIUS_KM)
    assert (low, high) == (pytest.approx(519.0, abs=1.0), pytest.approx(32_060.0, abs=5.0))
    assert heights_km(
        replace(ORBIT, semi_major_axis_km=-3581.598, eccentricity=2.093422), RADIUS_KM
    ) == (
        pytest.approx(520.0, abs=0.1),
        None,
    )


def test_the_report_tells_each_burn() -> None:
    told = burns_for_report({"otv": GOOD})["otv"]
    assert (told["wanted_m_s"], told["given_m_s"], told["told_missing_m_s"]) == (
        1450.0,
        1449.0,
        3.0,
    )
    assert told["heard_again"] == "2031-10-01T08:43:07.0Z"
    assert (
        burns_for_report({"otv": replace(GOOD, orbit=None, again=None)})["otv"]["heights_km"]
        is None
    )
