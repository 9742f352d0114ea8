"""apscheduler driven by the mission clock: order, lateness, repetition, change of rate."""

from __future__ import annotations

from datetime import timedelta

from groundsys.desks.scheduler import MissionScheduler
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def test_jobs_run_when_mission_time_comes_and_in_their_order() -> None:
    scheduler = MissionScheduler(NOON)
    ran: list[str] = []
    scheduler.at(NOON.plus_seconds(20), ran.append, "second", name="b")
    scheduler.at(NOON.plus_seconds(10), ran.append, "first", name="a")
    scheduler.at(NOON.plus_seconds(90), ran.append, "third", name="c")
    assert scheduler.next_due == NOON.plus_seconds(10)
    scheduler.advance(NOON.plus_seconds(9))
    assert ran == []
    scheduler.advance(NOON.plus_seconds(30))
    assert ran == ["first", "second"]
    assert scheduler.next_due == NOON.plus_seconds(90)
    scheduler.advance(NOON.plus_seconds(86_400))
    assert ran == ["first", "second", "third"]
    assert scheduler.next_due is None


def test_a_job_may_put_down_another_that_is_due_at_once() -> None:
    scheduler = MissionScheduler(NOON)
    ran: list[str] = []

    def first() -> None:
        scheduler.at(NOON.plus_seconds(5), ran.append, "chained", name="next")

    scheduler.at(NOON.plus_seconds(1), first, name="first")
    scheduler.advance(NOON.plus_seconds(10))
    assert ran == ["chained"]


def test_no_job_runs_before_its_time_by_less_than_a_microsecond() -> None:
    """It would find its time not come, ask to be run then, and be due again at once, for ever."""
    scheduler = MissionScheduler(NOON)
    when = Instant(NOON.plus_seconds(10).tai_ns + 194)
    ran: list[Instant] = []
    scheduler.at(when, lambda: ran.append(scheduler.now), name="a")
    scheduler.advance(Instant(when.tai_ns - 1))
    assert ran == []
    assert scheduler.next_due is not None
    scheduler.advance(scheduler.next_due)
    assert len(ran) == 1
    assert ran[0] >= when


def test_a_late_job_runs_or_is_told_missed_but_never_dropped_in_silence() -> None:
    scheduler = MissionScheduler(NOON)
    ran: list[str] = []
    hour = timedelta(hours=1)
    scheduler.at(NOON, ran.append, "no grace stated", name="a")
    scheduler.at(NOON, ran.append, "late", name="b", grace=hour, missed=lambda _: ran.append("!"))
    scheduler.advance(NOON.plus_seconds(3_599))
    assert ran == ["no grace stated", "late"]
    scheduler.at(NOON, ran.append, "late", name="b", grace=hour, missed=lambda _: ran.append("!"))
    scheduler.advance(NOON.plus_seconds(3_700))
    assert ran[2:] == ["!"]


def test_what_repeats_runs_once_for_a_long_step() -> None:
    scheduler = MissionScheduler(NOON)
    ran: list[Instant] = []
    scheduler.every(
        timedelta(minutes=1), NOON, lambda: ran.append(scheduler.now), name="every minute"
    )
    for seconds in (0, 30, 60, 119, 600, 601, 660):
        scheduler.advance(NOON.plus_seconds(seconds))
    assert [round(one.seconds_since(NOON)) for one in ran] == [0, 60, 600, 660]


def test_same_name_replaces_and_cancel_forgets() -> None:
    scheduler = MissionScheduler(NOON)
    ran: list[str] = []
    scheduler.at(NOON.plus_seconds(1), ran.append, "old", name="pass")
    scheduler.at(NOON.plus_seconds(2), ran.append, "new", name="pass")
    scheduler.at(NOON.plus_seconds(2), ran.append, "gone", name="other")
    scheduler.cancel("other")
    scheduler.cancel("never there")
    scheduler.advance(NOON.plus_seconds(5))
    assert ran == ["new"]


def test_a_mission_in_the_past_of_the_wall_clock_misses_nothing() -> None:
    past = Instant.from_utc_iso("1999-12-31T00:00:00Z")
    scheduler = MissionScheduler(past)
    ran: list[str] = []
    scheduler.at(past.plus_seconds(60), ran.append, "then", name="a", grace=timedelta(seconds=5))
    scheduler.advance(past.plus_seconds(62))
    assert ran == ["then"]
