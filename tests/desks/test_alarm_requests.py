"""What people do with alarms beside acknowledging them, and what they write into the log-book."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import AccessRefusedError, CommandRefusedError
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of

ALARM = "ground:pass:otv-7"


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    room.desks.alarms.tell("pass:otv-7", "otv", "pass otv-7", "warning", "missed")
    return room


def ask(room: Room, verb: str, by: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def shown(room: Room) -> dict[str, Any]:
    (alarm,) = room.publisher.last["alarms"]["alarms"]
    return dict(alarm)


def test_shelved_by_one_and_taken_back_by_another(room: Room) -> None:
    ask(room, "alarm_shelve", alarm_id=ALARM, reason="antenna repair", for_s=7_200.0)
    now = room.desks.room.now
    assert shown(room)["state"] == "shelved"
    assert shown(room)["shelved_by"] == "ada"
    assert shown(room)["shelved_until_ns"] == now.plus_seconds(7_200.0).tai_ns
    with pytest.raises(CommandRefusedError, match="no alarm"):
        ask(room, "alarm_unshelve", alarm_id="none")
    ask(room, "alarm_unshelve", Role.FLIGHT_DIRECTOR, alarm_id=ALARM)
    assert shown(room)["state"] == "latched"
    with pytest.raises(CommandRefusedError, match="on no shelf"):
        ask(room, "alarm_unshelve", alarm_id=ALARM)
    actions = [(one.actor, one.action) for one in room.store.audit.all(subject=ALARM)]
    assert actions == [("ada", "alarm.shelve"), ("fay", "alarm.unshelve")]


def test_a_shelf_ends_by_itself_at_its_time(room: Room) -> None:
    ask(room, "alarm_shelve", alarm_id=ALARM, reason="antenna repair", for_s=90.0)
    step = room.desks.advance(room.desks.room.now.plus_seconds(1.0), [])
    assert step.wake_at is not None
    end = room.desks.room.now.plus_seconds(89.0)
    assert step.wake_at <= end
    room.desks.advance(end, [])
    (alarm,) = room.desks.alarms.snapshot()["alarms"]
    assert alarm["state"] == "latched"


@pytest.mark.parametrize("for_s", [None, 0.0, -1.0, "long", float("nan"), 1e9])
def test_a_shelf_needs_an_end(room: Room, for_s: object) -> None:
    with pytest.raises(CommandRefusedError, match="without an end"):
        ask(room, "alarm_shelve", alarm_id=ALARM, reason="why", for_s=for_s)


def test_a_shelf_needs_a_reason(room: Room) -> None:
    with pytest.raises(CommandRefusedError, match="without a reason"):
        ask(room, "alarm_shelve", alarm_id=ALARM, for_s=60.0)


def test_only_what_is_over_can_be_cleared(room: Room) -> None:
    room.desks.alarms.tell("feed:otv", "otv", "feed", "warning", "stale", lasts=True)
    with pytest.raises(CommandRefusedError, match="its condition holds"):
        ask(room, "alarm_clear", alarm_id="ground:feed:otv")
    ask(room, "alarm_clear", alarm_id=ALARM, comment="rain")
    assert shown(room)["id"] == "ground:feed:otv"


def test_an_alarm_is_given_to_somebody_who_watches(room: Room) -> None:
    for role in (Role.FLIGHT_DIRECTOR, Role.OBSERVER):
        token_of(room.desks, role)
    ask(room, "alarm_assign", alarm_id=ALARM, to="fay")
    assert shown(room)["assignee"] == "fay"
    for nobody in ("obi", "zoe"):
        with pytest.raises(CommandRefusedError, match="cannot have an alarm in hand"):
            ask(room, "alarm_assign", alarm_id=ALARM, to=nobody)
    ask(room, "alarm_assign", alarm_id=ALARM)
    assert shown(room)["assignee"] == ""


def test_the_log_book_is_kept_with_who_wrote_and_when(room: Room) -> None:
    ask(room, "log_entry", text="  wheel 2\n is warm ", spacecraft="otv")
    (entry,) = room.store.watch.log_entries()
    now = room.desks.room.now
    assert (entry.time, entry.author, entry.role) == (now, "ada", "operator")
    assert (entry.spacecraft, entry.text) == ("otv", "wheel 2 is warm")
    (written,) = room.store.audit.all(actor="ada")
    assert (written.action, written.subject, written.reason) == (
        "logbook.write",
        "otv",
        "wheel 2 is warm",
    )
    event = room.publisher.events[-1]
    assert (event["source"], event["text"]) == ("logbook", "ada writes: wheel 2 is warm")
    with pytest.raises(CommandRefusedError, match="no entry"):
        ask(room, "log_entry", text=" \n ")
    with pytest.raises(CommandRefusedError, match="no craft"):
        ask(room, "log_entry", text="x", spacecraft="zeppelin")
    with pytest.raises(AccessRefusedError, match="may not write logbook"):
        ask(room, "log_entry", Role.OBSERVER, text="x")
