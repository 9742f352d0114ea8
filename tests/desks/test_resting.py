"""Between passes that lie far apart the desks look round seldom, and often again in good time."""

from __future__ import annotations

from datetime import timedelta

from groundsys.desks.desks import Desks
from groundsys.values.instants import Instant
from tests.desks.conftest import MakeRoom

HOUR, LOOK = timedelta(hours=1), timedelta(minutes=10)


def is_idle_at(desks: Desks, at: Instant) -> bool:
    desks.room.now = at
    return desks.passes.is_idle(HOUR, LOOK)


def test_idle_is_an_hour_after_a_pass_and_not_before_the_next_is_prepared(
    make_room: MakeRoom,
) -> None:
    desks = make_room().desks
    first = desks.passes.all[0]
    configuration_s = desks.room.mission.antennas[first.antenna].configuration_s
    prepared = first.start.plus_seconds(-configuration_s)
    assert is_idle_at(desks, prepared - LOOK - timedelta(minutes=1))
    assert not is_idle_at(desks, prepared - LOOK)
    assert not is_idle_at(desks, first.start)
    last = max(one.end for one in desks.passes.all)
    assert not is_idle_at(desks, last + HOUR)
    assert is_idle_at(desks, last + HOUR + timedelta(seconds=1))


def test_idle_desks_sleep_for_minutes(make_room: MakeRoom) -> None:
    room = make_room()
    now = max(one.end for one in room.desks.passes.all) + HOUR + LOOK
    room.desks.room.wall_s = lambda: room.desks.room.now.tai_ns / 1e9 / 3_600
    room.desks.advance(now - LOOK, [])
    until, wakes = now + 6 * HOUR, 0
    while now < until:
        step = room.desks.advance(now, [])
        assert step.wake_at is not None
        assert step.wake_at > now
        now, wakes = step.wake_at, wakes + 1
    # every ten minutes, for the look round and for Yamcs' clock, and once in a while for news
    assert 6 * 6 <= wakes <= 3 * 6 * 6
