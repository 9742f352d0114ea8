"""The audit desk: heads reach the notary, and whoever meddled in between is told of aloud."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groundsys.audit import check_chain
from groundsys.authority import Role
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.notary import Notary, NotaryNode
from groundsys.planning.exchange import write_plan_json
from groundsys.store import StoredEvent
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.records import AlarmRecord
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


class Table:
    """A room and a notary that speak with each other, a second a step."""

    def __init__(self, room: Room, notary: Notary, now: Instant) -> None:
        self.room, self.notary, self.now = room, notary, now
        self.offers: list[int] = []
        self._node = NotaryNode(notary)
        self._inbox: tuple[Message, ...] = ()

    def step(self, *, count: int = 1, silent: bool = False, seconds: float = 1.0) -> None:
        for _ in range(count):
            self.now = self.now.plus_seconds(seconds)
            outbox = self.room.desks.advance(self.now, self._inbox).outbox
            said = [one for one in outbox if one.target == "notary"]
            self.offers += [len(one.body["entries"]) for one in said]
            assert len(said) <= 1
            self._inbox = () if silent else self._node.advance(self.now, said).outbox

    @property
    def said(self) -> list[StoredEvent]:
        events = self.room.store.watch.recent_events(999)
        return [one for one in events if one.source == "audit"]


@pytest.fixture
def table(make_room: MakeRoom, scenario: Scenario, tmp_path: Path) -> Iterator[Table]:
    notary = Notary(tmp_path / "notary")
    yield Table(make_room(), notary, scenario.span.start)
    notary.close()


def restarted(table: Table, make_room: MakeRoom, meddle: Callable[[], None]) -> Table:
    """Desks that are started again after somebody had the store for himself."""
    room = make_room(yamcs=table.room.yamcs, start=table.now)
    room.store.close()
    meddle()
    room = make_room(yamcs=table.room.yamcs, start=table.now)
    return Table(room, table.notary, table.now)


def ask(room: Room, verb: str, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, Role.FLIGHT_DIRECTOR)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def head(room: Room) -> tuple[int, str]:
    found = room.store.audit.head
    assert found is not None
    return found.number, found.digest


def test_what_is_written_is_countersigned_within_two_steps(table: Table) -> None:
    table.step(count=4)
    assert table.notary.head == head(table.room)
    assert table.offers[:2] == [0, 24]  # first it is asked how far it has come
    ask(table.room, "command_draft", spacecraft="otv", command="PING", arguments={})
    assert table.notary.head != head(table.room)
    table.step(count=2)
    assert table.notary.head == head(table.room)
    offers = len(table.offers)
    table.step(count=30)
    assert len(table.offers) == offers  # nothing new, nothing said
    assert table.said == []


def test_desks_and_notary_started_again_go_on_where_they_were(
    table: Table, make_room: MakeRoom
) -> None:
    table.step(count=4)
    ask(table.room, "revoke_token", token_hash="cafe")  # never offered by these desks
    again = restarted(table, make_room, lambda: None)
    again.step(count=4)
    assert again.notary.head == head(again.room)
    assert again.offers == [0, 1]
    assert again.said == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET digest = 'ab' WHERE number = 24", "the store has ab"),
        ("DELETE FROM audit WHERE number > 20", "the store has no such entry"),
    ],
)
def test_a_log_rewritten_behind_its_last_head_is_told_and_never_signed(
    table: Table, make_room: MakeRoom, tmp_path: Path, statement: str, said: str
) -> None:
    table.step(count=4)
    signed = table.notary.head

    def meddle() -> None:
        connection = sqlite3.connect(tmp_path / "store.sqlite")
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute(statement)
        connection.commit()
        connection.close()

    again = restarted(table, make_room, meddle)
    again.step(count=4)
    ask(again.room, "revoke_token", token_hash="cafe")
    again.step(count=4)
    assert again.notary.head == signed
    [event] = again.said
    assert event.severity == "critical"
    assert said in event.text
    assert "groundsys audit verify" in event.text
    assert event.text in [one["text"] for one in again.room.publisher.events]


def test_an_entry_changed_before_it_is_countersigned_is_told(table: Table, tmp_path: Path) -> None:
    table.step(count=4)
    ask(table.room, "revoke_token", token_hash="cafe")
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET actor = 'bob' WHERE number = 25")
    connection.commit()
    connection.close()
    table.step(count=4)
    [event] = table.said
    assert "does not countersign: entry 25: it was changed" in event.text
    assert table.notary.head.number == 24


def test_a_silent_notary_is_asked_again_and_told_of_once(table: Table) -> None:
    table.step(count=45, silent=True, seconds=60.0)
    assert 3 <= len(table.offers) <= 6
    assert [one.severity for one in table.said] == ["warning"]
    table.step(count=15, seconds=60.0)
    assert table.notary.head == head(table.room)
    assert len(table.said) == 1


def test_requests_name_who_what_and_why(
    table: Table, scenario: Scenario, plan: Any, tmp_path: Path
) -> None:
    table.step()
    room = table.room
    alarm = AlarmRecord("charge#3", "otv", "charge", "critical", "24", scenario.span.start)
    room.yamcs.instances["otv"].alarms = [alarm]
    room.desks.alarms.read(frozenset({"otv"}))
    written = head(room)[0]
    ask(room, "acknowledge_alarm", alarm_id="otv:charge#3", comment="seen")
    ask(room, "plan_cancel", pass_id=plan.passes[1].id, reason="maintenance")
    third = plan.passes[2]
    start = third.start + timedelta(minutes=1)
    ask(
        *(room, "plan_notice"),
        **{"kind": "weather", "antenna": third.antenna, "loss_db": 3.0},
        **{"start_ns": start.tai_ns, "end_ns": third.end.tai_ns},
    )
    ask(room, "plan_make", reason="to see")
    ask(room, "plan_book", plan=json.loads(write_plan_json(plan)))
    ask(room, "add_token", token_hash="beef", customer="polar-weather")
    ask(room, "revoke_token", token_hash="beef")
    ask(room, "stop", reason="the day is over")
    entries = [one for one in room.store.audit.all(actor="fay") if one.number > written]
    version = room.desks.planning.version.version
    assert [
        (one.action, one.subject, one.reason) for one in entries if one.action[:5] != "plan."
    ] == [
        ("alarm.acknowledge", "otv:charge#3", "seen"),
        ("token.add", "polar-weather", ""),
        ("token.revoke", "polar-weather", ""),
        ("desks.stop", "desks", "the day is over"),
    ]
    cancel, notice, make, book = [one for one in entries if one.action.startswith("plan.")]
    assert (cancel.action, cancel.subject) == ("plan.cancel", plan.passes[1].id)
    assert (cancel.reason, notice.action) == ("maintenance", "plan.notice")
    assert cancel.facts["told"] == f"{plan.passes[1].id} will not take place"
    assert notice.subject == third.antenna
    assert "weather over" in notice.facts["told"]
    assert (make.action, make.reason) == ("plan.make", "to see")
    assert book.action == "plan.book"
    assert isinstance(book.facts["adopted"], bool)
    assert int(book.subject.removeprefix("plan-")) <= version
    assert {one.role for one in entries} == {"flight_director"}
    assert check_chain(room.store.audit.all()) == []


def test_a_request_that_is_refused_leaves_no_entry(table: Table) -> None:
    table.step()
    written = head(table.room)
    for verb, arguments in (
        ("add_token", {"token_hash": "beef", "customer": "nobody"}),
        ("acknowledge_alarm", {"alarm_id": "none"}),
        ("plan_cancel", {"pass_id": "none"}),
    ):
        with pytest.raises(Exception, match=r"nobody|none"):
            ask(table.room, verb, **arguments)
    assert head(table.room) == written
