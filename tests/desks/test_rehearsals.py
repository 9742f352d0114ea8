"""Rehearsals at the desks: handed out, brought back once, and asked for before a critical start."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import ProcedureRun, Scenario
from groundsys.mission.scenario.simulator_data import STATES
from groundsys.planning.exchange.fields import to_plain
from groundsys.procedures.conditions import Judgement
from groundsys.procedures.rehearsing import GateState, MarginSeen, Verdict
from groundsys.procedures.run import Expectation
from groundsys.store.rows import from_json
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of

RESCUE = """
id: rescue
title: Back to work
craft: otv
critical: true
rehearsal_valid_h: 12
roles: [operator]
parameters: [{name: least, kind: number, default: 40, minimum: 0, maximum: 100}]
steps:
- id: ask
  do: gate
  question: May it?
  roles: [operator]
  conditions: [{parameter: eps_battery_charge, minimum: $least}]
- {id: look, do: call, procedure: look}
- {id: done, do: note, text: it is done}
abort:
- {id: left, do: note, text: it is left}
"""
LOOK = """
id: look
title: A look
craft: otv
steps:
- {id: seen, do: note, text: seen}
"""
CALLER = """
id: caller
title: Calls what is critical
craft: otv
steps:
- {id: rescue, do: call, procedure: rescue}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    for name, text in (("rescue", RESCUE), ("look", LOOK), ("caller", CALLER)):
        (folder / f"{name}.yaml").write_text(text)
    monkeypatch.setenv("GROUNDSYS_PROCEDURES", str(folder))
    return folder


@pytest.fixture
def room(make_room: MakeRoom, folder: Path, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    tell(room)
    return room


def tell(room: Room, **changed: float | str) -> None:
    """The OTV tells its state, now."""
    readings = room.yamcs.instances["otv"].readings
    for one in room.desks.room.mission.simulators["otv"].states:
        usual = "NOMINAL" if one.state == "mode" else "ON" if STATES[one.state] is str else 60.0
        value = changed.get(one.parameter, usual)
        readings[one.parameter] = ParameterReading(one.parameter, value, room.desks.room.now)


def ask(room: Room, verb: str, who: str = "ada", role: Role = Role.OPERATOR, **request: Any
        ) -> dict[str, Any]:  # fmt: skip
    token = token_of(room.desks, role, who)
    asked = json.loads(json.dumps(request))  # as it comes over the bus
    return room.desks.handle({"verb": f"procedure_{verb}", "token": token, **asked})


def verdict_for(answer: dict[str, Any], **changed: Any) -> Any:
    now = Judgement("eps_battery_charge ≥ 40", True, "60")
    known: dict[str, Any] = {
        "rehearsal": answer["rehearsal"],
        "basis": answer["digest"],
        "seed": 1,
        "began": (at := _instant(answer)),
        "ended": at.plus_seconds(60.0),
        "outcome": "completed",
        "why": "",
        "expectations": (Expectation("rescue-001/rescue.ask/1", "gate", True, (now,), at, 0.0),),
        "commands": (),
        "margins": (MarginSeen("battery", "otv", "eps_battery_charge", "%", 60, 55, 60, 30.0),),
        "gates": (GateState("rescue.ask/1", ()),),
        "assumed": (),
    }
    return to_plain(Verdict(**{**known, **changed}), "verdict")


def _instant(answer: dict[str, Any]) -> Instant:
    return Instant.from_utc_iso(answer["snapshot"]["taken_at"])


def bring(room: Room, answer: dict[str, Any], who: str = "ben", **changed: Any) -> dict[str, Any]:
    return ask(
        *(room, "rehearsed", who),
        rehearsal=answer["rehearsal"], digest=answer["digest"],
        verdict=verdict_for(answer, **changed),
    )  # fmt: skip


def rehearsed(room: Room, **parameters: Any) -> dict[str, Any]:
    answer = ask(room, "rehearse", procedure="rescue", parameters=parameters)
    bring(room, answer)
    return answer


def start(room: Room, name: str = "rescue", role: Role = Role.OPERATOR, **parameters: Any) -> Any:
    who = {Role.OPERATOR: "ada", Role.FLIGHT_DIRECTOR: "cleo", Role.AUTOMATION: "automation"}[role]
    return ask(room, "start", who, role, procedure=name, parameters=parameters)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FLIGHT_DIRECTOR, Role.AUTOMATION])
@pytest.mark.parametrize("name", ["rescue", "caller"])
def test_nobody_starts_what_was_never_rehearsed(room: Room, role: Role, name: str) -> None:
    with pytest.raises(CommandRefusedError) as refusal:
        start(room, name, role, **({"least": 45} if name == "rescue" else {}))
    words = str(refusal.value)
    assert f"{name} is critical, and no rehearsal of it counts" in words
    assert "it was never rehearsed for this craft" in words
    line = f"groundsys procedure rehearse {name}"
    assert refusal.value.remedy == (f"{line} --set least=45" if name == "rescue" else line)


def test_a_passed_one_lets_it_start_and_is_told_at_its_gate(room: Room) -> None:
    answer = rehearsed(room)
    told = start(room)
    assert (told["state"], told["step"]) == ("running", "ask")
    assert told["rehearsal"]["rehearsal"] == "rescue-r001"
    assert (told["rehearsal"]["asked_by"], told["rehearsal"]["brought_by"]) == ("ada", "ben")
    assert told["rehearsal"]["stale"] == []
    ended = ask(room, "vote", "dora", run=told["run"], go=True)
    assert ended["outcome"] == "completed"
    (expectation,) = ended["expectations"]
    assert (expectation["kind"], expectation["met"]) == ("gate", True)
    audit = {
        (one.action, one.actor): from_json(one.detail)
        for one in room.store.audit.all()
        if one.action.startswith("procedure.")
    }
    assert audit["procedure.rehearse", "ada"]["digest"] == answer["digest"]
    brought = audit["procedure.rehearsed", "ben"]
    assert (brought["digest"], brought["ok"]) == (answer["digest"], True)
    for deed in (("procedure.start", "ada"), ("procedure.go", "dora")):
        assert audit[deed]["rehearsal"] == "rescue-r001"
        assert audit[deed]["verdict"] == brought["verdict"]
        assert audit[deed]["stale"] == []


def test_it_survives_the_death_of_the_desks(
    room: Room, make_room: MakeRoom, scenario: Scenario
) -> None:
    answer = rehearsed(room)
    room = make_room(yamcs=room.yamcs, start=scenario.span.start)
    kept = ask(room, "rehearsal", rehearsal=answer["rehearsal"])
    assert kept["snapshot"] == answer["snapshot"]
    assert kept["verdict"] == verdict_for(answer)
    assert start(room)["state"] == "running"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda room, folder: (folder / "rescue.yaml").write_text(RESCUE + "\n"), "another text"),
        (lambda room, folder: (folder / "look.yaml").write_text(LOOK + "\n"), "look has another"),
        (lambda room, folder: tell(room, obc_mode="SAFE"), "obc_mode is SAFE, and was NOMINAL"),
        (lambda room, folder: tell(room, eps_battery_charge=44.5), "more than 15 apart"),
    ],
)
def test_what_changes_makes_it_count_no_more(
    room: Room, folder: Path, change: Callable[[Room, Path], None], words: str
) -> None:
    rehearsed(room)
    change(room, folder)
    with pytest.raises(CommandRefusedError, match="rescue-r001 counts no more") as refusal:
        start(room, role=Role.FLIGHT_DIRECTOR)
    assert words in str(refusal.value)


def test_it_counts_for_its_parameters_and_so_long_as_the_procedure_says(
    room: Room, scenario: Scenario
) -> None:
    rehearsed(room, least=45)
    with pytest.raises(CommandRefusedError, match="least is to be 40, and was rehearsed as 45"):
        start(room)
    room.desks.room.now = scenario.span.start.plus_seconds(12 * 3600.0 + 5.0)
    tell(room)
    with pytest.raises(CommandRefusedError, match=r"12\.0 h ago; it may be 12 h"):
        start(room, least=45)
    rehearsed(room, least=45)
    assert start(room, least=45)["rehearsal"]["rehearsal"] == "rescue-r002"


def test_the_definitions_must_be_the_same(room: Room) -> None:
    rehearsed(room)
    mission = room.desks.room.mission
    otv = mission.spacecraft["otv"]
    other = replace(otv, model=replace(otv.model, version="1.1"))
    fleet = {**mission.spacecraft, "otv": other}
    room.desks.room.mission = replace(mission, spacecraft=fleet)
    with pytest.raises(CommandRefusedError, match=r"otv is defined by MDB otv 1\.1"):
        start(room)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcome": "held", "why": "no word"}, "rescue-r001 failed: the run was held: no word"),
        (
            {"margins": (MarginSeen("battery", "otv", "e", "%", 60.0, 29.0, 60.0, 30.0),)},
            "rescue-r001 failed: otv's battery came down to 29 %",
        ),
    ],
)
def test_one_that_failed_never_counts(room: Room, changed: dict[str, Any], words: str) -> None:
    told = bring(room, ask(room, "rehearse", procedure="rescue"), **changed)
    assert told["passed"] is False
    with pytest.raises(CommandRefusedError, match=words):
        start(room)


def test_a_verdict_is_taken_once_and_only_for_what_was_handed_out(room: Room) -> None:
    answer = ask(room, "rehearse", procedure="rescue")
    whole = {"rehearsal": answer["rehearsal"], "digest": answer["digest"]}
    for request, words in (
        ({**whole, "rehearsal": "rescue-r009"}, "no rehearsal 'rescue-r009' was asked for"),
        ({**whole, "digest": "0" * 64}, "does not rest on what was handed out"),
        ({**whole, "verdict": verdict_for(answer, basis="0" * 64)}, "does not rest on"),
        ({**whole, "verdict": {"ok": True}}, "verdict has a field that is not known: ok"),
    ):
        with pytest.raises(CommandRefusedError, match=words):
            ask(room, "rehearsed", **{"verdict": verdict_for(answer), **request})
    assert ask(room, "rehearsal", rehearsal="rescue-r001")["verdict"] is None
    bring(room, answer)
    with pytest.raises(CommandRefusedError, match="has its verdict, which ben brought"):
        bring(room, answer, who="dora")


def test_a_craft_that_is_not_known_is_not_rehearsed(room: Room, mission: Mission) -> None:
    readings = room.yamcs.instances["otv"].readings
    del readings["obc_mode"]
    with pytest.raises(CommandRefusedError, match="otv never told obc_mode"):
        ask(room, "rehearse", procedure="rescue")
    readings.clear()
    with pytest.raises(CommandRefusedError, match="otv was never heard"):
        ask(room, "rehearse", procedure="rescue")
    room.desks.room.mission = replace(mission, simulators={})
    with pytest.raises(CommandRefusedError, match="there is no simulator of otv"):
        ask(room, "rehearse", procedure="rescue")
    assert ask(room, "list")["rehearsals"] == []


def test_others_that_fly_along_unheard_are_told_as_assumed(room: Room) -> None:
    answer = ask(room, "rehearse", procedure="rescue")
    assert "cube-polar was never heard: it begins as defined" in answer["snapshot"]["assumed"]
    spoken = {one["spacecraft"]: one["spoken_of"] for one in answer["snapshot"]["craft"]}
    assert spoken == {"otv": True, "cube-polar": False, "cube-tharsis": False}
    assert answer["snapshot"]["plan"]["passes"]
    assert set(answer["texts"]) == {"rescue", "look"}


def test_a_flight_that_is_a_rehearsal_runs_that_procedure_alone(
    make_room: MakeRoom, folder: Path, scenario: Scenario
) -> None:
    room = make_room(rehearses="rescue")
    room.desks.advance(scenario.span.start, ())
    with pytest.raises(CommandRefusedError, match="rehearses rescue, and runs nothing else"):
        start(room, "look")
    assert start(room)["state"] == "running"
    (entry,) = [one for one in room.store.audit.all() if one.action == "procedure.start"]
    assert from_json(entry.detail)["this_flight_rehearses"] == "rescue"


def test_a_scenario_s_flight_may_be_the_rehearsal_of_its_own_runs_alone(
    make_room: MakeRoom, folder: Path, scenario: Scenario
) -> None:
    mine = ProcedureRun(
        *("rescue@otv", "rescue", "otv", scenario.span.start, "", {}, "ada", {}), rehearsed="here"
    )
    room = make_room(procedures=(mine,))
    room.desks.advance(scenario.span.start, ())
    with pytest.raises(CommandRefusedError, match="caller is critical, and no rehearsal"):
        start(room, "caller")
    assert start(room)["state"] == "running"
    (entry,) = [one for one in room.store.audit.all() if one.action == "procedure.start"]
    assert from_json(entry.detail)["this_flight_rehearses"] == "rescue"


@pytest.mark.parametrize("change", [{"rehearsed": "before"}, {"spacecraft": "cube-polar"}])
def test_no_other_run_of_a_scenario_waives_a_rehearsal(
    make_room: MakeRoom, folder: Path, scenario: Scenario, change: dict[str, Any]
) -> None:
    mine = ProcedureRun(
        *("rescue@otv", "rescue", "otv", scenario.span.start, "", {}, "ada", {}), rehearsed="here"
    )
    room = make_room(procedures=(replace(mine, **change),))
    room.desks.advance(scenario.span.start, ())
    with pytest.raises(CommandRefusedError, match="rescue is critical, and no rehearsal"):
        start(room)


def test_a_go_where_it_counts_no_more_says_why(room: Room) -> None:
    rehearsed(room)
    told = start(room)
    tell(room, obc_mode="SAFE")
    stale = ["otv's obc_mode is SAFE, and was NOMINAL in the rehearsal"]
    assert ask(room, "show", run=told["run"])["rehearsal"]["stale"] == stale
    with pytest.raises(CommandRefusedError, match="counts no more"):
        ask(room, "vote", "dora", run=told["run"], go=True)
    ended = ask(room, "vote", "dora", run=told["run"], go=True, reason="known")
    assert ended["rehearsal"]["stale"] == []  # past its gates a procedure changes the craft itself
    (entry,) = [one for one in room.store.audit.all() if one.action == "procedure.go"]
    assert from_json(entry.detail)["stale"] == stale


def test_a_gate_that_the_rehearsal_never_came_to_is_told_so(room: Room) -> None:
    bring(room, ask(room, "rehearse", procedure="rescue"), gates=())
    told = start(room)
    assert told["rehearsal"]["stale"] == ["the rehearsal never came to 'ask'"]
    with pytest.raises(CommandRefusedError, match="never came to 'ask'"):
        ask(room, "vote", "dora", run=told["run"], go=True)


def test_once_a_later_one_has_failed_an_earlier_one_of_the_same_does_not_count(room: Room) -> None:
    rehearsed(room)
    rehearsed(room, least=45)
    bring(room, ask(room, "rehearse", procedure="rescue"), outcome="held", why="no word")
    with pytest.raises(CommandRefusedError, match="rescue-r003 failed"):
        start(room)
    assert start(room, least=45)["rehearsal"]["rehearsal"] == "rescue-r002"


def test_the_list_tells_risk_version_and_whether_the_rehearsal_counts(
    room: Room, folder: Path, scenario: Scenario
) -> None:
    def listed() -> dict[str, Any]:
        told = ask(room, "list")["procedures"]
        return next(one for one in told if one["id"] == "rescue")

    before = listed()
    assert (before["craft"], before["critical"], before["needs_rehearsal"]) == (["otv"], True, True)
    assert before["hazardous"] == []
    assert before["gates"] == 1
    assert [one["name"] for one in before["parameters"]] == ["least"]
    [standing] = before["standing"]
    assert (standing["rehearsal"], standing["passed"]) == ("", None)
    assert standing["stale"] == ["it was never rehearsed for this craft"]
    handed_out = ask(room, "rehearse", procedure="rescue")
    assert listed()["standing"][0]["under_way"]
    bring(room, handed_out)
    [standing] = listed()["standing"]
    assert (standing["rehearsal"], standing["passed"], standing["stale"]) == (
        "rescue-r001", True, [],
    )  # fmt: skip
    text = RESCUE.replace("Back to work", "Back to work at once")
    (folder / "rescue.yaml").write_text(text)
    after = listed()
    assert after["version"] != before["version"]
    assert after["standing"][0]["stale"]
