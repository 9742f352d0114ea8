"""The sequence step: loads once, asks for the listing once, and goes on only if that agrees."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from groundsys.procedures.run import ENDED, Book, Fate, Held, ReleaseKnown, Resumed, Voted
from groundsys.scheduling import ReadBack
from groundsys.values.instants import Instant, Interval
from tests.procedures.world import START, World, read

SEQUENCE = """
id: sequence
title: Something that runs by itself
craft: otv
roles: [flight_director]
parameters: [{name: when, kind: instant}, {name: n, kind: integer, minimum: 1, maximum: 9}]
steps:
- id: load
  do: sequence
  sub_schedule: $n
  entries:
  - {command: PING, at: $when}
  - {command: SET_MODE, at: $when, plus_s: 60, arguments: {mode: SAFE}}
- id: ask
  do: gate
  question: May it run?
  roles: [flight_director]
  conditions: [{parameter: ground.schedule, sub_schedule: $n, equals: AS_LOADED}]
- {id: enable, do: command, command: SCHEDULE_ENABLE, arguments: {schedule_id: $n}}
"""
BOOK = Book({"sequence": read(SEQUENCE)}, hazardous=frozenset({("otv", "SCHEDULE_ENABLE")}))
WHEN = "2031-08-21T00:00:00Z"
AS_LOADED = ReadBack("AS_LOADED")
DIFFERENT = ReadBack("DIFFERENT", ("PING at 1 is missing",))
NOT_SHOWN = ReadBack("NOT_SHOWN", ("it was never listed",))
LOADING = ["SCHEDULE_DELETE", "SCHEDULE_INSERT", "SCHEDULE_INSERT"]


def fresh() -> World:
    return World.of("sequence", BOOK, when=WHEN, n=5)


def loaded() -> World:
    """The insertions are done, and the listing is asked for."""
    world = fresh()
    world.look()
    for key in list(world.states):
        world.settle(key, "completed")
    world.look(read_back=NOT_SHOWN)
    return world


def listed(found: ReadBack) -> World:
    world = loaded()
    world.settle("r1/sequence.load/1/report", "completed")
    world.look(read_back=found)
    return world


def test_each_command_has_a_key_and_a_latest_arrival_of_its_own() -> None:
    world = fresh()
    world.look()
    assert world.names == LOADING
    delete, first, second = world.run.commands
    assert [one.key.rpartition("/")[2] for one in world.run.commands] == ["delete", "1", "2"]
    assert delete.arguments == {"schedule_id": 5}
    assert first.at == first.not_after == Instant.from_utc_iso(WHEN)
    assert second.not_after == Instant.from_utc_iso(WHEN).plus_seconds(60.0)
    assert second.scheduled is not None
    assert (second.scheduled.name, second.scheduled.arguments) == ("SET_MODE", {"mode": "SAFE"})


def test_the_listing_is_asked_for_once_everything_is_loaded() -> None:
    world = fresh()
    world.look()
    world.settle("r1/sequence.load/1/delete", "completed")
    world.settle("r1/sequence.load/1/1", "completed")
    world.look()
    assert world.names == LOADING
    world.settle("r1/sequence.load/1/2", "completed")
    world.look(read_back=AS_LOADED)
    assert world.names == [*LOADING, "SCHEDULE_REPORT"]
    assert world.step == "load"


def test_a_listing_that_agrees_leads_to_the_gate() -> None:
    world = listed(AS_LOADED)
    assert world.step == "ask"
    assert "sub-schedule 5 holds the 2 entries that were loaded" in world.notes
    world.give(Voted("cleo", "flight_director", True))
    for found in (NOT_SHOWN, DIFFERENT):
        world.look(read_back=found)
        assert world.step == "ask"
    world.look(read_back=AS_LOADED)
    world.look(read_back=AS_LOADED)
    enabling = world.run.commands[-1]
    assert (enabling.name, enabling.not_after) == ("SCHEDULE_ENABLE", Instant.from_utc_iso(WHEN))


def test_a_listing_that_differs_holds_and_tells_why() -> None:
    world = listed(DIFFERENT)
    assert (world.run.state, world.step) == ("held", "load")
    assert world.run.stop is not None
    assert world.run.stop.why == "sub-schedule 5 is not what was loaded: PING at 1 is missing"
    # it is listed again by hand, and is right after all
    world.give(Resumed("ada", "again"))
    world.look(read_back=AS_LOADED)
    assert world.step == "ask"


def test_a_second_try_empties_and_loads_anew() -> None:
    world = listed(DIFFERENT)
    world.give(Resumed("ada", "retry"))
    world.look(read_back=DIFFERENT)
    assert world.names == [*LOADING, "SCHEDULE_REPORT", *LOADING]
    assert world.run.loaded_into("otv", 5) == list(world.run.commands[-2:])


def test_a_listing_that_does_not_come_is_waited_for_in_contact_alone() -> None:
    world = loaded()
    world.settle("r1/sequence.load/1/report", "completed")
    hour, later = START.plus_seconds(3600.0), START.plus_seconds(6 * 3600.0)
    contacts = [Interval(START, hour), Interval(later, later.plus_seconds(3600.0))]
    # the round trip and the margin are 1200 s and an hour
    for seconds in (0.0, 3600.0, 4 * 3600.0, 3600.0 + 1199.0):
        world.pass_time(seconds)
        world.look(contacts, read_back=NOT_SHOWN)
        assert world.run.state == "running"
    world.pass_time(1.0)
    world.look(contacts, read_back=NOT_SHOWN)
    assert world.run.stop is not None
    assert world.run.stop.why == "sub-schedule 5 was not listed in time: it was never listed"


def test_an_insertion_that_fails_is_told_and_nothing_is_listed() -> None:
    world = fresh()
    world.look()
    for key, state in zip(list(world.states), ("completed", "failed", "completed"), strict=True):
        world.settle(key, state)
    world.look(read_back=AS_LOADED)
    assert world.run.stop is not None
    assert world.run.stop.why == "SCHEDULE_INSERT failed: so it is"
    assert world.names == LOADING


def test_what_becomes_of_each_on_board_is_noted_once_and_after_the_end_as_well() -> None:
    world = listed(AS_LOADED)
    world.give(Voted("cleo", "flight_director", True))
    world.look(read_back=AS_LOADED)
    world.look(read_back=AS_LOADED)
    world.settle("r1/sequence.enable/1", "completed")
    world.look(read_back=NOT_SHOWN)
    assert world.run.outcome == "completed"
    before = len(world.notes)
    fates: tuple[Fate, ...] = ("released", "completed", "completed", "started", "released")
    for fate in fates:
        world.give(ReleaseKnown("r1/sequence.load/1/1", fate, START))
    world.give(ReleaseKnown("r1/sequence.load/1/2", "failed", START, "WRONG_MODE"))
    world.give(ReleaseKnown("r1/sequence.load/1/9", "failed", START))
    told = world.notes[before:]
    assert [text.partition(" on board")[0].rpartition(" ")[2] for text in told] == [
        "released", "completed", "failed",
    ]  # fmt: skip
    assert told[-1].endswith("WRONG_MODE")
    kept = [one.scheduled.fate for one in world.run.commands if one.scheduled]
    assert kept == ["completed", "failed"]


class Sequences(RuleBasedStateMachine):
    """Whatever comes in whatever order: nothing is commanded twice, or enabled unseen."""

    def __init__(self) -> None:
        super().__init__()
        self.world = fresh()
        self.said_go = False
        self.opened = 0
        self.world.look()

    @rule(
        found=st.sampled_from([AS_LOADED, DIFFERENT, NOT_SHOWN, None]),
        seconds=st.sampled_from([0.0, 1800.0, 6 * 3600.0]),
        dies=st.booleans(),
    )
    def look(self, found: ReadBack | None, seconds: float, dies: bool) -> None:
        self.world.pass_time(seconds)
        effects = self.world.look(read_back=found, dies=dies)
        for effect in effects:
            text = getattr(effect, "text", "")
            if text.startswith("gate 'ask' is open"):
                self.opened += 1
                assert found == AS_LOADED
                assert self.said_go
                self.said_go = False
            if text.startswith("sub-schedule 5 holds"):
                assert found == AS_LOADED

    @precondition(lambda self: self.world.step == "ask")
    @rule(who=st.sampled_from(["ada", "cleo"]))
    def somebody_says_go(self, who: str) -> None:
        before = self.world.run.votes
        self.world.give(Voted(who, "flight_director", True))
        self.said_go = self.said_go or self.world.run.votes != before

    @rule(data=st.data(), state=st.sampled_from(["completed", "completed", "failed", "expired"]))
    def a_command_is_heard_of(self, data: st.DataObject, state: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.world.states)))
        if self.world.states[key] not in ENDED or state == "completed":
            self.world.settle(key, state)

    @rule()
    def all_is_done(self) -> None:
        for key in list(self.world.states):
            self.world.settle(key, "completed")

    @rule()
    def somebody_holds(self) -> None:
        self.world.give(Held("ada", "wait"))

    @precondition(lambda self: self.world.run.state == "held")
    @rule(how=st.sampled_from(["again", "retry", "skip"]))
    def somebody_resumes(self, how: Any) -> None:
        self.world.give(Resumed("ada", how))
        if self.world.run.state == "running":
            self.said_go = False

    @rule()
    def the_desk_dies(self) -> None:
        self.world.revive()

    @invariant()
    def nothing_is_commanded_twice_or_enabled_unseen(self) -> None:
        world = self.world
        assert all(times == 1 for times in world.queued.values()), world.queued
        keys = [one.key for one in world.run.commands]
        assert len(keys) == len(set(keys))
        assert world.names.count("SCHEDULE_ENABLE") <= self.opened
        visits = world.run.visits["sequence.load"]
        assert world.names.count("SCHEDULE_REPORT") <= visits
        assert world.names.count("SCHEDULE_INSERT") <= 2 * visits


#: without shrinking, which takes minutes here
Sequences.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, phases=(Phase.explicit, Phase.generate)
)
TestSequences = Sequences.TestCase
