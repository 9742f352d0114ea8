"""Live telemetry: who follows a craft is told its values as they come, and nobody else costs."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.telemetry.live_values import LiveValue, topic_of
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.records import ParameterReading
from tests.desks.conftest import MakeRoom, Room

OTV = topic_of("otv")


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario, wall: Wall) -> Room:
    room = make_room()
    room.desks.room.wall_s = wall
    room.desks.advance(scenario.span.start, ())
    room.yamcs.calls.clear()
    return room


def told(room: Room) -> dict[str, Any] | None:
    """What the topic told since this was asked last."""
    event = room.publisher.last.pop(OTV, None)
    return None if event is None else dict(event)


def make(room: Room, at: Instant, level: str = "", **values: Any) -> None:
    readings = room.yamcs.instances["otv"].readings
    for name, value in values.items():
        readings[name] = ParameterReading(name, value, at, room.desks.room.now, level)


def frames_come(room: Room, spacecraft: str = "otv") -> None:
    now = room.desks.room.now
    channel = {
        "spacecraft": spacecraft,
        "virtual_channel": 0,
        "frames": 1,
        "first_ert_ns": now.tai_ns,
        "last_ert_ns": now.tai_ns,
        "antenna": "usuda-64",
        "first_count": 0,
        "last_count": 0,
        "missing": 0,
        "corrected": 0,
        "bytes": 1000,
    }
    body = {"channels": [channel], "archived": False}
    room.desks.advance(now, [Message("hub", "desks", "received", now, body)])


def look(room: Room) -> None:
    room.desks.advance(room.desks.room.now, ())


def test_nobody_follows_and_nothing_is_asked_or_told(room: Room, wall: Wall) -> None:
    make(room, room.desks.room.now, eps_battery_charge=80.0)
    room.publisher.prefixes.update(("", "telemetry/"))  # of everything there is, no craft
    room.publisher.begun.update(room.publisher.prefixes)
    for _ in range(5):
        wall.seconds += 5.0
        look(room)
    assert told(room) is None
    assert "parameter_values" not in room.yamcs.calls


def test_a_follower_is_told_everything_and_then_what_changes(room: Room, wall: Wall) -> None:
    now = room.desks.room.now
    make(room, now, eps_battery_charge=80.0, obc_mode="NOMINAL")
    room.publisher.follow(OTV)
    look(room)
    first = told(room)
    assert first is not None
    assert first["whole"]
    assert LiveValue.from_wire(first["values"]["obc_mode"]).value == "NOMINAL"
    wall.seconds += 1.0
    make(room, now.plus_seconds(60.0), "warning", eps_battery_charge=33.0)
    frames_come(room)
    event = told(room)
    assert event is not None
    assert not event["whole"]
    (changed,) = event["values"].items()
    value = LiveValue.from_wire(changed[1])
    assert (changed[0], value.value, value.level) == ("eps_battery_charge", 33.0, "warning")
    craft = room.desks.room.mission.spacecraft["otv"]
    assert value.at == room.desks.clocks.event_time(craft, now.plus_seconds(60.0)).tai_ns
    assert value.received == now.tai_ns


def test_while_nothing_comes_yamcs_is_left_alone(room: Room, wall: Wall) -> None:
    room.publisher.follow(OTV)
    look(room)
    asked = room.yamcs.calls["parameter_values"]
    for _ in range(8):
        wall.seconds += 1.0
        look(room)
    assert room.yamcs.calls["parameter_values"] == asked
    wall.seconds += 5.0  # but now and then everything is told, for those who missed something
    look(room)
    assert room.yamcs.calls["parameter_values"] == asked + 1


def test_who_comes_later_is_told_everything_too(room: Room, wall: Wall) -> None:
    make(room, room.desks.room.now, eps_battery_charge=80.0)
    room.publisher.follow(OTV)
    look(room)
    assert told(room) is not None
    room.publisher.follow(OTV)
    wall.seconds += 0.01
    look(room)
    event = told(room)
    assert event is not None
    assert event["whole"]
    assert "eps_battery_charge" in event["values"]


def test_a_request_between_steps_tells_them_as_well(room: Room) -> None:
    make(room, room.desks.room.now, eps_battery_charge=80.0)
    room.publisher.follow(OTV)
    room.desks.handle({"verb": "status"})
    assert told(room) is not None


def test_an_older_value_never_takes_a_newer_one_s_place(room: Room, wall: Wall) -> None:
    now = room.desks.room.now
    make(room, now, eps_battery_charge=80.0)
    room.publisher.follow(OTV)
    look(room)
    told(room)
    wall.seconds += 20.0
    make(room, now.plus_seconds(-300.0), eps_battery_charge=11.0)
    look(room)
    event = told(room)
    assert event is not None
    assert LiveValue.from_wire(event["values"]["eps_battery_charge"]).value == 80.0


def test_derived_values_are_told_with_the_others(room: Room) -> None:
    now = room.desks.room.now
    make(room, now, eps_battery_voltage=28.0)
    make(room, now.plus_seconds(-60.0), eps_battery_current=-2.5)
    room.publisher.follow(OTV)
    look(room)
    event = told(room)
    assert event is not None
    value = LiveValue.from_wire(event["values"]["battery_power"])
    assert value.value == pytest.approx(-70.0)
    older = LiveValue.from_wire(event["values"]["eps_battery_current"])
    assert value.at == older.at


def test_of_a_craft_that_is_left_nothing_is_kept(room: Room, wall: Wall) -> None:
    room.publisher.follow(OTV)
    look(room)
    told(room)
    room.publisher.prefixes.clear()
    asked = room.yamcs.calls["parameter_values"]
    wall.seconds += 30.0
    look(room)
    assert told(room) is None
    assert room.yamcs.calls["parameter_values"] == asked


def test_without_yamcs_the_desks_go_on_and_tell_what_they_know(
    room: Room, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(room, room.desks.room.now, eps_battery_charge=80.0)
    room.publisher.follow(OTV)
    look(room)
    told(room)

    def gone(*_: object) -> None:
        raise BackendError("Yamcs does not answer")

    monkeypatch.setattr(room.yamcs, "parameter_values", gone)
    wall.seconds += 20.0
    look(room)
    event = told(room)
    assert event is not None
    assert LiveValue.from_wire(event["values"]["eps_battery_charge"]).value == 80.0
