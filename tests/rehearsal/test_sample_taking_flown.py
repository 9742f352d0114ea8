"""Down to an asteroid and back with a sample, light a quarter of an hour away.

With faults it is flown by `make campaign`: which criteria each breaks.
"""

from __future__ import annotations

import pytest

from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(2400),
    pytest.mark.xdist_group("journeys"),
]

EXPLORER = "ryugu-explorer"


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    return rehearse(tmp_path_factory.mktemp("sample"), scenario="sample-taking", seed=1)


def test_every_criterion_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    names = {one["name"] for one in flown.report["criteria"]}
    asked = ("descents_told", "orders_in_time", "go_margin_s", "gate_complexes", "sample")
    assert names >= {f"{one}[{EXPLORER}]" for one in asked}


def test_a_rehearsal_breaks_off_by_itself_and_is_flown_again(flown: Flown) -> None:
    told = flown.report["descents"][EXPLORER]
    assert [(one["outcome"], one["reason"]) for one in told["flown"]] == [
        ("BROKEN_OFF", "ALTIMETER"),
        ("REACHED", "NONE"),
        ("TOUCHED", "NONE"),
    ]
    assert {"Usuda", "Madrid", "Goldstone"} <= set(told["complexes"])


def test_people_say_go_while_it_is_under_way(flown: Flown) -> None:
    runs = {one["procedure"]: one for one in flown.report["procedures"]}
    gates = [one["gate"] for one in runs[f"touch-and-go@{EXPLORER}"]["gates"]]
    assert [gate.partition("/")[0] for gate in gates] == [
        "touch-and-go.go-down", "touch-and-go.go-below", "touch-and-go.go-to-dock",
    ]  # fmt: skip
