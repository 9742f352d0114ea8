"""What watchers of commands are told: the catalogue of a craft, and where every command is."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.values.errors import AccessRefusedError, CommandRefusedError
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    return make_room()


def ask(room: Room, verb: str, *, who: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, who)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def test_the_catalogue_tells_arguments_and_who_must_stand_for_it(room: Room) -> None:
    told = ask(room, "command_catalogue", who=Role.OBSERVER, spacecraft="cube-polar")
    assert (told["spacecraft"], told["relay"]) == ("cube-polar", "otv")
    commands = {one["name"]: one for one in told["commands"]}
    assert list(commands) == sorted(commands)
    assert commands["HIBERNATE"]["hazardous"]
    assert not commands["PAYLOAD_POWER"]["hazardous"]
    [setpoint] = commands["SET_HEATER_SETPOINT"]["arguments"]
    assert (setpoint["unit"], setpoint["minimum"], setpoint["maximum"]) == ("degC", -60.0, 40.0)
    [heater] = commands["SET_HEATER"]["arguments"]
    assert heater["values"] == ["OFF", "ON", "AUTO"]


def test_what_nobody_may_give_by_hand_is_not_in_the_catalogue(room: Room) -> None:
    told = ask(room, "command_catalogue", spacecraft="otv")
    assert "SCHEDULE_INSERT" not in {one["name"] for one in told["commands"]}
    with pytest.raises(CommandRefusedError, match="is no command to give by hand"):
        ask(room, "command_foresee", spacecraft="otv", command="SCHEDULE_INSERT")


def test_every_command_of_the_catalogue_is_one_that_can_be_asked_for(room: Room) -> None:
    """Whatever it is refused for, it is known."""
    complaints = []
    for one in ask(room, "command_catalogue", spacecraft="otv")["commands"]:
        try:
            ask(room, "command_foresee", spacecraft="otv", command=one["name"])
        except CommandRefusedError as error:
            complaints.append(error.message)
    assert not [one for one in complaints if "has no command" in one or "by hand" in one]


def test_a_craft_that_is_not_flown_has_no_catalogue(room: Room) -> None:
    with pytest.raises(CommandRefusedError, match="no craft 'voyager' is flown here"):
        ask(room, "command_catalogue", spacecraft="voyager")


def test_the_board_tells_what_is_open_and_what_has_ended(room: Room) -> None:
    waits = ask(room, "command_draft", spacecraft="otv", command="SAFE_MODE")["command"]
    taken_back = ask(room, "command_draft", spacecraft="otv", command="PING")["command"]
    ask(room, "command_decline", command_id=taken_back["id"], why="a slip")
    told = ask(room, "command_board", who=Role.OBSERVER)
    assert waits["id"] in {one["id"] for one in told["open"]}
    assert taken_back["id"] not in {one["id"] for one in told["open"]}
    assert [one["id"] for one in told["ended"]] == [taken_back["id"]]
    assert told["of_open"] == len(told["open"])
    assert told["now_ns"] == room.desks.room.now.tai_ns


@pytest.mark.parametrize("verb", ["command_board", "command_catalogue"])
@pytest.mark.parametrize("who", [Role.ANONYMOUS, Role.PAYLOAD_OPERATOR, Role.PORTAL])
def test_whoever_may_not_watch_is_told_nothing(room: Room, verb: str, who: Role) -> None:
    with pytest.raises(AccessRefusedError, match="may not watch"):
        ask(room, verb, who=who, spacecraft="otv")


@pytest.mark.parametrize(
    ("command", "arguments", "complaint"),
    [
        ("SET_HEATER_SETPOINT", {"heater_setpoint": "warm"}, "is no number"),
        ("SET_BATTERY_THRESHOLD", {"threshold_percent": 30.5}, "is no whole number"),
        ("SET_BATTERY_THRESHOLD", {"threshold_percent": True}, "is no whole number"),
    ],
)
def test_an_argument_that_is_no_number_is_refused_with_what_it_may_be(
    room: Room, command: str, arguments: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(CommandRefusedError, match=complaint) as refused:
        ask(room, "command_foresee", spacecraft="otv", command=command, arguments=arguments)
    assert "from" in str(refused.value)
