"""People who run a scenario's procedures: when they start, say go, send again, and try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundsys.mission.scenario.scenario_model import ProcedureRun
from groundsys.rehearsal.flying.attendance import Attendance
from groundsys.rehearsal.flying.runners import Runners
from groundsys.values.errors import NoAnswerError, RequestError
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")


def planned(key: str = "burn@otv", **changed: Any) -> ProcedureRun:
    procedure, _, craft = key.partition("@")
    whole: dict[str, Any] = {
        "key": key, "procedure": procedure, "spacecraft": craft,
        "at": START.plus_seconds(600.0), "after": "", "parameters": {"size": 3},
        "starts": "amber", "go": {"operator": "cedar", "flight_director": "birch"},
    }  # fmt: skip
    return ProcedureRun(**{**whole, **changed})


@dataclass
class Desks:
    """Answer as the desks would; `runs` may be changed by a test in between."""

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    #: called before an answer; what it raises is what the asker gets
    before: Callable[[str], None] = lambda verb: None
    after: Callable[[str], None] = lambda verb: None

    def ask(self, verb: str, *, operator: str = "", **arguments: Any) -> dict[str, Any]:
        self.before(verb)
        self.asked.append((verb, operator, arguments))
        answer = self._answer(verb, arguments)
        self.after(verb)
        return answer

    def _answer(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match verb:
            case "procedure_start":
                run = f"{arguments['procedure']}-{len(self.runs) + 1:03d}"
                self.runs[run] = {
                    "run": run, "state": "running", "at": None, "rehearsal": None, "stop": None,
                    "procedure": arguments["procedure"], "spacecraft": arguments["spacecraft"],
                }  # fmt: skip
                return self.runs[run]
            case "procedure_list":
                return {"runs": list(self.runs.values())}
        return self.runs[arguments["run"]]

    def of(self, verb: str) -> list[tuple[str, dict[str, Any]]]:
        return [(who, arguments) for asked, who, arguments in self.asked if asked == verb]


def attended(desks: Desks, *faults: dict[str, Any]) -> Runners:
    return Runners([planned()], desks.ask, lambda _: None, Attendance.of(faults))


def at_gate(*holds: bool | None, votes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "roles": ["operator", "flight_director"],
        "conditions": [{"holds": one} for one in holds],
        "votes": [{"role": role} for role in votes],
    }


def live(runners: Runners, *minutes: float) -> None:
    for minute in minutes:
        runners.act(START.plus_seconds(60.0 * minute))


def no_rehearsal(run: ProcedureRun) -> None:
    pytest.fail(f"{run.key} was rehearsed")


def test_a_run_starts_at_its_time_and_after_the_one_before_it() -> None:
    desks = Desks()
    second = planned("burn@cube", after="burn@otv", at=START)
    runners = Runners([planned(), second], desks.ask, no_rehearsal)
    live(runners, 0, 5, 9)
    assert desks.of("procedure_start") == []
    live(runners, 10, 11)
    asked = {"procedure": "burn", "spacecraft": "otv", "parameters": {"size": 3}}
    assert desks.of("procedure_start") == [("amber", asked)]
    desks.runs["burn-001"]["state"] = "ended"
    live(runners, 12, 13)
    assert [one["spacecraft"] for _, one in desks.of("procedure_start")] == ["otv", "cube"]


def test_everybody_says_go_once_all_conditions_hold_and_each_once() -> None:
    desks = Desks()
    runners = Runners([planned(at=START)], desks.ask, no_rehearsal)
    live(runners, 0)
    for conditions in ((True, False), (True, None)):
        desks.runs["burn-001"]["at"] = at_gate(*conditions)
        live(runners, len(desks.asked))
    assert desks.of("procedure_vote") == []
    desks.runs["burn-001"]["at"] = at_gate(True, True, votes=("operator",))
    live(runners, 30)
    desks.runs["burn-001"]["at"] = {"step": "wait", "conditions": [{"holds": True}]}
    live(runners, 31)
    ((who, vote),) = desks.of("procedure_vote")
    assert (who, vote["go"], vote["reason"]) == ("birch", True, "")


def test_a_go_where_the_rehearsal_counts_no_more_says_so() -> None:
    desks = Desks()
    runners = Runners([planned(at=START)], desks.ask, no_rehearsal)
    live(runners, 0)
    desks.runs["burn-001"] |= {"at": at_gate(True), "rehearsal": {"stale": ["the battery"]}}
    live(runners, 1)
    assert {vote["reason"] for _, vote in desks.of("procedure_vote")} == {"seen: the battery"}


def test_a_lost_command_is_sent_again_and_any_other_hold_stands() -> None:
    desks = Desks()
    runners = Runners([planned(at=START)], desks.ask, no_rehearsal)
    live(runners, 0)
    desks.runs["burn-001"] |= {"state": "held", "stop": {"why": "PING expired"}}
    live(runners, 1)
    desks.runs["burn-001"]["stop"] = {"why": "the valve is stuck"}
    live(runners, 2)
    assert [one["how"] for _, one in desks.of("procedure_resume")] == ["retry"]
    assert runners.pursued[0].retries == 1


def test_what_is_to_be_rehearsed_before_is_so_each_time_it_is_asked_for() -> None:
    desks, rehearsed = Desks(), []

    def refuse(verb: str) -> None:
        if verb == "procedure_start" and len(rehearsed) == 1:
            raise RequestError("no rehearsal counts")

    desks.before = refuse
    run = planned(at=START, rehearsed="before")
    runners = Runners([run], desks.ask, rehearsed.append)
    live(runners, 0, 5, 9)
    (pursued,) = runners.pursued
    assert (rehearsed, pursued.refused, pursued.refusals) == ([run], "no rehearsal counts", 1)
    live(runners, 10)
    assert (len(rehearsed), pursued.run) == (2, "burn-001")


def test_a_start_that_was_never_answered_is_looked_for_before_another() -> None:
    desks = Desks()

    def die(verb: str) -> None:
        if verb == "procedure_start":
            raise NoAnswerError("the desks do not answer")

    desks.after = die
    runners = Runners([planned(at=START)], desks.ask, no_rehearsal)
    live(runners, 0, 1)
    assert runners.pursued[0].run == "burn-001"
    assert len(desks.of("procedure_start")) == 1


@pytest.mark.parametrize(
    ("faults", "voted"),
    [
        ([], ["cedar", "birch"]),
        ([{"fault": "absent", "person": "birch"}], ["cedar"]),
        ([{"fault": "stand_in", "person": "birch", "by": "dune"}], ["cedar", "dune"]),
        (
            [
                {"fault": "stand_in", "person": "birch", "by": "dune"},
                {"fault": "absent", "person": "dune"},
            ],
            ["cedar"],
        ),
    ],
)
def test_who_is_absent_says_nothing_and_a_stand_in_says_it_instead(
    faults: list[dict[str, Any]], voted: list[str]
) -> None:
    desks = Desks()
    runners = attended(desks, *faults)
    runners.act(START.plus_seconds(600.0))
    desks.runs["burn-001"]["at"] = at_gate(True)
    runners.act(START.plus_seconds(700.0))
    assert [who for who, _ in desks.of("procedure_vote")] == voted


@pytest.mark.parametrize("whom", [{}, {"person": "amber"}])
def test_who_is_absent_starts_nothing(whom: dict[str, Any]) -> None:
    desks = Desks()
    attended(desks, {"fault": "absent", **whom}).act(START.plus_seconds(900.0))
    assert not desks.asked
