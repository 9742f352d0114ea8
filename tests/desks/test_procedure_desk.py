"""Runs of procedures at the desks: commanded once, resumed where they were, whatever dies."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.store import Store
from groundsys.values.errors import AccessRefusedError, CommandRefusedError, DefinitionError
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakeWorld
from tests.desks.people import token_of
from tests.desks.test_day import make_world

PEOPLE = {
    "ada": Role.OPERATOR,
    "ben": Role.OPERATOR,
    "cleo": Role.FLIGHT_DIRECTOR,
    "dora": Role.OPERATOR,
    "obi": Role.OBSERVER,
}

TRIAL = """
id: trial
title: A bit of everything
craft: otv
roles: [operator, flight_director]
parameters: [{name: fill, kind: number, default: 50}]
steps:
- {id: in-lock, do: wait, until: [{parameter: ground.uplink, equals: OPEN}], margin_s: 3600}
- {id: clear, do: command, command: SET_TRANSMIT_POWER, arguments: {transmit_power: 20}}
- {id: report, do: command, command: REPORT_HOUSEKEEPING, arguments: {housekeeping_structure: 6}}
- {id: seen, do: wait, until: [{parameter: recorder_fill, maximum: $fill}], margin_s: 1800}
- id: ask
  do: gate
  question: May the computer be reset?
  roles: [operator, flight_director]
  conditions: [{parameter: recorder_fill, maximum: $fill, within_s: 7200}]
- {id: reset, do: command, command: RESET_SUBSYSTEM, arguments: {subsystem: RECORDER}}
- {id: count, do: command, command: RESET_COUNTERS}
abort:
- {id: tell, do: note, text: nothing else is commanded}
"""
HOLDS_AT_ASK_BY = timedelta(hours=2.4)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "trial.yaml").write_text(TRIAL)
    monkeypatch.setenv("GROUNDSYS_PROCEDURES", str(folder))
    return folder


@pytest.fixture
def start(
    make_room: MakeRoom,
    folder: Path,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
) -> Callable[[], tuple[Room, FakeWorld]]:
    def start() -> tuple[Room, FakeWorld]:
        room = make_room()
        world = make_world(mission, scenario, plan, geometry, room.yamcs)
        world.fly(room.desks, scenario.span.start + timedelta(seconds=10))
        answer = ask(room, "start", procedure="trial", operator="ada")
        assert answer["run"] == "trial-001"
        return room, world

    return start


def ask(room: Room, verb: str, **request: Any) -> dict[str, Any]:
    request.setdefault("run", "trial-001")
    name = request.pop("operator", "ada")
    token = token_of(room.desks, PEOPLE[name], name) if name else ""
    return room.desks.handle({"verb": f"procedure_{verb}", "token": token, **request})


def agree(room: Room) -> None:
    ask(room, "vote", operator="ben", go=True)
    ask(room, "vote", operator="cleo", go=True, reason="all flat")


def executed(world: FakeWorld) -> Counter[str]:
    """What the craft did that no one but the procedure asks for here."""
    mine = ("SET_TRANSMIT_POWER", "RESET_SUBSYSTEM", "RESET_COUNTERS")
    return Counter(name for _, name, _ in world.executed if name in mine)


ALL_ONCE = {"SET_TRANSMIT_POWER": 1, "RESET_SUBSYSTEM": 1, "RESET_COUNTERS": 1}


def commanded(store: Store) -> list[tuple[str, str]]:
    return [(one.subject, one.state) for one in store.commands.all() if one.purpose == "procedure"]


def test_a_run_is_flown_to_its_end(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.fly(room.desks, scenario.span.start + HOLDS_AT_ASK_BY)
    shown = ask(room, "show")
    assert (shown["step"], shown["state"]) == ("ask", "running")
    assert [one["holds"] for one in shown["at"]["conditions"]] == [True]
    assert executed(world) == {"SET_TRANSMIT_POWER": 1}
    agree(room)
    world.fly(room.desks, scenario.span.start + timedelta(hours=7))
    shown = ask(room, "show")
    assert (shown["state"], shown["outcome"]) == ("ended", "completed")
    assert executed(world) == ALL_ONCE
    assert commanded(room.store) == [
        (f"trial-001/trial.{step}/1", "completed") for step in ("clear", "report", "reset", "count")
    ]
    reset = next(one for one in room.store.commands.all() if one.name == "RESET_SUBSYSTEM")
    assert reset.operator == "ada, ben, cleo"
    told = [line["text"] for line in shown["journal"]]
    assert any(text.startswith("gate 'ask' is open: ben (operator); cleo") for text in told)
    assert any("trial-001: completed" in str(event["text"]) for event in room.publisher.events)
    assert [step["state"] for step in shown["steps"]] == ["done"] * 7 + [""]


def test_a_run_goes_on_where_it_was_however_often_the_desks_die(
    start: Callable[[], tuple[Room, FakeWorld]], make_room: MakeRoom, scenario: Scenario
) -> None:
    room, world = start()
    for minutes in (5, 18, 21, 26, 33, 41, 75, 143, 150, 180, 247, 290, 350):
        moment = scenario.span.start + timedelta(minutes=minutes)
        world.fly(room.desks, moment)
        before = ask(room, "show")
        room = make_room(yamcs=room.yamcs, start=moment)
        after = ask(room, "show")
        moving = {"at": None, "now_ns": None}
        assert {**after, **moving} == {**before, **moving}
        if minutes == 150:
            agree(room)
    world.fly(room.desks, scenario.span.start + timedelta(hours=7))
    assert ask(room, "show")["outcome"] == "completed"
    assert executed(world) == ALL_ONCE


@pytest.mark.parametrize("queued", [True, False])
def test_a_crash_while_queueing_neither_loses_nor_doubles(
    start: Callable[[], tuple[Room, FakeWorld]],
    make_room: MakeRoom,
    scenario: Scenario,
    queued: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, world = start()
    queue = CommandLedger.queue

    def dying(ledger: CommandLedger, *args: Any, **named: Any) -> Any:
        if named["purpose"] != "procedure":
            return queue(ledger, *args, **named)
        if queued:
            queue(ledger, *args, **named)
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(CommandLedger, "queue", dying)
        with pytest.raises(SystemExit):
            world.fly(room.desks, scenario.span.start + timedelta(hours=2))
    (run,) = room.store.procedures.runs()
    assert [one.key for one in run.unqueued] == ["trial-001/trial.clear/1"]
    assert len(commanded(room.store)) == int(queued)
    room = make_room(yamcs=room.yamcs, start=world.now)
    world.fly(room.desks, scenario.span.start + HOLDS_AT_ASK_BY)
    assert ask(room, "show")["step"] == "ask"
    assert executed(world) == {"SET_TRANSMIT_POWER": 1}
    assert len(commanded(room.store)) == 2


def test_a_lost_command_is_not_sent_again_by_itself(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.deaf_to = {"SET_TRANSMIT_POWER"}
    world.fly(room.desks, scenario.span.start + timedelta(hours=6))
    shown = ask(room, "show")
    assert (shown["state"], shown["step"]) == ("held", "clear")
    assert "SET_TRANSMIT_POWER expired" in shown["stop"]["why"]
    assert executed(world) == {}
    ask(room, "resume", operator="dora", how="retry")
    world.fly(room.desks, scenario.span.start + timedelta(hours=9))
    assert executed(world) == {"SET_TRANSMIT_POWER": 1}
    keys = [key for key, _ in commanded(room.store)]
    assert keys[:2] == ["trial-001/trial.clear/1", "trial-001/trial.clear/2"]
    with pytest.raises(CommandRefusedError, match="dora runs this procedure"):
        ask(room, "vote", operator="dora", go=True)


def test_a_run_goes_by_the_text_that_it_began_with(
    start: Callable[[], tuple[Room, FakeWorld]],
    folder: Path,
    make_room: MakeRoom,
    scenario: Scenario,
) -> None:
    room, world = start()
    (folder / "trial.yaml").write_text(TRIAL.replace("RESET_COUNTERS", "SAFE_MODE"))
    room = make_room(yamcs=room.yamcs, start=scenario.span.start)
    world.fly(room.desks, scenario.span.start + HOLDS_AT_ASK_BY)
    agree(room)
    world.fly(room.desks, scenario.span.start + timedelta(hours=7))
    assert ask(room, "show")["outcome"] == "completed"
    assert executed(world) == ALL_ONCE
    with pytest.raises(CommandRefusedError, match=r"run 'trial-009'"):
        ask(room, "show", run="trial-009")


def test_an_abort_takes_back_what_has_not_left(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario, folder: Path
) -> None:
    now = TRIAL.replace(
        "- {id: in-lock", "- {id: first, do: command, command: RESET_COUNTERS}\n- {id: in-lock"
    )
    (folder / "trial.yaml").write_text(now)
    room, world = start()
    assert commanded(room.store) == [("trial-001/trial.first/1", "queued")]
    with pytest.raises(CommandRefusedError, match="needs a reason"):
        ask(room, "abort", operator="ben")
    told = ask(room, "abort", operator="ben", reason="not today")
    assert (told["state"], told["outcome"]) == ("ended", "aborted")
    assert told["abort"] == {"who": "ben", "why": "not today"}
    world.fly(room.desks, scenario.span.start + timedelta(hours=3))
    assert executed(world) == {}
    assert commanded(room.store) == [("trial-001/trial.first/1", "cancelled")]
    with pytest.raises(CommandRefusedError, match="has ended: aborted"):
        ask(room, "resume", operator="ben")


def test_who_may_not_start_or_open_what(
    start: Callable[[], tuple[Room, FakeWorld]], folder: Path, scenario: Scenario
) -> None:
    (folder / "broken.yaml").write_text(
        TRIAL.replace("id: trial", "id: broken").replace("SET_TRANS", "TRANS")
    )
    room, world = start()
    for request, words in (
        ({"procedure": "trial", "operator": ""}, "may not run procedure"),
        ({"procedure": "trial", "operator": "ben"}, "trial-001 is under way"),
        ({"procedure": "trial", "operator": "ben", "spacecraft": "cube-polar"}, "cannot be run"),
        ({"procedure": "trial", "operator": "ben", "parameters": {"x": 1}}, "no parameter x"),
        ({"procedure": "trial", "operator": "ben", "parameters": {"fill": "all"}}, "fill is 'all'"),
    ):
        with pytest.raises((CommandRefusedError, AccessRefusedError), match=words):
            ask(room, "start", **request)
    for name, words in (("broken", r"broken\.yaml:\d+"), ("none", "no procedure 'none'")):
        with pytest.raises(DefinitionError, match=words):
            ask(room, "start", procedure=name, operator="ben")
    with pytest.raises(CommandRefusedError, match="is at no gate"):
        ask(room, "vote", operator="ben", go=True)
    world.fly(room.desks, scenario.span.start + HOLDS_AT_ASK_BY)
    for request, words in (
        ({"operator": "ada", "go": True}, "ada runs this procedure"),
        ({"operator": "obi", "go": True}, "may not vote"),
        ({"operator": "", "go": True}, "may not vote"),
        ({"operator": "ben", "go": "yes"}, "go or no-go"),
        ({"operator": "ben", "go": False}, "a no-go says why"),
    ):
        with pytest.raises((CommandRefusedError, AccessRefusedError), match=words):
            ask(room, "vote", **request)
    held = ask(room, "vote", operator="ben", go=False, reason="it is late")
    assert held["state"] == "held"
    assert "it is late" in held["stop"]["why"]
    with pytest.raises(CommandRefusedError, match="is held already"):
        ask(room, "hold", operator="ben", reason="twice")
    listed = ask(room, "list")
    assert [one["run"] for one in listed["runs"]] == ["trial-001"]
    assert {one["id"]: bool(one["findings"]) for one in listed["procedures"]} == {
        "broken": True, "trial": False,
    }  # fmt: skip


def test_a_procedure_that_speaks_of_craft_not_flown_here_is_not_started(
    make_room: MakeRoom, folder: Path, scenario: Scenario
) -> None:
    (folder / "far.yaml").write_text(
        "id: far\ntitle: F\ncraft: otv\nsteps:\n"
        "- {id: a, do: command, command: PING, craft: cube-tharsis}\n"
    )
    room = make_room(spacecraft=("otv", "cube-polar"), commands=())
    with pytest.raises(CommandRefusedError, match="speaks of cube-tharsis"):
        ask(room, "start", procedure="far", operator="ada")


SEQUENCE = """
id: trial
title: Something that runs by itself
craft: otv
roles: [flight_director]
parameters: [{name: fill, kind: number, default: 50}]
steps:
- {id: in-lock, do: wait, until: [{parameter: ground.uplink, equals: OPEN}], margin_s: 3600}
- id: load
  do: sequence
  sub_schedule: 3
  entries:
  - {command: REPORT_TIME, at: 2031-08-20T03:00:00Z}
  - {command: PING, at: 2031-08-20T03:00:00Z, plus_s: 60}
- id: ask
  do: gate
  question: May it run?
  roles: [flight_director]
  conditions:
  - {parameter: ground.schedule, sub_schedule: 3, equals: AS_LOADED}
  - {parameter: recorder_fill, maximum: $fill, within_s: 72000}
- {id: enable, do: command, command: SCHEDULE_ENABLE, arguments: {schedule_id: 3}}
"""
ON_BOARD = ["SCHEDULE_DELETE", *["SCHEDULE_INSERT"] * 2, "SCHEDULE_REPORT", "SCHEDULE_ENABLE"]


def on_board(world: FakeWorld) -> list[str]:
    return [name for _, name, _ in world.executed if name.startswith("SCHEDULE_")]


def at(scenario: Scenario, hours: float) -> Instant:
    return scenario.span.start + timedelta(hours=hours)


@pytest.fixture
def sequence(folder: Path) -> None:
    (folder / "trial.yaml").write_text(SEQUENCE)


@pytest.mark.usefixtures("sequence")
def test_a_sequence_is_loaded_read_back_enabled_and_reported_on(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.fly(room.desks, at(scenario, 1.7))
    shown = ask(room, "show")
    assert (shown["step"], shown["state"]) == ("ask", "running"), shown["journal"]
    assert shown["at"]["conditions"][0]["holds"], shown["at"]
    assert on_board(world) == ON_BOARD[:-1]
    inserted = [one for one in room.store.commands.all() if one.name == "SCHEDULE_INSERT"]
    release = Instant.from_utc_iso("2031-08-20T03:00:00Z")
    assert [one.not_after for one in inserted] == [release, release.plus_seconds(60.0)]
    ask(room, "vote", operator="cleo", go=True)
    world.fly(room.desks, at(scenario, 2.6))
    assert world.schedule_enabled
    enabling = next(one for one in room.store.commands.all() if one.name == "SCHEDULE_ENABLE")
    assert (enabling.not_after, enabling.operator) == (release, "ada, cleo")
    world.fly(room.desks, at(scenario, 5))
    shown = ask(room, "show")
    assert shown["outcome"] == "completed"
    assert [packet.sequence_count for packet in world.released] == [0, 1]
    fates = [one["scheduled"] and one["scheduled"]["fate"] for one in shown["commands"]]
    assert fates == [None, "completed", "completed", None, None]
    told = [line["text"] for line in shown["journal"]]
    done = [text.partition(" (")[0] for text in told if " completed on board at " in text]
    assert done == ["REPORT_TIME of sub-schedule 3", "PING of sub-schedule 3"]
    # the commands that were radiated under the same counts stand by their own reports
    used = {one.attempts[-1].sequence_count for one in room.store.commands.all() if one.attempts}
    assert {0, 1} <= used


@pytest.mark.usefixtures("sequence")
def test_a_sequence_is_loaded_once_however_often_the_desks_die(
    start: Callable[[], tuple[Room, FakeWorld]], make_room: MakeRoom, scenario: Scenario
) -> None:
    room, world = start()
    for minutes in (18, 21, 26, 33, 41, 48, 55, 62, 75, 90, 105, 125, 150, 181, 250):
        moment = scenario.span.start + timedelta(minutes=minutes)
        world.fly(room.desks, moment)
        room = make_room(yamcs=room.yamcs, start=moment)
        if minutes == 105:
            # read everything anew, and gates are asked anew as well
            world.fly(room.desks, moment.plus_seconds(60.0))
            ask(room, "vote", operator="cleo", go=True)
    world.fly(room.desks, at(scenario, 5))
    assert on_board(world) == ON_BOARD
    shown = ask(room, "show")
    assert shown["outcome"] == "completed"
    told = [line["text"] for line in shown["journal"]]
    assert sum(" completed on board at " in text for text in told) == 2


@pytest.mark.usefixtures("sequence")
def test_what_is_not_on_board_opens_no_gate(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.loses_insertions = 1
    world.fly(room.desks, at(scenario, 1.7))
    shown = ask(room, "show")
    assert (shown["step"], shown["state"]) == ("load", "held")
    assert "sub-schedule 3 is not what was loaded: REPORT_TIME at " in shown["stop"]["why"]
    assert shown["stop"]["why"].endswith("is missing")
    # whoever goes round the step comes to a gate that stays shut
    ask(room, "resume", how="skip")
    ask(room, "vote", operator="cleo", go=True)
    world.fly(room.desks, at(scenario, 1.9))
    shown = ask(room, "show")
    assert (shown["step"], shown["at"]["conditions"][0]["holds"]) == ("ask", False)
    world.fly(room.desks, at(scenario, 5))
    assert "SCHEDULE_ENABLE" not in on_board(world)
    assert world.released == []


@pytest.mark.usefixtures("sequence")
def test_a_read_back_is_true_only_until_somebody_touches_the_sub_schedule(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.fly(room.desks, at(scenario, 1.7))
    assert ask(room, "show")["at"]["conditions"][0]["holds"]
    deleted = {"spacecraft": "otv", "command": "SCHEDULE_DELETE", "arguments": {"schedule_id": 3}}
    token = token_of(room.desks, Role.OPERATOR, "ben")
    room.desks.handle({"verb": "command_draft", "token": token, "why": "tidy", **deleted})
    shown = ask(room, "show")["at"]["conditions"][0]
    assert shown["holds"] is False
    assert "NOT_SHOWN" in shown["found"]
    assert "SCHEDULE_DELETE" in shown["found"]
    world.fly(room.desks, at(scenario, 4.0))
    assert ask(room, "show")["step"] == "ask"
    assert world.schedule == []


@pytest.mark.usefixtures("sequence")
def test_the_gate_shuts_once_no_enabling_could_arrive_in_time(
    start: Callable[[], tuple[Room, FakeWorld]],
) -> None:
    room, world = start()
    release = Instant.from_utc_iso("2031-08-20T03:00:00Z")
    world.fly(room.desks, release.plus_seconds(-world.light_time_s - 60.0))
    assert ask(room, "show")["at"]["conditions"][0]["holds"]
    world.fly(room.desks, release.plus_seconds(-world.light_time_s + 60.0))
    shown = ask(room, "show")["at"]["conditions"][0]
    assert shown["holds"] is False
    assert "before an enabling could arrive" in shown["found"]


def test_nobody_puts_a_packet_on_board_by_hand(
    start: Callable[[], tuple[Room, FakeWorld]],
) -> None:
    room, _ = start()
    token = token_of(room.desks, Role.FLIGHT_DIRECTOR, "cleo")
    packet = {"schedule_id": 1, "release_sclk": 1, "scheduled_length": 1, "scheduled_packet": b"x"}
    asked = {"spacecraft": "otv", "command": "SCHEDULE_INSERT", "arguments": packet}
    with pytest.raises(CommandRefusedError, match="no command to give by hand"):
        room.desks.handle({"verb": "command_draft", "token": token, "why": "so", **asked})


@pytest.mark.usefixtures("sequence")
def test_a_lost_enabling_leads_back_to_the_loading_and_the_gate(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario, folder: Path
) -> None:
    named = "arguments: {schedule_id: 3}"
    again = SEQUENCE.replace(named, f"{named}, on_failure: load")
    (folder / "trial.yaml").write_text(again.replace("T03:00:00Z", "T09:00:00Z"))
    room, world = start()
    world.deaf_to = {"SCHEDULE_ENABLE"}
    world.fly(room.desks, at(scenario, 1.7))
    ask(room, "vote", operator="cleo", go=True)
    world.fly(room.desks, at(scenario, 5.5))
    shown = ask(room, "show")
    assert (shown["step"], shown["at"]["votes"]) == ("ask", []), shown["journal"]
    assert shown["at"]["conditions"][0]["holds"], shown["at"]
    assert on_board(world) == [*ON_BOARD[:-1], *ON_BOARD[:-1]]
    assert len(world.schedule) == 2
    world.deaf_to = set()
    ask(room, "vote", operator="cleo", go=True)
    world.fly(room.desks, at(scenario, 12))
    assert ask(room, "show")["outcome"] == "completed"
    # counts go on: each insertion has its own
    assert [packet.sequence_count for packet in world.released] == [2, 3]


@pytest.mark.usefixtures("sequence")
def test_a_sequence_that_comes_too_late_does_not_leave(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario, folder: Path
) -> None:
    (folder / "trial.yaml").write_text(SEQUENCE.replace("T03:00:00Z", "T00:22:00Z"))
    room, world = start()
    world.fly(room.desks, at(scenario, 2.4))
    shown = ask(room, "show")
    assert (shown["step"], shown["state"]) == ("load", "held")
    assert "SCHEDULE_INSERT expired: it was to arrive before" in shown["stop"]["why"]
    assert "SCHEDULE_INSERT" not in on_board(world)


RELEASE = """
id: release-it
title: Whether a cube may go
model: cube
roles: [flight_director]
steps:
- id: clean
  do: gate
  question: May it go?
  roles: [flight_director]
  conditions: [{parameter: ground.bioburden, equals: WITHIN_LIMITS}]
"""


def test_the_planetary_protection_gate_opens_by_signed_records_alone(
    make_room: MakeRoom, folder: Path, scenario: Scenario, mission: Mission, tmp_path: Path
) -> None:
    (folder / "release-it.yaml").write_text(RELEASE)
    root = tmp_path / "mission_db"
    shutil.copytree(mission.root, root)
    record = root / "planetary_protection" / "assays" / "cube-polar" / "bus.json"
    signed = record.read_text()
    room = make_room()
    room.desks.room.mission = replace(mission, root=str(root))
    room.desks.advance(scenario.span.start, ())
    ask(room, "start", procedure="release-it", operator="ada", spacecraft="cube-polar")

    def look(after_s: int) -> dict[str, Any]:
        room.desks.advance(scenario.span.start.plus_seconds(after_s), ())
        return ask(room, "show", run="release-it-001")

    record.write_text(json.dumps({**json.loads(signed), "spores": 1}))
    ask(room, "vote", run="release-it-001", operator="cleo", go=True)
    shown = look(100)
    assert (shown["step"], shown["at"]["conditions"][0]["holds"]) == ("clean", False)
    assert "not signed by reference-laboratory" in shown["at"]["conditions"][0]["found"]
    record.unlink()
    assert "no assay of bus" in look(200)["at"]["conditions"][0]["found"]
    record.write_text(signed)
    assert look(300)["outcome"] == "completed"


def test_an_old_value_opens_no_gate(
    start: Callable[[], tuple[Room, FakeWorld]], scenario: Scenario
) -> None:
    room, world = start()
    world.fly(room.desks, scenario.span.start + HOLDS_AT_ASK_BY)
    made = Instant(world.now.tai_ns).plus_seconds(-20_000.0)
    readings = room.yamcs.instances["otv"].readings
    readings["recorder_fill"] = ParameterReading("recorder_fill", 3.0, made)
    agree(room)
    shown = ask(room, "show")
    assert (shown["step"], shown["at"]["conditions"][0]["holds"]) == ("ask", None)
    assert " s old" in shown["at"]["conditions"][0]["found"]
    assert executed(world) == {"SET_TRANSMIT_POWER": 1}
