"""Criteria on a scenario's runs: each can fail, and fails alone on its own evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groundsys.mission.scenario.scenario_model import ProcedureRun
from groundsys.rehearsal.verdict.run_verdict import (
    GatePassed,
    RunEvidence,
    judge_runs,
    runs_for_report,
)
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
PLANNED = ProcedureRun(
    *("burn@otv", "burn", "otv", START, "", {}, "amber"),
    {"operator": "cedar", "flight_director": "birch"},
    within_s=3600.0,
)
ROLES = ("operator", "flight_director")
GATE = GatePassed("burn.go/1", START, ROLES, {"operator": "cedar", "flight_director": "birch"})
GOOD = RunEvidence(
    *(PLANNED, "burn-001", "completed", "", START, START.plus_seconds(3000.0)),
    runners=("amber",),
    gates=(GATE, GATE),
)


def voted(**go: str) -> dict[str, Any]:
    return {"gates": (GATE, replace(GATE, go=go))}


@pytest.mark.parametrize(
    ("spoil", "failing"),
    [
        ({"outcome": "aborted", "why": "amber had it so"}, {"procedure"}),
        ({"outcome": "held", "ended": None}, {"procedure", "procedure_time"}),
        (
            {"outcome": "never started", "started": None, "ended": None, "gates": ()},
            {"procedure", "procedure_time"},
        ),
        ({"ended": START.plus_seconds(3601.0)}, {"procedure_time"}),
        (voted(operator="cedar"), {"procedure_gates"}),
        (voted(operator="birch", flight_director="cedar"), {"procedure_gates"}),
        (voted(operator="cedar", flight_director="dune"), {"procedure_gates"}),
        ({"runners": ("amber", "birch")}, {"procedure_gates"}),
    ],
)
def test_each_criterion_fails_on_its_own_evidence(spoil: dict[str, Any], failing: set[str]) -> None:
    assert all(one.ok for one in judge_runs([GOOD]))
    criteria = judge_runs([replace(GOOD, **spoil)])
    assert {one.name for one in criteria if not one.ok} == {f"{one}[burn@otv]" for one in failing}


def test_one_person_for_two_roles_is_seen_even_if_the_scenario_had_it_so() -> None:
    both = {"operator": "cedar", "flight_director": "cedar"}
    run = replace(GOOD, planned=replace(PLANNED, go=both), gates=(replace(GATE, go=both),))
    assert [one.name for one in judge_runs([run]) if not one.ok] == ["procedure_gates[burn@otv]"]


def test_a_run_that_is_to_be_aborted_may_not_complete() -> None:
    planned = replace(PLANNED, expect="aborted", within_s=None)
    assert not judge_runs([replace(GOOD, planned=planned)])[0].ok
    assert all(one.ok for one in judge_runs([replace(GOOD, planned=planned, outcome="aborted")]))


def test_the_report_tells_times_and_who_said_go() -> None:
    (told,) = runs_for_report([GOOD])
    assert (told["procedure"], told["outcome"]) == ("burn@otv", "completed")
    assert (told["started"], told["ended"]) == ("2031-08-20T00:00:00Z", "2031-08-20T00:50:00Z")
    assert told["gates"][0]["go"] == {"operator": "cedar", "flight_director": "birch"}
