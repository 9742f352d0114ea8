"""A flight is judged by what it was to show, and the page tells it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from groundsys.campaign import Campaign, Case, FaultSet, Outcome, judge_case
from groundsys.campaign.judging import is_of
from groundsys.campaign.page import summary_page

SILENT = FaultSet("a silent cube", ({"fault": "silent_cube"},), ("files_delivered", "passes"))


def _report(*unmet: str) -> dict[str, Any]:
    names = {"files_delivered", "passes[otv]", "leg 2: commands_unknown", *unmet}
    return {
        "rate": 900.0,
        "wall_seconds": 30.0,
        "retransmission_rounds": 3,
        "predicted_vs_actual_s": {"arrival": {"p50": 0.9, "p99": None}},
        "customers": {
            "one": {"latency_s": {"median": 7200.0}},
            "two": {"latency_s": {"median": None}},
        },
        "criteria": [
            {"name": name, "ok": name not in unmet, "expected": "<0>", "found": "1"}
            for name in sorted(names)
        ],
    }


def _judged(faults: FaultSet, *unmet: str, seed: int = 1) -> Outcome:
    return judge_case(Case("short", seed, faults), _report(*unmet))


def test_as_planned_everything_is_to_hold() -> None:
    planned = FaultSet("as planned")
    assert _judged(planned).state == "as_expected"
    otherwise = _judged(planned, "files_delivered")
    assert (otherwise.state, otherwise.met, otherwise.criteria) == ("otherwise", 2, 3)
    assert otherwise.unmet == {"files_delivered": ("<0>", "1")}


def test_with_faults_what_they_break_is_to_fail() -> None:
    assert _judged(SILENT, "files_delivered", "passes[otv]").state == "as_expected"
    held = _judged(SILENT, "files_delivered")
    assert (held.state, held.held) == ("otherwise", ("passes",))


def test_a_flight_without_a_verdict_is_broken() -> None:
    outcome = judge_case(Case("short", 1, SILENT), None, "no space left on device")
    assert (outcome.state, outcome.words) == ("broken", "no space left on device")


@pytest.mark.parametrize(
    "name", ["passes", "passes[otv]", "leg 12: passes", "leg 1: passes[otv]", "all legs: passes"]
)
def test_a_criterion_is_meant_of_any_craft_and_leg(name: str) -> None:
    assert is_of("passes", name)
    assert not is_of("passes", name.replace("passes", "passes_missed"))


def test_figures_are_what_the_report_has() -> None:
    assert _judged(SILENT).figures == {
        "rate, × real time": 900.0,
        "wall time, s": 30.0,
        "retransmission rounds": 3.0,
        "arrival of commands beside foreseen (p50), s": 0.9,
        "data of one (median), h": 2.0,
    }


class _Cells(HTMLParser):
    """Classes of the matrix' cells, and whether every element is closed."""

    VOID = frozenset({"meta", "line", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "td" and (kind := dict(attrs).get("class")):
            self.cells.append(kind.removeprefix("cell "))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_tells_each_flight_and_what_was_not_as_expected() -> None:
    campaign = Campaign("Nights & days", ("short",), (1, 2, 3, 4), (SILENT,))
    page = summary_page(
        campaign,
        [
            _judged(SILENT, "files_delivered", "passes[otv]", seed=1),
            _judged(SILENT, "files_delivered", seed=2),
            judge_case(Case("short", 3, SILENT), None, "Yamcs <gone>"),
        ],
    )
    cells = _Cells()
    cells.feed(page)
    assert cells.cells == ["as_expected", "otherwise", "broken", "missing"]
    assert cells.open == []
    assert "<title>Nights &amp; days</title>" in page
    assert "1 of 4 flights as expected" in page
    assert "passes held, and was to fail" in page
    assert "Yamcs &lt;gone&gt;" in page
