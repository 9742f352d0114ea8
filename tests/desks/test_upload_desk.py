"""Uploads at the desks: two people, over passes, behind what people command, killed and gone on."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.commanding.ledger import Command
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.onboard_files import software_image
from groundsys.planning import Plan
from groundsys.uploads.progress import segment_of
from groundsys.values.errors import AccessRefusedError, CommandRefusedError
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakeWorld
from tests.desks.people import token_of
from tests.desks.test_day import make_world

CONTENT = software_image(4, b"".join(
    hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(620)
))  # fmt: skip
#: pieces of so many octets
PIECE = 944


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    return make_room()


@pytest.fixture
def make_air(
    mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> Callable[[Room], FakeWorld]:
    return lambda room: make_world(mission, scenario, plan, geometry, room.yamcs)


def ask(room: Room, verb: str, *, who: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, who)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def draft(room: Room, content: bytes = CONTENT, **more: Any) -> dict[str, Any]:
    wish = {
        "spacecraft": "otv", "kind": "software", "name": "fsw-4.img", "why": "fault 12",
        "content_base64": base64.b64encode(content).decode(), **more,
    }  # fmt: skip
    answer: dict[str, Any] = ask(room, "upload_draft", **wish)["upload"]
    return answer


def approve(room: Room, upload: dict[str, Any], who: Role = Role.FLIGHT_DIRECTOR) -> dict[str, Any]:
    answer: dict[str, Any] = ask(
        room, "upload_approve", who=who, upload_id=upload["id"], sha256=upload["sha256"]
    )["upload"]
    return answer


def show(room: Room, upload_id: str = "upload-1") -> dict[str, Any]:
    answer: dict[str, Any] = ask(room, "upload_show", upload_id=upload_id)["upload"]
    return answer


def of_uploads(room: Room) -> list[Command]:
    return [one for one in room.store.commands.all() if one.purpose == "upload"]


def enable(room: Room, number: int = 1) -> dict[str, Any]:
    wish = {"spacecraft": "otv", "command": "FILE_ENABLE", "arguments": {"file_number": number}}
    answer: dict[str, Any] = ask(room, "command_draft", **wish)["command"]
    return answer


def test_two_people_stand_for_an_upload(room: Room) -> None:
    upload = draft(room)
    assert (upload["state"], upload["operator"], upload["pieces"]) == (
        "drafted", "ada", -(-len(CONTENT) // PIECE),
    )  # fmt: skip
    assert upload["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert upload["completion_ns"] is not None
    with pytest.raises(AccessRefusedError, match="ada asked for this and cannot approve it"):
        approve(room, upload, Role.OPERATOR)
    with pytest.raises(CommandRefusedError, match="another file than the one approved"):
        approve(room, {**upload, "sha256": "0" * 64})
    approved = approve(room, upload)
    assert (approved["state"], approved["approver"]) == ("approved", "fay")
    with pytest.raises(CommandRefusedError, match="waits for nobody's approval"):
        approve(room, upload)
    entries = list(room.store.audit.all(subject="upload-1"))
    assert [(one.action, one.actor, one.reason) for one in entries] == [
        ("upload.draft", "ada", "fault 12"), ("upload.approve", "fay", ""),
    ]  # fmt: skip
    assert dict(entries[1].facts)["sha256"] == upload["sha256"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spacecraft": "nobody"}, "no craft 'nobody'"),
        ({"spacecraft": "cube-polar"}, "takes no files"),
        ({"content_base64": "not base64!"}, "cannot be read"),
        ({"kind": "music"}, "no file of kind"),
        ({"content": b"no image"}, "no image"),
        ({"content": software_image(1, bytes(300_000))}, "does not fit"),
    ],
)
def test_what_cannot_go_up_is_refused_and_leaves_no_trace(
    room: Room, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(CommandRefusedError, match=complaint):
        draft(room, **changes)
    assert room.store.uploads.all() == []


def test_nothing_leaves_before_it_is_approved_and_what_is_declined_never_does(
    room: Room, make_air: Callable[[Room], FakeWorld], scenario: Scenario
) -> None:
    upload = draft(room)
    world = make_air(room)
    world.fly(room.desks, scenario.span.start + timedelta(hours=2.4))
    assert of_uploads(room) == []
    declined = ask(
        room, "upload_cancel", who=Role.FLIGHT_DIRECTOR, upload_id="upload-1", why="not today"
    )["upload"]
    assert (declined["state"], declined["message"]) == ("declined", "fay: not today")
    with pytest.raises(CommandRefusedError, match="waits for nobody's approval"):
        approve(room, upload)
    own = draft(room)
    assert own["number"] == 2
    taken_back = ask(room, "upload_cancel", upload_id=own["id"], why="wrong file")["upload"]
    assert taken_back["state"] == "cancelled"
    with pytest.raises(CommandRefusedError, match="cannot be stopped any more"):
        ask(room, "upload_cancel", upload_id=own["id"], why="again")


def test_a_file_goes_up_over_passes_while_pieces_are_lost_and_desks_are_killed(
    make_room: MakeRoom, make_air: Callable[[Room], FakeWorld], plan: Plan, scenario: Scenario
) -> None:
    room = make_room()
    world = make_air(room)
    world.loses_up = lambda number: number % 7 == 3
    first = next(one for one in plan.passes if one.uplink_from < one.uplink_until)
    late = first.uplink_until.plus_seconds(-50.0)
    world.fly(room.desks, late)
    approve(room, draft(room))
    for moment in (late.plus_seconds(25.0), first.uplink_until, first.end.plus_seconds(900.0)):
        world.fly(room.desks, Instant(moment.tai_ns))
        room = make_room(yamcs=room.yamcs, start=Instant(moment.tai_ns))
    room.desks.advance(Instant(moment.tai_ns), ())
    between = show(room)
    assert between["state"] == "sending"
    assert 0 < between["pieces_acknowledged"] < between["pieces"]
    with pytest.raises(
        CommandRefusedError, match=r"upload-1 \(fsw-4.img\) is sending, not verified"
    ):
        enable(room)
    moment = Instant(first.end.plus_seconds(900.0).tai_ns)
    for _ in range(40):
        moment = moment.plus_seconds(1_300.0)
        world.fly(room.desks, moment)
        if show(room)["state"] == "verified":
            break
        room = make_room(yamcs=room.yamcs, start=moment)
        room.desks.advance(moment, ())
    verified = show(room)
    assert verified["state"] == "verified"
    assert len(verified["passes"]) >= 2
    assert verified["naks"] >= 1
    assert verified["on_board"]["sha256"] == verified["sha256"]
    file = world.uploads.find(1)
    assert file is not None
    assert (file.state, bytes(file.memory)) == ("VERIFIED", CONTENT)
    check_pieces(room)
    command = enable(room)
    assert command["waits_for_approval"]
    ask(room, "command_approve", who=Role.FLIGHT_DIRECTOR, command_id=command["id"])
    world.loses_up = lambda number: False
    world.fly(room.desks, moment.plus_seconds(6 * 3600.0))
    assert file.state == "ENABLED"
    assert show(room)["state"] == "enabled"


def check_pieces(room: Room) -> None:
    """No piece leaves again once it is known to be on board."""
    tries: dict[str, list[Command]] = defaultdict(list)
    for command in of_uploads(room):
        assert all(one.bypass for one in command.attempts)
        if segment_of(command.subject.partition(":")[2]) is not None:
            tries[command.subject].append(command)
    assert max(map(len, tries.values())) > 1
    for commands in tries.values():
        known = [one.confirmed_at for c in commands for one in c.attempts if one.confirmed_at]
        for command in commands:
            for attempt in command.attempts:
                assert not any(at <= attempt.issued_at for at in known), command


def test_people_s_commands_leave_before_the_pieces_that_wait(
    room: Room, make_air: Callable[[Room], FakeWorld], plan: Plan
) -> None:
    world = make_air(room)
    first = next(one for one in plan.passes if one.uplink_from < one.uplink_until)
    moment = Instant(first.uplink_from.plus_seconds(2_400.0).tai_ns)
    world.fly(room.desks, moment)
    approve(room, draft(room, software_image(4, bytes(60_000))))
    world.fly(room.desks, moment.plus_seconds(61.0))
    pieces_before = sum(name == "CFDP_PDU" for name in names(room))
    assert pieces_before > 0
    asked = ask(room, "command_draft", spacecraft="otv", command="PING")["command"]
    world.fly(room.desks, moment.plus_seconds(90.0))
    ping = next(one for one in room.store.commands.all() if one.id == asked["id"])
    assert ping.was_issued
    order = names(room)
    assert sum(name == "CFDP_PDU" for name in order[: order.index("PING", pieces_before)]) <= (
        pieces_before + 6
    )


def names(room: Room) -> list[str]:
    """What Yamcs has been given for the OTV, in order."""
    return [record.name for record in room.yamcs.instances["otv"].records]


def test_an_upload_that_is_cancelled_under_way_is_forgotten_on_board(
    room: Room, make_air: Callable[[Room], FakeWorld], plan: Plan
) -> None:
    world = make_air(room)
    first = next(one for one in plan.passes if one.uplink_from < one.uplink_until)
    moment = Instant(first.uplink_from.plus_seconds(2_400.0).tai_ns)
    world.fly(room.desks, moment)
    approve(room, draft(room, software_image(4, bytes(200_000))))
    world.fly(room.desks, moment.plus_seconds(1_800.0))
    assert world.uploads.find(1) is not None
    ask(room, "upload_cancel", upload_id="upload-1", why="the wrong one")
    world.fly(room.desks, moment.plus_seconds(5_400.0))
    assert world.uploads.find(1) is None
    upload = show(room)
    assert (upload["state"], upload["message"]) == ("cancelled", "ada: the wrong one")
    assert not [one for one in of_uploads(room) if one.state == "queued"]


def test_a_file_that_differs_on_board_fails_and_nothing_enables_it(
    room: Room, make_air: Callable[[Room], FakeWorld], plan: Plan
) -> None:
    world = make_air(room)
    world.uploads._upsets = frozenset({1})
    first = next(one for one in plan.passes if one.uplink_from < one.uplink_until)
    moment = Instant(first.uplink_from.plus_seconds(600.0).tai_ns)
    world.fly(room.desks, moment)
    approve(room, draft(room, software_image(4, bytes(3_000))))
    world.fly(room.desks, moment.plus_seconds(3 * 3600.0))
    failed = show(room)
    assert failed["state"] == "failed"
    assert "HASH_MISMATCH" in failed["message"]
    assert failed["on_board"]["sha256"] != failed["sha256"]
    with pytest.raises(CommandRefusedError, match="is failed, not verified on board"):
        enable(room)
    # a program that queues it past the request desk comes no further
    ledger = room.desks.ledger
    queued = ledger.queue("otv", "FILE_ENABLE", {"file_number": 1}, purpose="procedure")
    room.desks.uploads.work()
    stopped = ledger.get(queued.id)
    assert stopped is not None
    assert stopped.state == "expired"
    assert "not verified on board" in stopped.message
    assert "FILE_ENABLE" not in names(room)


def test_there_is_nothing_to_enable_where_nothing_went_up(room: Room) -> None:
    with pytest.raises(CommandRefusedError, match="no file of number 3 was sent to otv"):
        enable(room, 3)
