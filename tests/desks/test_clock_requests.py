"""A simulated clock obeys people, a real one nobody; and how a rehearsal stands so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.desks.rehearsing.clock_wish import ClockWish
from groundsys.desks.rehearsing.rehearsal_standing import Figures, judge_so_far
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import RefusalError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


def ask(room: Room, verb: str, by: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by)
    return room.desks.handle({"verb": verb, "token": token, **arguments})


def test_the_clock_is_stopped_and_yamcs_clock_with_it(
    make_room: MakeRoom, scenario: Scenario
) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    ask(room, "clock_pause")
    told = room.publisher.last["clock"]
    assert (told["paused"], told["rate"]) == (True, 0.0)
    assert room.yamcs.rates[-1] == 0.0
    ask(room, "clock_rate", rate=60.0)
    again = make_room(yamcs=room.yamcs)  # the desks are started anew
    again.desks.advance(scenario.span.start, [])
    assert again.publisher.last["clock"]["paused"]
    assert again.publisher.last["clock"]["rate_ceiling"] == 60.0
    ask(again, "clock_resume")
    ask(again, "clock_rate")
    told = again.publisher.last["clock"]
    assert (told["paused"], told["rate_ceiling"]) == (False, None)
    actions = [one.action for one in again.store.audit.all(subject="mission clock")]
    assert actions == ["clock.pause", "clock.rate", "clock.resume", "clock.rate"]


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), "fast", True])
def test_a_rate_that_is_none_is_refused(make_room: MakeRoom, rate: object) -> None:
    with pytest.raises(RefusalError, match="cannot go at that rate"):
        ask(make_room(), "clock_rate", rate=rate)


@pytest.mark.parametrize(
    "verb", ["clock_pause", "clock_resume", "clock_rate", "rehearsal_standing"]
)
def test_a_real_flight_is_refused(make_room: MakeRoom, verb: str) -> None:
    room = make_room()
    room.desks.clock_wish = ClockWish(
        room.desks.room, simulated=False, seed=None, rate_ceiling=None
    )
    assert ask(room, "status")["clock"]["simulated"] is False
    with pytest.raises(RefusalError, match=r"real flight"):
        ask(room, verb)
    assert not room.desks.clock_wish.paused


def test_news_waits_by_the_wall_where_the_clock_keeps_to_a_rate(make_room: MakeRoom) -> None:
    room = make_room()
    hour = timedelta(hours=1)
    assert room.desks.room.between_looks(hour, 0.2) == hour
    ask(room, "clock_rate", rate=600.0)
    assert room.desks.room.between_looks(hour, 0.2) == timedelta(seconds=120)
    ask(room, "clock_rate", rate=1.0)
    assert room.desks.room.between_looks(hour, 0.2) == timedelta(seconds=1)
    again = make_room(yamcs=room.yamcs)  # the desks are started anew
    assert again.desks.room.between_looks(hour, 0.2) == timedelta(seconds=1)
    ClockWish(again.desks.room, simulated=False, seed=None, rate_ceiling=None)
    assert again.desks.room.between_looks(hour, 2.0) == timedelta(seconds=2)


@pytest.mark.parametrize(("rate", "times"), [(None, 1), (600.0, 1), (1.0, 5)])
def test_what_comes_is_read_at_once_in_real_time_and_seldom_in_fast(
    make_room: MakeRoom, scenario: Scenario, rate: float | None, times: int
) -> None:
    room = make_room()
    ask(room, "clock_rate", rate=rate)
    start = scenario.span.start
    room.desks.advance(start, [])
    before = room.yamcs.calls["packets_since"]
    for seconds in (30.0, 60.0, 90.0, 120.0, 180.0):
        now = start.plus_seconds(seconds)
        body = {"channels": [_channel(start)], "archived": True}
        room.desks.advance(now, [Message("hub", "desks", "received", now, body)])
    reads = room.yamcs.calls["packets_since"] - before
    assert reads == times


@pytest.mark.parametrize(("archived", "reads"), [(True, 1), (False, 0)])
def test_what_came_just_after_a_reading_is_read_without_more_to_come(
    make_room: MakeRoom, scenario: Scenario, archived: bool, reads: int
) -> None:
    room = make_room()
    ask(room, "clock_rate", rate=1.0)
    start = scenario.span.start
    room.desks.advance(start, [])
    now = start.plus_seconds(0.4)
    body = {"channels": [_channel(start)], "archived": archived}
    step = room.desks.advance(now, [Message("hub", "desks", "received", now, body)])
    before = room.yamcs.calls["packets_since"]
    assert step.wake_at is not None
    room.desks.advance(start.plus_seconds(1.0), [])
    assert room.yamcs.calls["packets_since"] - before == reads
    if archived:
        assert step.wake_at <= start.plus_seconds(1.0)


def _channel(heard: Instant) -> dict[str, Any]:
    return {
        **{"spacecraft": "otv", "virtual_channel": 0, "antenna": "dss-43", "first_count": 0},
        **{"last_count": 1, "frames": 1, "missing": 0, "corrected": 0},
        **{"first_ert_ns": heard.tai_ns, "last_ert_ns": heard.tai_ns},
    }


def test_the_standing_tells_what_the_ground_knows(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    told = {one["name"]: one for one in ask(room, "rehearsal_standing")["criteria"]}
    executed = told["passes executed"]
    assert executed["expected"] == f"at least {scenario.criteria['min_passes']:,.0f}"
    assert (executed["found"], executed["state"]) == ("0", "open")
    assert told["passes missed"]["state"] == "met"


def test_what_is_lacking_is_open_and_what_is_too_much_is_broken() -> None:
    figures = Figures(4, 1, 9, 0, 30, 0, {"polar-weather": 100})
    limits = {"min_passes": 4, "min_relay_sessions": 10, "min_bytes_polar-weather": 50}
    found = {one.name: one.state for one in judge_so_far(figures, limits)}
    assert found == {
        "passes executed": "met",
        "passes missed": "broken",
        "relay sessions executed": "open",
        "rounds of retransmission": "open",
        "commands failed": "met",
        "bytes delivered to polar-weather": "met",
    }
    allowed = judge_so_far(replace(figures), {**limits, "max_passes_missed": 1})
    assert next(one.state for one in allowed if one.name == "passes missed") == "met"
