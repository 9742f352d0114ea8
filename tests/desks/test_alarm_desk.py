"""The ground's own alarms: told once, acknowledged without Yamcs, told again if they come again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.desks.alarm_desk import AlarmDesk
from groundsys.desks.control_room import ControlRoom
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.store import Store
from groundsys.values.errors import CommandRefusedError
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom
from tests.desks.fake_world import FakeYamcs

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

    desk.acknowledge("ground:pass:otv-7", "amber", "operator", "rain at Usuda")
    assert _standing(desk) == []
    (kept,) = room.store.watch.alarms()
    assert (kept.acknowledged_by, kept.comment) == ("amber", "rain at Usuda")
    with pytest.raises(CommandRefusedError, match="there is no alarm"):
        desk.acknowledge("ground:pass:otv-7", "birch", "operator", "")
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
        body = {"names": names, "had_no_room": full}
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
