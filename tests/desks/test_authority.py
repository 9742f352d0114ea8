"""Who asks is established before any verb runs; what a customer may do stays a customer's."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.authority import Action, Role
from groundsys.desks.commanding.drafting import used_by
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import AccessRefusedError, NotLoggedInError
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of

GAIN = {"spacecraft": "cube-polar", "command": "PAYLOAD_SET_GAIN", "arguments": {"gain": 3}}


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    return room


def ask(room: Room, verb: str, by: Role, by_name: str = "", /, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by, by_name)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def test_a_worthless_token_is_refused_even_where_none_is_needed(room: Room) -> None:
    assert "fleet" in room.desks.handle({"verb": "status"})
    with pytest.raises(NotLoggedInError):
        room.desks.handle({"verb": "status", "token": "forged"})


def test_nothing_that_a_request_says_of_itself_makes_it_somebody_s(room: Room) -> None:
    claims = {"operator": "fay", "role": "flight_director", "asker": "fay", "name": "fay"}
    before = len(room.store.commands.all())
    for by in (Role.ANONYMOUS, Role.OBSERVER, Role.PORTAL):
        with pytest.raises(AccessRefusedError, match="may not draft command"):
            ask(room, "command_draft", by, **GAIN, **claims)
    assert len(room.store.commands.all()) == before
    ask(room, "command_draft", Role.OPERATOR, **GAIN, **claims)
    assert room.store.commands.all()[-1].operator == "ada"


def test_a_session_renewed_by_use_comes_with_the_answer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(room.desks, Role.OPERATOR)
    wall_s = room.desks.gate._wall_s
    monkeypatch.setattr(room.desks.gate, "_wall_s", lambda: wall_s() + 5 * 3600.0)
    fresh = room.desks.handle({"verb": "who_am_i", "token": token})["fresh_token"]
    answer = room.desks.handle({"verb": "who_am_i", "token": fresh})
    assert answer == {"name": "ada", "role": "operator", "customer": ""}


# --- a customer's payload operator --------------------------------------------------------------


def test_a_payload_operator_commands_the_own_payload_alone(room: Room) -> None:
    ask(room, "command_draft", Role.PAYLOAD_OPERATOR, **GAIN)
    command = room.store.commands.all()[-1]
    assert (command.spacecraft, command.name, command.operator) == (
        *("cube-polar", "PAYLOAD_SET_GAIN"),
        "pia",
    )
    for spacecraft, name, arguments in (
        ("cube-tharsis", "PAYLOAD_SET_GAIN", {"gain": 3}),
        ("cube-polar", "PING", {}),
        ("cube-polar", "HIBERNATE", {"hibernate_s": 600}),
        ("otv", "SAFE_MODE", {}),
    ):
        request = {"spacecraft": spacecraft, "command": name, "arguments": arguments}
        with pytest.raises(AccessRefusedError, match="only for the own customer"):
            ask(room, "command_draft", Role.PAYLOAD_OPERATOR, **request)
    assert room.store.commands.all()[-1] == command


def test_all_operators_of_a_customer_share_its_quota_and_nobody_else_s(room: Room) -> None:
    quota = room.desks.room.mission.customers["polar-weather"].commands_per_day
    others = token_of(room.desks, Role.PAYLOAD_OPERATOR, "theo", "tharsis-seismo")
    for number in range(quota):
        ask(room, "command_draft", Role.PAYLOAD_OPERATOR, ("pia", "pat")[number % 2], **GAIN)
    with pytest.raises(AccessRefusedError, match="commands for today are used up"):
        ask(room, "command_draft", Role.PAYLOAD_OPERATOR, "pat", **GAIN)
    mine = {**GAIN, "spacecraft": "cube-tharsis"}
    room.desks.handle({"verb": "command_draft", "token": others, **mine})
    ask(room, "command_draft", Role.OPERATOR, **GAIN)  # an operator has none
    used = used_by(room.desks.room, room.desks.ledger.all, "polar-weather")
    assert (used.commands_today, used.octets_waiting) == (quota, quota * 15)
    room.desks.room.now = room.desks.room.now.plus_seconds(86_401.0)
    used = used_by(room.desks.room, room.desks.ledger.all, "polar-weather")
    assert (used.commands_today, used.octets_waiting) == (0, quota * 15)


def test_a_payload_operator_sees_the_own_deliveries_and_nobody_else_s(room: Room) -> None:
    status = ask(room, "status", Role.PAYLOAD_OPERATOR)
    assert set(status) == {"clock", "deliveries"}
    assert set(status["deliveries"]["customers"]) == {"polar-weather"}
    assert "tharsis" not in str(status)


# --- people -------------------------------------------------------------------------------------


def test_a_flight_director_makes_a_person_who_then_logs_in(room: Room) -> None:
    person = {"name": "Grace", "role": "operator", "password": "a dozen of letters"}
    ask(room, "user_add", Role.FLIGHT_DIRECTOR, **person)
    answer = room.desks.handle({"verb": "log_in", "name": "grace", "password": person["password"]})
    assert (answer["name"], answer["role"]) == ("grace", "operator")
    token = answer["token"]
    assert room.desks.handle({"verb": "who_am_i", "token": token})["name"] == "grace"
    with pytest.raises(NotLoggedInError):
        room.desks.handle(
            {"verb": "own_password", "token": token, "old_password": "no", "password": "x" * 12}
        )
    changed = room.desks.handle(
        {
            **{"verb": "own_password", "token": token},
            **{"old_password": person["password"], "password": "another dozen letters"},
        }
    )
    with pytest.raises(NotLoggedInError):
        room.desks.handle({"verb": "who_am_i", "token": token})
    room.desks.handle({"verb": "end_sessions", "token": changed["token"]})
    with pytest.raises(NotLoggedInError):
        room.desks.handle({"verb": "who_am_i", "token": changed["token"]})
    listed = ask(room, "user_list", Role.OBSERVER)["people"]
    assert {"name": "grace", "role": "operator", "customer": "", "disabled": False} in listed
    assert "argon2" not in str(listed)
    texts = [event["text"] for event in room.desks.handle({"verb": "status"})["events"]]
    assert "fay made the account grace: operator" in texts
    assert not [text for text in texts if "dozen" in text]


def test_wrong_passwords_are_told_to_the_operators_without_a_name(room: Room) -> None:
    for _ in range(5):
        with pytest.raises(NotLoggedInError):
            room.desks.handle({"verb": "log_in", "name": "hunter2", "password": "x"})
    texts = [event["text"] for event in room.desks.handle({"verb": "status"})["events"]]
    assert "a name waits after several wrong passwords" in texts
    assert not [text for text in texts if "hunter2" in text]


def test_every_verb_stands_for_an_action_and_every_action_of_the_desks_has_a_verb(
    room: Room,
) -> None:
    actions = room.desks._requests.actions
    without = set(Action) - set(actions.values())
    assert without == {Action.APPROVE_PROCEDURE}
