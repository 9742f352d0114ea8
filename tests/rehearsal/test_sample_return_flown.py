"""A sample from the asteroid to its laboratory: three legs, one stage, one ledger.

With faults it is flown by `make campaign`: a record that lacks on one leg holds the next ones back.
"""

from __future__ import annotations

import pytest

from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(3600),
    pytest.mark.xdist_group("journeys"),
]


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("voyage")
    return rehearse(folder, scenario="sample-return", seed=1, patience_s=3500.0)


def test_every_leg_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    told = [(one["scenario"], one["ok"]) for one in flown.report["legs"]]
    assert told == [("sample-taking", True), ("sample-cruise", True), ("sample-home-short", True)]


def test_one_ledger_goes_through_all_legs_and_each_record_rests_on_its_own_flight(
    flown: Flown,
) -> None:
    home = flown.report["legs"][-1]["arrivals"]["return-capsule"]["custody"]
    assert [one["event"] for one in home] == [
        "sealed", "verified", "released", "landed", "recovered", "received",
    ]  # fmt: skip
    of_cruise = flown.report["legs"][1]["custody"]["return-capsule"]
    assert [one["evidence"].split(" completed")[0] for one in of_cruise] == [
        "touch-and-go-001", "container-check-001",
    ]  # fmt: skip
