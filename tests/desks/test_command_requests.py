"""Operators' commands: foreseen, drafted, approved by the right people, and shown hop by hop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import LaterModel
from groundsys.planning import Plan
from groundsys.values.errors import AccessRefusedError, CommandRefusedError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of
from tests.desks.test_day import make_world


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    return make_room()


def ask(room: Room, verb: str, *, who: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, who)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def draft(room: Room, command: str = "PING", **more: Any) -> dict[str, Any]:
    request = {"spacecraft": "otv", "command": command, **more}
    answer: dict[str, Any] = ask(room, "command_draft", **request)["command"]
    return answer


def test_a_command_is_prepared_approved_and_queued_with_its_way(room: Room, plan: Plan) -> None:
    command = draft(room, why="the heater looks odd")
    assert (command["state"], command["operator"], command["why"]) == (
        "queued", "ada", "the heater looks odd",
    )  # fmt: skip
    assert command["packet_octets"] == len(room.yamcs.prepare_command(
        room.desks.room.mission.spacecraft["otv"], "PING", {}
    ))  # fmt: skip
    way = command["way"]
    first = next(one for one in plan.passes if one.uplink_until > one.uplink_from)
    assert way["pass_id"] == first.id
    assert way["arrived_ns"] - way["radiated_ns"] == round(way["light_time_s"] * 1e9)
    assert way["confirmed_ns"] >= way["completed_ns"] + round(way["light_time_s"] * 1e9) - 1
    log = ask(room, "command_show", command_id=command["id"])["log"]
    assert [line["state"] for line in log] == [
        "drafted", "prepared", "approved", "queued",
    ]  # fmt: skip


def test_foreseeing_leaves_no_trace(room: Room) -> None:
    before = room.store.commands.all()
    answer = ask(room, "command_foresee", spacecraft="cube-polar", command="PING")
    assert answer["way"]["session_id"].startswith("relay-")
    assert answer["way"]["reached_ns"] > answer["way"]["arrived_ns"]
    assert not answer["hazardous"]
    assert room.store.commands.all() == before


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spacecraft": "nobody"}, "no craft 'nobody'"),
        ({"command": "FLY_HOME"}, "no command 'FLY_HOME'"),
        ({"arguments": {"period_s": 4_000}}, "out of range"),
        ({"arguments": {}}, "does not take these arguments"),
        ({"replaces": "otv-9999"}, "there is no command"),
    ],
)
def test_what_must_not_leave_is_refused_and_leaves_no_trace(
    room: Room, changes: dict[str, Any], complaint: str
) -> None:
    before = room.store.commands.all()
    request = {"command": "SET_HOUSEKEEPING_PERIOD", "arguments": {"period_s": 60}, **changes}
    with pytest.raises(CommandRefusedError, match=complaint):
        draft(room, **request)
    assert room.store.commands.all() == before


def test_a_hazardous_command_waits_for_another_person(room: Room) -> None:
    command = draft(room, "SAFE_MODE")
    assert (command["state"], command["waits_for_approval"]) == ("prepared", True)
    with pytest.raises(AccessRefusedError, match="ada asked for this and cannot approve it"):
        ask(room, "command_approve", command_id=command["id"])
    approved = ask(
        room, "command_approve", command_id=command["id"], who=Role.FLIGHT_DIRECTOR, why="agreed"
    )["command"]
    assert (approved["state"], approved["operator"], approved["approver"]) == (
        "queued", "ada", "fay",
    )  # fmt: skip
    with pytest.raises(CommandRefusedError, match="waits for nobody's approval"):
        ask(room, "command_approve", command_id=command["id"], who=Role.FLIGHT_DIRECTOR)


def test_a_hazardous_command_is_not_issued_before_it_is_approved(
    room: Room, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    command = draft(room, "SAFE_MODE")
    world.fly(room.desks, scenario.span.start + timedelta(hours=2.4))
    found = next(one for one in room.store.commands.all() if one.id == command["id"])
    assert (found.state, found.attempts) == ("prepared", ())
    assert "SAFE_MODE" not in [name for _, name, _ in world.executed]
    ask(room, "command_approve", command_id=command["id"], who=Role.FLIGHT_DIRECTOR)
    world.fly(room.desks, scenario.span.end)
    assert [name for _, name, _ in world.executed].count("SAFE_MODE") == 1


def test_declined_and_replaced_commands_never_leave(
    room: Room, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    first = draft(room, "SET_HEATER_SETPOINT", arguments={"heater_setpoint": 11.0})
    second = draft(
        room, "SET_HEATER_SETPOINT", arguments={"heater_setpoint": 12.0}, replaces=first["id"]
    )
    third = draft(room, "RESET_COUNTERS")
    ask(room, "command_decline", command_id=third["id"], why="not today")
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + timedelta(hours=2.4))
    states = {one.id: one.state for one in room.store.commands.all()}
    assert [states[one["id"]] for one in (first, second, third)] == [
        "superseded", "completed", "cancelled",
    ]  # fmt: skip
    points = [
        arguments["heater_setpoint"]
        for _, name, arguments in world.executed
        if name == "SET_HEATER_SETPOINT" and "heater_setpoint" in arguments
    ]
    assert 12.0 in points
    assert 11.0 not in points
    with pytest.raises(CommandRefusedError, match="cannot be taken back any more"):
        ask(room, "command_decline", command_id=second["id"], why="too late")
    with pytest.raises(CommandRefusedError, match="cannot be taken back any more"):
        draft(room, replaces=second["id"])


def test_a_moment_without_an_uplink_is_refused_with_the_next_that_works(
    room: Room, plan: Plan, scenario: Scenario
) -> None:
    first, second = plan.passes[:2]
    between = first.end.plus_seconds(second.start.seconds_since(first.end) / 2.0)
    with pytest.raises(CommandRefusedError) as refused:
        draft(room, at_ns=between.tai_ns)
    assert "let it leave at" in refused.value.remedy
    at = Instant.from_utc_iso(refused.value.remedy.split()[4])
    assert second.uplink_from <= at < second.uplink_until
    accepted = draft(room, at_ns=at.plus_seconds(1.0).tai_ns)
    assert accepted["way"]["pass_id"] == second.id


def test_what_would_arrive_after_its_sequence_began_is_refused(room: Room, plan: Plan) -> None:
    begins = plan.passes[0].uplink_from.plus_seconds(60.0)
    with pytest.raises(CommandRefusedError, match="in time") as refused:
        draft(room, before_ns=begins.tai_ns)
    assert "not before" in refused.value.found


def test_a_command_whose_time_has_come_before_its_approval_expires(
    room: Room, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    way = ask(room, "command_foresee", spacecraft="otv", command="SAFE_MODE")["way"]
    before = Instant(way["reached_ns"]).plus_seconds(600.0)
    command = draft(room, "SAFE_MODE", before_ns=before.tai_ns)
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, before.plus_seconds(120.0))
    found = next(one for one in room.store.commands.all() if one.id == command["id"])
    assert (found.state, found.attempts) == ("expired", ())
    with pytest.raises(CommandRefusedError, match="waits for nobody's approval"):
        ask(room, "command_approve", command_id=command["id"], who=Role.FLIGHT_DIRECTOR)


def test_hops_come_as_they_were_foreseen(
    room: Room, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    asked = {
        "otv": draft(room, "RESET_COUNTERS"),
        "cube-polar": draft(room, "PING", spacecraft="cube-polar"),
    }
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.end)
    for command in asked.values():
        shown = ask(room, "command_show", command_id=command["id"])["command"]
        assert shown["state"] == "completed"
        hops = {hop["name"]: hop for hop in shown["hops"]}
        assert all(hop["foreseen_ns"] for hop in hops.values())
        reached = [hops[name]["actual_ns"] for name in ("radiated", "completed", "confirmed")]
        assert all(reached)
        assert reached == sorted(reached)


def test_commands_of_people_are_listed_apart(room: Room) -> None:
    command = draft(room)
    of_people = ask(room, "command_list", of_people=True)
    assert [one["id"] for one in of_people["commands"]] == [command["id"]]
    everything = ask(room, "command_list", spacecraft="otv", states=["queued"], limit=3)
    assert len(everything["commands"]) == 3
    assert everything["of"] > 3


def test_what_the_software_does_not_know_when_it_arrives_is_refused(room: Room) -> None:
    """The OTV's software is updated in flight: PING goes, DANCE comes."""
    control_room = room.desks.room
    mission = control_room.mission
    otv = mission.spacecraft["otv"]
    dance = replace(otv.model.command("PING"), name="DANCE", function=99)
    others = tuple(one for one in otv.model.commands if one.name != "PING")
    later = replace(otv.model, id="otv-2", commands=(*others, dance))

    def update(since: Instant) -> None:
        updated = replace(otv, later_models=(LaterModel(since, later),))
        control_room.mission = replace(mission, spacecraft={**mission.spacecraft, "otv": updated})

    arrives = Instant(draft(room)["way"]["reached_ns"])
    update(arrives.plus_seconds(3600.0))
    assert draft(room)["state"] == "queued"
    update(arrives.plus_seconds(-1.0))
    before = room.store.commands.all()
    with pytest.raises(CommandRefusedError, match="does not know PING when it arrives"):
        draft(room)
    assert room.store.commands.all() == before
    update(arrives.plus_seconds(3600.0))
    with pytest.raises(CommandRefusedError, match="does not know DANCE when it arrives"):
        draft(room, "DANCE")


def test_its_customer_is_told_of_a_commands_end_in_one_with_the_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, desks that are started anew know neither, and tell both."""
    gain = {"spacecraft": "cube-polar", "command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 2}}
    drafted = ask(room, "command_draft", who=Role.PAYLOAD_OPERATOR, **gain)["command"]
    decline = {"verb": "command_decline", "command_id": drafted["id"], "why": "not now"}

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(room.store.customer_events, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        ask(room, who=Role.PAYLOAD_OPERATOR, **decline)
    (kept,) = [one for one in room.store.commands.all() if one.id == drafted["id"]]
    assert not kept.is_settled
    log = [line.state for line in room.store.commands.log() if line.command == drafted["id"]]
    assert log[-1] == drafted["state"]
