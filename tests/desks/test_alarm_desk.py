"""The ground's own alarms: told once, acknowledged without Yamcs, told again if they come again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.alarms import SILENT_AFTER_S, Assigned, Shelved
from groundsys.authority import Asker, Role
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.watching.alarm_desk import AlarmDesk
from groundsys.desks.watching.ground_watch import GroundWatch
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.execution import Pass
from groundsys.store import Store
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.records import AlarmRecord
from tests.desks.conftest import MakeRoom
from tests.desks.fake_world import FakeYamcs

AMBER, BIRCH = Asker("amber", Role.OPERATOR), Asker("birch", Role.OPERATOR)
LOST = ("pass:otv-7", "otv", "pass otv-7", "warning", "missed: usuda-64 heard nothing")


@pytest.fixture
def room(mission: Mission, geometry: Geometry, tmp_path: Path) -> Iterator[ControlRoom]:
    with Store(tmp_path / "store.sqlite") as store:
        scenario = mission.scenarios["quickstart"]
        yield ControlRoom(mission, scenario, geometry, store, FakeYamcs(mission))


def _standing(desk: AlarmDesk) -> list[tuple[str, str, bool]]:
    alarms = desk.snapshot()["alarms"]
    return [(one["parameter"], one["value"], one["acknowledged"]) for one in alarms]


def test_it_stands_until_somebody_has_seen_it(room: ControlRoom) -> None:
    desk = AlarmDesk(room)
    desk.tell(*LOST)
    desk.tell(*LOST)
    assert _standing(desk) == [("pass otv-7", "missed: usuda-64 heard nothing", False)]
    said = [(one.severity, one.text) for one in room.take_events()]
    assert said == [("warning", "pass otv-7 is missed: usuda-64 heard nothing: warning")]
    desk.read(frozenset(room.mission.spacecraft))  # Yamcs knows nothing of it
    assert len(_standing(desk)) == 1

    desk.acknowledge("ground:pass:otv-7", AMBER, "rain at Usuda")
    assert _standing(desk) == []
    (kept,) = room.store.watch.alarms()
    assert (kept.acknowledged_by, kept.comment) == ("amber", "rain at Usuda")
    with pytest.raises(CommandRefusedError, match="there is no alarm"):
        desk.acknowledge("ground:pass:otv-7", BIRCH, "")
    (entry,) = room.store.audit.all()
    assert (entry.actor, entry.action) == ("amber", "alarm.acknowledge")


def test_after_a_restart_it_stands_and_is_not_told_again(room: ControlRoom) -> None:
    AlarmDesk(room).tell(*LOST)
    room.take_events()
    again = AlarmDesk(room)
    assert len(_standing(again)) == 1
    again.tell(*LOST)
    assert room.take_events() == []


def test_what_turns_out_not_to_be_so_is_withdrawn(room: ControlRoom) -> None:
    desk = AlarmDesk(room)
    desk.withdraw("entry:capsule-1", "landed after all")
    desk.tell("entry:capsule-1", "otv", "entry", "critical", "lost: silent")
    desk.withdraw("entry:capsule-1", "landed after all")
    assert _standing(desk) == []
    desk.tell("entry:capsule-1", "otv", "entry", "critical", "lost: it hit too hard")
    assert _standing(desk) == [("entry", "lost: it hit too hard", False)]


def test_a_full_disk_is_an_alarm_each_time_and_a_kill_is_none(make_room: MakeRoom) -> None:
    room = make_room()
    revivals = ((["desks", "hub"], ["desks"]), (["hub"], []), (["hub"], ["hub"]))
    for hour, (names, full) in enumerate(revivals, 1):
        now = room.desks.room.now.plus_seconds(3_600.0 * hour)
        body = {"names": names, "had_no_room": full, "yamcs_restarts": 0}
        room.desks.advance(now, [Message("exchange", "desks", "revived", now, body)])
    told = [(one.severity, one.text) for one in room.store.watch.recent_events(99)]
    full_for = "the disk was full for {}, which waited for room; nothing is lost; make room"
    assert [one for one in told if "disk" in one[1] or "killed" in one[1]] == [
        ("warning", "killed and started anew: hub"),
        ("critical", full_for.format("desks")),
        ("warning", "killed and started anew: hub"),
        ("critical", full_for.format("hub")),
    ]
    (alarm,) = [one for one in room.store.watch.alarms() if one.id == "ground:disk"]
    assert (alarm.level, alarm.value[-7:]) == ("critical", "for hub")


LEVEL = ("service_level:polar-weather", "otv", "service level", "watch", "at risk")


def test_what_lasts_stands_until_it_is_over_and_seen(room: ControlRoom) -> None:
    desk = AlarmDesk(room)
    desk.tell(*LEVEL, lasts=True)
    desk.acknowledge("ground:service_level:polar-weather", AMBER, "")
    desk.tell(*LEVEL, lasts=True)
    assert _standing(desk) == [("service level", "at risk", True)]
    room.let_time_pass(room.now.plus_seconds(60.0))
    desk.withdraw("service_level:polar-weather", "met again")
    assert _standing(desk) == []

    room.let_time_pass(room.now.plus_seconds(60.0))
    desk.tell(*LEVEL, lasts=True)  # another occasion
    room.let_time_pass(room.now.plus_seconds(60.0))
    for _ in range(2):
        desk.withdraw("service_level:polar-weather", "met again")
    (latched,) = desk.snapshot()["alarms"]
    assert latched["state"] == "latched"
    desk.acknowledge("ground:service_level:polar-weather", AMBER, "")
    assert _standing(desk) == []


def _of_yamcs(room: ControlRoom, number: int, level: str = "warning", **changes: bool) -> None:
    record = AlarmRecord(
        f"obc_mode#{number}",
        "otv",
        "obc_mode",
        level,
        "SAFE",
        room.now,
        **changes,  # type: ignore[arg-type]
    )
    room.yamcs.instances["otv"].alarms = [record]  # type: ignore[attr-defined]


def _shelve(desk: AlarmDesk, room: ControlRoom, alarm_id: str, seconds: float) -> None:
    event = Shelved("amber", "as planned", room.now.plus_seconds(seconds))
    desk.handle(alarm_id, event, AMBER, "shelve", reason="as planned", text="shelved")


def test_a_shelved_condition_stays_there_through_new_occasions_and_comes_back(
    room: ControlRoom,
) -> None:
    desk = AlarmDesk(room)
    _of_yamcs(room, 1)
    desk.read(frozenset({"otv"}))
    _shelve(desk, room, "otv:obc_mode#1", 3_600.0)
    desk = AlarmDesk(room)  # the desks are started anew
    _of_yamcs(room, 2)  # the first is over there, and it happens again
    desk.read(frozenset({"otv"}))
    (shown,) = desk.snapshot()["alarms"]
    assert (shown["id"], shown["state"], shown["shelf_reason"]) == (
        "otv:obc_mode#2",
        "shelved",
        "as planned",
    )
    assert desk.next_due == room.now.plus_seconds(3_600.0)
    room.let_time_pass(room.now.plus_seconds(3_599.0))
    desk.work()
    assert desk.snapshot()["alarms"][0]["state"] == "shelved"
    room.let_time_pass(room.now.plus_seconds(1.0))
    desk.work()
    assert desk.snapshot()["alarms"][0]["state"] == "unacknowledged"
    assert desk.next_due is None
    said = [one.text for one in room.take_events()]
    assert said.count("obc_mode comes back from the shelf: warning") == 1
    actions = [(one.actor, one.action) for one in room.store.audit.all()]
    assert actions == [("amber", "alarm.shelve")]


def test_what_gets_worse_on_the_shelf_comes_off_it(room: ControlRoom) -> None:
    desk = AlarmDesk(room)
    _of_yamcs(room, 1)
    desk.read(frozenset({"otv"}))
    _shelve(desk, room, "otv:obc_mode#1", 3_600.0)
    _of_yamcs(room, 1, "critical")
    desk.read(frozenset({"otv"}))
    (shown,) = desk.snapshot()["alarms"]
    assert (shown["level"], shown["state"]) == ("critical", "unacknowledged")


def test_a_condition_of_a_craft_that_is_over_is_latched_until_it_is_seen(
    room: ControlRoom,
) -> None:
    desk = AlarmDesk(room)
    _of_yamcs(room, 1)
    desk.read(frozenset({"otv"}))
    _of_yamcs(room, 1, cleared=True)
    desk.read(frozenset({"otv"}))
    assert desk.snapshot()["alarms"][0]["state"] == "latched"
    desk.acknowledge("otv:obc_mode#1", AMBER, "seen")
    assert _standing(desk) == []
    assert room.yamcs.acknowledged == [("obc_mode#1", "amber", "seen")]  # type: ignore[attr-defined]
    desk.read(frozenset({"otv"}))  # Yamcs has not yet forgotten it
    assert _standing(desk) == []


def test_who_has_an_alarm_in_hand_survives_a_restart_of_the_desks(room: ControlRoom) -> None:
    desk = AlarmDesk(room)
    desk.tell(*LOST)
    event = Assigned("birch", "amber")
    desk.handle("ground:pass:otv-7", event, AMBER, "assign", reason="", text="to birch")
    (shown,) = AlarmDesk(room).snapshot()["alarms"]
    assert shown["assignee"] == "birch"


class Ears:
    """As much of the pass and telemetry desks as tells whether a craft is heard."""

    def __init__(self, start: Instant) -> None:
        ends = (start, start.plus_seconds(36_000.0))
        self.one: Pass = Pass("p1", "usuda-64", "otv", *ends, *ends, 751.4, 128e3)
        self.newest: Instant | None = None

    def current(self, spacecraft: str) -> Pass | None:
        return self.one if spacecraft == "otv" else None

    def newest_frame(self, craft: Spacecraft) -> Instant | None:
        return self.newest if craft.id == "otv" else None


def test_a_lock_without_frames_is_an_alarm_until_frames_come_and_it_is_seen(
    room: ControlRoom,
) -> None:
    desk, start = AlarmDesk(room), room.now
    ears = Ears(start)

    def states(watch: GroundWatch, passed_s: float) -> list[str]:
        room.let_time_pass(start.plus_seconds(passed_s))
        watch.watch_feeds()
        return [one["state"] for one in desk.snapshot()["alarms"]]

    watch = GroundWatch(room, desk, ears, ears)  # type: ignore[arg-type]
    assert states(watch, SILENT_AFTER_S) == []  # nobody has locked on to it
    ears.one = replace(ears.one, state="locked", lock_since=start)
    # desks that have just been started anew know of no frame before
    late = GroundWatch(room, desk, ears, ears)  # type: ignore[arg-type]
    assert states(late, SILENT_AFTER_S + 1.0) == []
    for _ in range(2):
        assert states(watch, SILENT_AFTER_S + 1.0) == ["unacknowledged"]
    ears.newest = room.now
    assert states(watch, SILENT_AFTER_S + 60.0) == ["latched"]
    desk.acknowledge("ground:feed:otv", AMBER, "")
    assert states(watch, SILENT_AFTER_S + 120.0) == []


def test_that_yamcs_was_gone_is_an_alarm_told_once(make_room: MakeRoom) -> None:
    room = make_room()
    for hour, restarts in enumerate((1, 1, 2), 1):
        now = room.desks.room.now.plus_seconds(3_600.0 * hour)
        body = {"names": ["desks", "hub"], "had_no_room": [], "yamcs_restarts": restarts}
        room.desks.advance(now, [Message("exchange", "desks", "revived", now, body)])
    told = [one for one in room.store.watch.recent_events(99) if "Yamcs was gone" in one.text]
    assert [one.severity for one in told] == ["critical", "critical"]
    (alarm,) = [one for one in room.store.watch.alarms() if one.id == "ground:yamcs"]
    assert (alarm.value, alarm.state) == ("was gone, restart 2", "latched")
