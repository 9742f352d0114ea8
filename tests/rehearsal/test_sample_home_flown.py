"""The last day of a sample's way home, flown: as planned, and with things that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("journeys"),
]

CAPSULE = "return-capsule"


def fly(folder: Path, *options: str) -> Flown:
    return rehearse(folder, *options, scenario="sample-home-short", seed=1, patience_s=1700.0)


def test_as_planned_it_is_foretold_found_and_taken_into_custody(tmp_path: Path) -> None:
    flown = fly(tmp_path)
    assert flown.failed == set(), flown.output
    assert flown.exit_code == 0
    told = flown.report["arrivals"][CAPSULE]
    widths = [one["ellipse_km"][0] for one in told["versions"]]
    assert widths[0] > widths[2]
    assert told["versions"][-1]["released"]
    assert [one["event"] for one in told["custody"]] == [
        "sealed", "verified", "released", "landed", "recovered", "received",
    ]  # fmt: skip
    folder = flown.run / "workshop" / "recovery" / CAPSULE
    last = f"hand-over-{told['versions'][-1]['number']}.md"
    assert "What came true" in (folder / last).read_text()


def test_weak_springs_are_seen_by_the_angle_alone(tmp_path: Path) -> None:
    flown = fly(tmp_path, "--inject", "weak_springs,spacecraft=ryugu-stage,share=0.3")
    assert f"entry_angle[{CAPSULE}]" in flown.failed
    assert f"corridor_foretold[{CAPSULE}]" not in flown.failed


def test_a_silent_beacon_is_not_found_that_night(tmp_path: Path) -> None:
    flown = fly(tmp_path, "--inject", "dead_beacon")
    assert flown.failed == {
        f"{name}[{CAPSULE}]"
        for name in ("beacon_heard", "beacon_fix", "hand_over", "custody_complete")
    }
