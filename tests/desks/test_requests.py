"""What console, portal and command line may ask, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.store import DeliveryRecord, FileRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, CommandRefusedError, GroundsysError
from groundsys.values.records import AlarmRecord, EventRecord
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    return room


def ask(room: Room, verb: str, by: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def test_status_holds_every_snapshot(room: Room, scenario: Scenario) -> None:
    status = ask(room, "status")
    assert status["clock"]["now_ns"] == scenario.span.start.tai_ns
    assert status["clock"]["scenario"] == "quickstart"
    assert set(status["fleet"]["craft"]) == {"otv", "cube-polar", "cube-tharsis"}
    assert {one["state"] for one in status["passes"]["passes"]} <= {"planned", "configuring"}
    assert len(status["passes"]["relay_sessions"]) == 10
    assert status["commands"]["counts"] == {"queued": 24}
    assert set(status["deliveries"]["customers"]) == {"polar-weather", "tharsis-seismo"}
    assert status["alarms"] == {"alarms": []}
    assert status["procedures"] == {"runs": [], "rehearsals": []}
    assert set(room.publisher.last) >= set(status) - {"events", "asker"}


def test_an_alarm_from_yamcs_to_the_operator_and_back(
    room: Room, mission: Mission, scenario: Scenario
) -> None:
    since = scenario.span.start
    alarm = AlarmRecord(
        "eps_battery_charge#3", "otv", "eps_battery_charge", "critical", "24", since
    )
    room.yamcs.instances["otv"].alarms = [alarm]
    room.yamcs.instances["otv"].events = [
        EventRecord("otv", since, "info", "board", "BATTERY_LOW 24")
    ]
    room.desks.room.let_time_pass(since + timedelta(minutes=6))
    room.desks.alarms.read(frozenset({"otv"}))
    (shown,) = ask(room, "status")["alarms"]["alarms"]
    assert (shown["spacecraft"], shown["level"], shown["acknowledged"]) == (
        "otv",
        "critical",
        False,
    )
    ask(room, "acknowledge_alarm", alarm_id=shown["id"], comment="seen")
    assert room.yamcs.acknowledged == [("eps_battery_charge#3", "ada", "seen")]
    (shown,) = room.publisher.last["alarms"]["alarms"]
    assert (shown["acknowledged"], shown["acknowledged_by"]) == (True, "ada")
    texts = [event["text"] for event in ask(room, "status")["events"]]
    assert "BATTERY_LOW 24" in texts
    assert any("acknowledged by ada: seen" in text for text in texts)
    room.yamcs.instances["otv"].alarms = [replace(alarm, acknowledged=True, acknowledged_by="ada")]
    room.desks.alarms.read(frozenset({"otv"}))
    room.yamcs.instances["otv"].alarms = []
    room.desks.alarms.read(frozenset({"otv"}))
    assert ask(room, "status")["alarms"] == {"alarms": []}
    assert texts.count("BATTERY_LOW 24") == 1
    with pytest.raises(CommandRefusedError):
        ask(room, "acknowledge_alarm", alarm_id=shown["id"])


def test_customers_see_their_own(room: Room, scenario: Scenario) -> None:
    start = scenario.span.start
    room.store.tokens.add(StoredToken("cafe", "polar-weather", start))
    assert ask(room, "customer_of_token", Role.PORTAL, token_hash="cafe") == {
        "customer": "polar-weather",
        "key": "cafe",
        "scopes": ["manage_access", "read_products"],
    }
    assert ask(room, "customer_of_token", Role.PORTAL, token_hash="beef") == {"customer": None}
    ask(room, "add_token", Role.FLIGHT_DIRECTOR, token_hash="beef", customer="tharsis-seismo")
    answer = ask(room, "customer_of_token", Role.PORTAL, token_hash="beef")
    assert answer["customer"] == "tharsis-seismo"
    ask(room, "revoke_token", Role.FLIGHT_DIRECTOR, token_hash="beef")
    assert ask(room, "customer_of_token", Role.PORTAL, token_hash="beef") == {"customer": None}
    with pytest.raises(AccessRefusedError):
        ask(room, "add_token", Role.FLIGHT_DIRECTOR, token_hash="dead", customer="nobody")
    product = ProductRecord(
        *("418-1-0", "polar-weather", "cube-polar", "weather", "418:1", "a.dat", "L0"),
        *("application/octet-stream", 9, "ab" * 32, "polar-weather/cube-polar/a.dat", start),
    )
    file = FileRecord("418:1", "cube-polar", 418, 1, 1, "a.dat", 9, 9, "complete", start, start)
    delivery = DeliveryRecord("418:1", "polar-weather", "cube-polar", "a.dat", start, 1, 9, 9)
    room.store.catalogue.deliver(file, delivery, [product])
    (listed,) = ask(room, "list_products", Role.PORTAL, customer="polar-weather")["products"]
    assert listed["id"] == "418-1-0"
    assert listed["created_ns"] == start.tai_ns
    assert ask(room, "list_products", Role.PORTAL, customer="tharsis-seismo") == {"products": []}
    ask(
        room,
        "record_access",
        Role.PORTAL,
        customer="polar-weather",
        product="418-1-0",
        first_byte=0,
        octets=9,
        complete=True,
    )
    (access,) = room.store.catalogue.accesses("polar-weather")
    assert (access.octets, access.complete) == (9, True)


def test_stop_and_unknown_verbs(room: Room) -> None:
    assert not room.desks.stop_requested
    ask(room, "stop", Role.FLIGHT_DIRECTOR)
    assert room.desks.stop_requested
    with pytest.raises(GroundsysError, match="know no request 'dance'"):
        ask(room, "dance")
    with pytest.raises(GroundsysError, match="needs 'customer'"):
        ask(room, "list_products", Role.PORTAL)
