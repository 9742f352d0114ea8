"""Keys, tokens, webhooks and events of customers: whose they are, what they are good for."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.customers import SHORT_PREFIX, token_hash, token_text
from groundsys.customers.webhooks import DEAD_AFTER_S
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.store import DeliveryRecord, FileRecord, ProductRecord, StoredToken
from groundsys.values.errors import AccessRefusedError, CommandRefusedError, NotLoggedInError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of

POLAR = token_text(b"p" * 32)
THARSIS = token_text(b"t" * 32)
NOTHING = {"found": False}


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    for token, customer in ((POLAR, "polar-weather"), (THARSIS, "tharsis-seismo")):
        room.store.tokens.add(StoredToken(token_hash(token), customer, scenario.span.start))
    return room


def ask(room: Room, verb: str, by: str | Role = POLAR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by) if isinstance(by, Role) else by
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def new_key(room: Room, by: str | Role = POLAR, **wish: Any) -> str:
    key = token_text(secrets.token_bytes(32))
    ask(room, "own_key_make", by, token_hash=token_hash(key), **wish)
    return key


def exchanged(room: Room, key: str, **wish: Any) -> str:
    token = token_text(secrets.token_bytes(32), SHORT_PREFIX)
    hashes = {"token_hash": token_hash(token), "parent_hash": token_hash(key)}
    ask(room, "exchange_key", key, **hashes, **wish)
    return token


def whose(room: Room, token: str) -> str | None:
    answer = ask(room, "customer_of_token", Role.PORTAL, token_hash=token_hash(token))
    return answer["customer"]


def deliver(room: Room, customer: str, number: int, at: Instant, **changes: Any) -> ProductRecord:
    file = f"418:{number}"
    product = ProductRecord(
        *(f"418-{number}-0", customer, "cube-polar", "weather", file, f"{number}.dat", "L0"),
        *("application/octet-stream", 9, "ab" * 32, f"{customer}/cube-polar/{number}.dat", at),
    )
    product = replace(product, **changes)
    record = FileRecord(file, "cube-polar", 418, 1, number, product.name, 9, 9, "complete", at, at)
    delivery = DeliveryRecord(file, customer, "cube-polar", product.name, at, 1, 9, 9)
    room.store.catalogue.deliver(record, delivery, [product])
    return product


def test_a_customer_makes_lists_and_revokes_its_keys(room: Room) -> None:
    reading = new_key(room, scopes=["read_products"], label="nightly", days=7)
    listed = ask(room, "own_keys")["keys"]
    assert [(one["label"], one["scopes"], one["usable"]) for one in listed] == [
        ("", ["manage_access", "read_products"], True),
        ("nightly", ["read_products"], True),
    ]
    assert whose(room, reading) == "polar-weather"
    with pytest.raises(AccessRefusedError, match="may not manage own access"):
        ask(room, "own_keys", reading)
    assert ask(room, "own_key_revoke", id=listed[1]["id"]) == {"found": True}
    assert whose(room, reading) is None
    with pytest.raises(NotLoggedInError):
        ask(room, "own_accesses", reading)
    actions = [entry.action for entry in room.store.audit.all(subject="polar-weather")]
    assert actions[-2:] == ["token.add", "token.revoke"]
    assert token_hash(reading) in str(list(room.store.audit.all()))
    assert reading not in str(list(room.store.audit.all()))


def test_anothers_key_and_webhook_are_what_there_is_not(room: Room) -> None:
    (theirs,) = ask(room, "own_keys", THARSIS)["keys"]
    hook = ask(room, "own_webhook_make", THARSIS, url="https://tharsis.example/in")["webhook"]
    for verb, id in (("own_key_revoke", theirs["id"]), ("own_webhook_remove", hook["id"]),
                     ("own_webhook_resume", hook["id"])):  # fmt: skip
        assert ask(room, verb, id=id) == ask(room, verb, id="none") == NOTHING
    assert whose(room, THARSIS) == "tharsis-seismo"
    assert ask(room, "own_webhooks") == {"webhooks": []}


def test_a_key_is_made_of_a_hash_that_is_new(room: Room) -> None:
    for kept_hash in (token_hash(THARSIS), token_hash(POLAR), "a" * 65):
        with pytest.raises(AccessRefusedError, match="no hash of a new key"):
            ask(room, "own_key_make", token_hash=kept_hash)
    assert whose(room, THARSIS) == "tharsis-seismo"


def test_a_key_ends_when_it_was_to(room: Room) -> None:
    key = new_key(room, days=1)
    wall = [room.desks.gate.wall_s]
    room.desks.gate._wall_s = lambda: wall[0]
    assert whose(room, key) == "polar-weather"
    wall[0] += 86_401.0
    assert whose(room, key) is None
    with pytest.raises(AccessRefusedError, match="cannot end then"):
        new_key(room, days=-1)


def test_no_key_is_good_for_more_than_what_it_was_made_with(room: Room) -> None:
    with pytest.raises(AccessRefusedError, match="good for more"):
        new_key(room, scopes=["request_commands"])
    with pytest.raises(AccessRefusedError, match="no such scope"):
        new_key(room, scopes=["everything"])
    with pytest.raises(AccessRefusedError, match="own payload operator"):
        ask(room, "key_make", Role.FLIGHT_DIRECTOR, customer="polar-weather", token_hash="cafe",
            scopes=["request_commands"])  # fmt: skip
    commanding = new_key(room, Role.PAYLOAD_OPERATOR, scopes=["request_commands"])
    catalogue = ask(room, "own_catalogue", commanding)
    assert set(catalogue["spacecraft"]) == {"cube-polar"}
    assert catalogue["quota"]["commands_per_day"] == 12
    room.desks.gate.disable("pia")
    with pytest.raises(AccessRefusedError, match="this key may not draft command"):
        ask(room, "own_catalogue", commanding)


def test_a_key_commands_its_payload_and_nothing_else(room: Room) -> None:
    key = new_key(room, Role.PAYLOAD_OPERATOR, scopes=["request_commands"])
    gain = {"command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 3}}
    drafted = ask(room, "command_draft", key, spacecraft="cube-polar", why="dim", **gain)
    id = drafted["command"]["id"]
    shown = ask(room, "own_command", key, command_id=id)
    assert shown["command"]["operator"] == "pia"
    assert "dim (by key " in shown["command"]["why"]
    assert [hop["name"] for hop in shown["command"]["hops"]][-1] == "confirmed"
    listed = ask(room, "own_commands", key)["commands"]
    assert listed[-1]["id"] == id
    assert {one["spacecraft"] for one in listed} == {"cube-polar"}
    assert {one["name"].split("_")[0] for one in listed} == {"PAYLOAD"}
    assert ask(room, "own_catalogue", key)["quota"]["commands_today"] == 1
    others = token_of(room.desks, Role.PAYLOAD_OPERATOR, "sam", "tharsis-seismo")
    theirs = ask(room, "own_commands", others)["commands"]
    assert {one["spacecraft"] for one in theirs} <= {"cube-tharsis"}
    assert ask(room, "own_command", others, command_id=id) == NOTHING
    refusals = []
    for spacecraft in ("cube-tharsis", "cube-nowhere", "otv"):
        with pytest.raises(AccessRefusedError) as refused:
            ask(room, "command_draft", key, spacecraft=spacecraft, **gain)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1
    answers = []
    for command_id in (id, "cube-polar-9999"):
        with pytest.raises(CommandRefusedError, match="there is no command") as declined:
            ask(room, "command_decline", others, command_id=command_id, why="x")
        answers.append(str(declined.value).replace(command_id, "…"))
    assert len(set(answers)) == 1


def test_a_token_stands_for_minutes_and_makes_no_keys(room: Room) -> None:
    token = exchanged(room, POLAR, seconds=60)
    assert whose(room, token) == "polar-weather"
    with pytest.raises(AccessRefusedError, match="may not manage own access"):
        ask(room, "own_keys", token)
    with pytest.raises(AccessRefusedError, match="exchanged for a key"):
        ask(room, "exchange_key", token, token_hash="cafe", parent_hash=token_hash(token))
    with pytest.raises(AccessRefusedError, match="exchanged for a key"):
        ask(room, "exchange_key", POLAR, token_hash="cafe", parent_hash=token_hash(THARSIS))
    assert len(ask(room, "own_keys")["keys"]) == 1
    second = exchanged(room, POLAR)
    ask(room, "end_token", second, token_hash=token_hash(second))
    assert (whose(room, second), whose(room, POLAR)) == (None, "polar-weather")
    wall = room.desks.gate.wall_s
    room.desks.gate._wall_s = lambda: wall + 61.0
    assert whose(room, token) is None


def test_a_token_ends_with_its_key(room: Room) -> None:
    key = new_key(room)
    token = exchanged(room, key)
    (_, listed) = ask(room, "own_keys")["keys"]
    ask(room, "own_key_revoke", id=listed["id"])
    assert whose(room, token) is None


def test_products_are_found_by_what_is_asked_page_by_page(room: Room, scenario: Scenario) -> None:
    start = scenario.span.start
    for number in range(1, 6):
        deliver(room, "polar-weather", number, start.plus_seconds(number))
    deliver(
        *(room, "polar-weather", 6, start.plus_seconds(9)),
        **{"level": "L1", "name": "6.cdf", "media_type": "application/x-cdf"},
        **{"measured_from": start.plus_seconds(-100), "measured_until": start.plus_seconds(-50)},
    )
    deliver(room, "tharsis-seismo", 7, start)

    def find(**wanted: Any) -> dict[str, Any]:
        return ask(room, "find_products", Role.PORTAL, customer="polar-weather", **wanted)

    def names(**wanted: Any) -> list[str]:
        return [one["name"] for one in find(**wanted)["products"]]

    assert names() == ["1.dat", "2.dat", "3.dat", "4.dat", "5.dat", "6.cdf"]
    first = find(limit=4)
    assert first["more"]
    rest = find(limit=4, after=first["cursor"])
    assert ([one["name"] for one in rest["products"]], rest["more"]) == (["5.dat", "6.cdf"], False)
    assert names(up_to=first["cursor"]) == ["1.dat", "2.dat", "3.dat", "4.dat"]
    assert names(format=["cdf"]) == names(format=["application/x-cdf"]) == ["6.cdf"]
    assert names(format=["%"]) == []
    assert names(level=["L1", "QL"]) == ["6.cdf"]
    assert names(spacecraft=["cube-tharsis"]) == []
    assert names(created_since_ns=start.plus_seconds(5).tai_ns) == ["5.dat", "6.cdf"]
    assert names(measured_since_ns=start.plus_seconds(-60).tai_ns) == ["6.cdf"]
    assert names(measured_since_ns=start.plus_seconds(-40).tai_ns) == []
    assert names(measured_before_ns=start.plus_seconds(-100).tai_ns) == []
    assert names(measured_before_ns=start.plus_seconds(-99).tai_ns) == ["6.cdf"]


def test_versions_stay_and_the_latest_are_told_apart(room: Room, scenario: Scenario) -> None:
    first = deliver(room, "polar-weather", 1, scenario.span.start, id="418-1-1", level="L1")
    second = replace(
        first, id="418-1-1-v2", name="1-v2.cdf", key="polar-weather/cube-polar/1-v2.cdf", version=2
    )
    room.store.catalogue.put_products([second])
    for id in (first.id, second.id):
        answer = ask(room, "product_versions", Role.PORTAL, customer="polar-weather", product=id)
        found = [(one["id"], one["latest"]) for one in answer["products"]]
        assert found == [("418-1-1", False), ("418-1-1-v2", True)]
    for id in (first.id, "418-9-1"):
        wanted = {"customer": "tharsis-seismo", "product": id}
        assert ask(room, "product_versions", Role.PORTAL, **wanted) == {"products": []}
    wanted = {"customer": "polar-weather", "latest": True}
    (latest,) = ask(room, "find_products", Role.PORTAL, **wanted)["products"]
    assert latest["id"] == second.id


def test_events_come_in_order_and_to_their_own(room: Room, scenario: Scenario) -> None:
    deliver(room, "polar-weather", 1, scenario.span.start)
    deliver(room, "tharsis-seismo", 2, scenario.span.start)
    deliver(room, "polar-weather", 3, scenario.span.start)
    wanted = {"customer": "polar-weather", "after": 0}
    events = ask(room, "customer_events", Role.PORTAL, **wanted)["events"]
    assert [one["product"]["name"] for one in events] == ["1.dat", "3.dat"]
    wanted["after"] = events[0]["number"]
    (later,) = ask(room, "customer_events", Role.PORTAL, **wanted)["events"]
    assert later == events[1]
    room.desks.live.publish(force=True)
    told = room.publisher.last["customer_events"]
    assert told["polar-weather"] == events[1]["number"]


def test_a_webhook_is_told_again_until_it_is_given_up_and_resumes(
    room: Room, scenario: Scenario
) -> None:
    wall = [room.desks.gate.wall_s]
    room.desks.gate._wall_s = lambda: wall[0]
    deliver(room, "polar-weather", 1, scenario.span.start)
    made = ask(room, "own_webhook_make", url="https://polar.example/in")
    id = made["webhook"]["id"]
    assert made["secret"] not in str(ask(room, "own_webhooks"))
    assert made["secret"] not in str(list(room.store.audit.all()))
    assert ask(room, "webhooks_due", Role.PORTAL)["due"] == []  # told of what comes from now on
    deliver(room, "polar-weather", 2, scenario.span.start)
    (due,) = ask(room, "webhooks_due", Role.PORTAL)["due"]
    assert (due["secret"], [one["subject"] for one in due["events"]]) == (
        *(made["secret"], ["418-2-0"]),
    )
    again = ask(room, "webhooks_due", Role.PORTAL)
    assert (again["due"], again["again_in_s"]) == ([], pytest.approx(60.0))
    waits = []
    began = wall[0]
    while ask(room, "own_webhooks")["webhooks"][0]["state"] == "active":
        ask(room, "webhook_told", Role.PORTAL, id=id, taken=False, answer="status 500")
        waits.append(ask(room, "webhooks_due", Role.PORTAL)["again_in_s"])
        wall[0] += waits[-1] or 0.0
    assert waits[:4] == pytest.approx([5.0, 10.0, 20.0, 40.0])
    assert waits[-1] is None
    assert DEAD_AFTER_S <= wall[0] - began < DEAD_AFTER_S + 3600.0
    alarms = ask(room, "status", Role.OPERATOR)["alarms"]["alarms"]
    assert [one["id"] for one in alarms] == [f"ground:webhook:{id}"]
    ask(room, "own_webhook_resume", id=id)
    assert ask(room, "status", Role.OPERATOR)["alarms"]["alarms"] == []
    (due,) = ask(room, "webhooks_due", Role.PORTAL)["due"]
    number = due["events"][-1]["number"]
    ask(room, "webhook_told", Role.PORTAL, id=id, taken=True, up_to=number, answer="status 204")
    assert ask(room, "webhooks_due", Role.PORTAL) == {"due": [], "again_in_s": None}
    (told,) = ask(room, "own_webhooks")["webhooks"]
    assert (told["told_up_to"], told["failures"]) == (number, 0)


def test_desks_that_are_made_anew_go_on_telling(
    room: Room, make_room: MakeRoom, scenario: Scenario
) -> None:
    ask(room, "own_webhook_make", url="https://polar.example/in")
    deliver(room, "polar-weather", 1, scenario.span.start)
    anew = make_room()
    (due,) = ask(anew, "webhooks_due", Role.PORTAL)["due"]
    assert [one["subject"] for one in due["events"]] == ["418-1-0"]


def test_a_webhook_goes_where_it_may(room: Room) -> None:
    for url in ("http://polar.example/", "https://pia:pw@polar.example/", "ftp://polar.example"):
        with pytest.raises(AccessRefusedError, match="cannot be sent"):
            ask(room, "own_webhook_make", url=url)
    assert ask(room, "own_webhooks") == {"webhooks": []}


def test_what_is_on_its_way_is_told_to_its_own(room: Room, scenario: Scenario) -> None:
    coming = ask(room, "on_its_way", Role.PORTAL, customer="polar-weather")
    assert {one["spacecraft"] for one in coming["homecomings"]} == {"cube-polar"}
    foretold = [one["home_ns"] for one in coming["homecomings"] if one["home_ns"] is not None]
    assert foretold
    assert min(foretold) > coming["now_ns"] == scenario.span.start.tai_ns
    assert coming["files"] == []
    at = scenario.span.start
    half = FileRecord("418:7", "cube-polar", 418, 1, 7, "half.dat", 90, 45, "open", at, at)
    room.desks.files.kept(half)
    (file,) = ask(room, "on_its_way", Role.PORTAL, customer="polar-weather")["files"]
    assert (file["name"], file["octets_here"], file["whole"]) == ("half.dat", 45, False)
    assert ask(room, "on_its_way", Role.PORTAL, customer="tharsis-seismo")["files"] == []


def test_accesses_are_shown_to_whose_they_are(room: Room) -> None:
    ask(room, "record_access", Role.PORTAL, customer="polar-weather", what="archive", key="k",
        accesses=[{"product": "a", "octets": 9, "complete": True}, {"product": "b"}])  # fmt: skip
    shown = ask(room, "own_accesses")["accesses"]
    assert [(one["product"], one["octets"], one["what"]) for one in shown] == [
        ("b", 0, "archive"),
        ("a", 9, "archive"),
    ]
    assert ask(room, "own_accesses", THARSIS) == {"accesses": []}
