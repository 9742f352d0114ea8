"""A run, step by step: what each kind of step waits for, and where it goes when that fails."""

from __future__ import annotations

import pytest

from groundsys.procedures import advance_run
from groundsys.procedures.run import (
    Aborted,
    Book,
    Held,
    Observed,
    QueueCommand,
    Resumed,
    Voted,
)
from groundsys.procedures.standing import resume_problem, vote_problem, wait_deadline
from groundsys.values.instants import Instant
from tests.procedures.world import CONTACTS, LIGHT_TIME_S, START, World, read

WELL = {"obc_mode": "NOMINAL", "eps_battery_charge": 80.0}


def rescue() -> World:
    world = World.of("rescue", when="2031-08-21T00:00:00Z")
    world.look(**WELL)
    assert world.step == "ask"
    return world


def agreed(world: World) -> None:
    world.give(Voted("ben", "operator", True))
    world.give(Voted("cleo", "flight_director", True, "curves are flat"))


def commanded() -> World:
    world = rescue()
    agreed(world)
    world.look(**WELL)
    return world


def test_a_run_from_its_start_to_its_end() -> None:
    world = commanded()
    assert world.names == ["SAFE_MODE"]
    key = world.run.commands[0].key
    assert key == "r1/rescue.safe/1"
    world.look(**WELL)
    assert world.step == "safe"
    world.settle(key, "completed")
    world.pass_time(100)
    world.look(obc_mode="SAFE", eps_battery_charge=70.0)
    assert world.names == ["SAFE_MODE", "RELAY_SESSION_ADD", "RELAY_SESSION_ADD"]
    assert [one.at for one in world.run.commands[1:]] == [
        Instant.from_utc_iso("2031-08-21T00:00:00Z"), Instant.from_utc_iso("2031-08-21T02:00:00Z"),
    ]  # fmt: skip
    world.settle("r1/rescue.load/1/1", "completed")
    world.look()
    assert world.step == "load"
    world.settle("r1/rescue.load/1/2", "completed")
    world.look()
    assert (world.step, world.run.state) == ("rest", "held")
    world.give(Resumed("ada"))
    world.look()
    assert (world.run.state, world.run.outcome) == ("ended", "completed")
    assert set(world.queued.values()) == {1}


GATE_SHUT = {
    "nobody has voted": [],
    "one role": [Voted("ben", "operator", True)],
    "one person in both roles": [
        Voted("ben", "operator", True), Voted("ben", "flight_director", True),
    ],
    "whoever runs it": [Voted("ada", "operator", True), Voted("cleo", "flight_director", True)],
    "a stranger's role": [Voted("ben", "observer", True), Voted("cleo", "flight_director", True)],
    "nobody's name": [Voted("", "operator", True), Voted("cleo", "flight_director", True)],
}  # fmt: skip


@pytest.mark.parametrize("name", GATE_SHUT)
def test_a_gate_stays_shut_without_the_right_people(name: str) -> None:
    world = rescue()
    for vote in GATE_SHUT[name]:
        world.give(vote)
    world.look(**WELL)
    assert (world.step, world.names) == ("ask", [])


VALUES_SHUT = {
    "another mode": {**WELL, "obc_mode": "SLEEP"},
    "too little": {**WELL, "eps_battery_charge": 49.9},
    "no number": {**WELL, "eps_battery_charge": float("nan")},
    "one unknown": {"obc_mode": "NOMINAL"},
    "nothing known": {},
}


@pytest.mark.parametrize("name", VALUES_SHUT)
def test_a_gate_stays_shut_unless_every_condition_holds_at_that_moment(name: str) -> None:
    world = rescue()
    world.look(**WELL)  # they held a moment ago
    agreed(world)
    world.look(**VALUES_SHUT[name])
    assert (world.step, world.names) == ("ask", [])
    world.look(**WELL)
    assert world.names == ["SAFE_MODE"]


def test_a_gate_does_not_go_by_what_was_so_long_ago() -> None:
    world = rescue()
    agreed(world)
    world.look(at=world.now.plus_seconds(-LIGHT_TIME_S - 901.0), **WELL)
    assert world.step == "ask"
    world.look(at=world.now.plus_seconds(-LIGHT_TIME_S - 899.0), **WELL)
    assert world.step == "safe"


def test_a_no_go_holds_the_run_and_what_was_said_before_counts_no_more() -> None:
    world = rescue()
    world.give(Voted("ben", "operator", True))
    world.give(Voted("cleo", "flight_director", False, "the tank is cold"))
    assert world.run.state == "held"
    assert world.run.stop is not None
    assert "the tank is cold" in world.run.stop.why
    world.give(Resumed("dora"))
    world.give(Voted("cleo", "flight_director", True))
    world.look(**WELL)
    assert world.step == "ask"
    assert vote_problem(world.run, "dora", "operator", world.book).startswith("dora runs this")
    world.give(Voted("ben", "operator", True))
    world.look(**WELL)
    assert world.step == "safe"


def test_a_vote_of_another_visit_opens_nothing() -> None:
    world = commanded()
    world.settle("r1/rescue.safe/1", "completed")
    world.look(**WELL)
    world.pass_time(7200)
    world.look(**WELL)
    for _ in range(3):  # the mode was not seen: back to the gate
        world.pass_time(6 * 3600)
        world.look(**WELL)
    assert (world.step, world.names) == ("ask", ["SAFE_MODE"])
    agreed(world)
    world.look(**WELL)
    assert [one.key for one in world.run.commands] == ["r1/rescue.safe/1", "r1/rescue.safe/2"]


def test_a_wait_goes_only_by_what_was_made_after_the_command_had_worked() -> None:
    world = commanded()
    worked = world.now.plus_seconds(-LIGHT_TIME_S)
    world.settle("r1/rescue.safe/1", "completed", effective_at=worked)
    world.look(at=worked.plus_seconds(-1.0), obc_mode="SAFE")
    assert world.step == "seen"
    world.look(at=worked, obc_mode="SAFE", eps_battery_charge=70.0)
    assert world.step == "load"


def test_what_an_earlier_command_reported_counts_for_a_wait_that_says_so() -> None:
    text = (
        "id: check-out\ntitle: T\ncraft: otv\nsteps:\n"
        "- {id: first, do: command, command: REPORT_TIME}\n"
        "- {id: second, do: command, command: PING}\n"
        "- {id: seen, do: wait, AFTER until: [{parameter: obc_mode, equals: SAFE}], margin_s: 9}\n"
    )
    for after, outcome in (("after: first,", "completed"), ("", "")):
        world = World.of("check-out", Book({"check-out": read(text.replace("AFTER", after))}))
        for number, key in enumerate(("first", "second")):
            world.look()
            at = START.plus_seconds(10.0 * number)
            world.settle(f"r1/check-out.{key}/1", "completed", effective_at=at)
        world.look(at=START.plus_seconds(-1.0), obc_mode="SAFE")
        assert world.step == "seen"
        world.look(at=START, obc_mode="SAFE")
        assert world.run.outcome == outcome


def test_values_count_since_the_first_command_of_a_load_that_a_wait_names() -> None:
    text = (
        "id: check-out\ntitle: T\ncraft: otv\nsteps:\n"
        "- {id: both, do: load, entries: [{command: REPORT_TIME}, {command: PING}]}\n"
        "- id: seen\n  do: wait\n  after: both\n  margin_s: 9\n"
        "  until: [{parameter: obc_mode, equals: SAFE}]\n"
    )
    world = World.of("check-out", Book({"check-out": read(text)}))
    world.look()
    for number in (1, 2):
        at = START.plus_seconds(10.0 * number)
        world.settle(f"r1/check-out.both/1/{number}", "completed", effective_at=at)
    world.look(at=START.plus_seconds(9.0), obc_mode="SAFE")
    assert world.step == "seen"
    world.look(at=START.plus_seconds(10.0), obc_mode="SAFE")
    assert world.run.outcome == "completed"


def test_a_waits_window_is_the_round_trip_and_its_margin_and_stands_still_out_of_contact() -> None:
    world = commanded()
    world.settle("r1/rescue.safe/1", "completed")
    world.pass_time(7200 - 900)  # 900 s are left of the first contact
    world.look(**WELL)
    observed = Observed(contacts={"otv": CONTACTS})
    deadline = wait_deadline(world.run, observed, world.book)
    window_s = 2 * LIGHT_TIME_S + 600.0
    assert deadline == START.plus_seconds(6 * 3600 + window_s - 900)
    assert wait_deadline(world.run, Observed(), world.book) is None
    world.pass_time(4 * 3600)
    world.look(**WELL)
    assert world.step == "seen"
    world.pass_time(3600)
    world.look(contacts=(), **WELL)  # no contact is planned any more: nothing can be missed
    assert world.step == "seen"
    world.look(**WELL)
    assert world.step == "ask"


@pytest.mark.parametrize("left", [100.0, None])
def test_a_wait_is_over_as_soon_as_it_makes_no_more_sense(left: float | None) -> None:
    text = (
        "id: check-out\ntitle: T\ncraft: otv\nsteps:\n"
        "- id: seen\n  do: wait\n  margin_s: 3600\n  on_timeout: late\n  next: end\n"
        "  until: [{parameter: obc_mode, equals: SAFE}]\n"
        "  only_while: [{parameter: eps_battery_charge, minimum: 60}]\n"
        "- {id: late, do: hold, why: too late}\n"
    )
    world = World.of("check-out", Book({"check-out": read(text)}))
    known = {} if left is None else {"eps_battery_charge": left}
    world.look(obc_mode="NOMINAL", **known)  # what is not known breaks nothing
    assert world.step == "seen"
    world.look(obc_mode="NOMINAL", eps_battery_charge=59.0)
    assert (world.step, world.run.state) == ("late", "held")
    assert any("waits no longer" in note for note in world.notes)
    (seen,) = world.run.expectations
    assert not seen.met


def test_a_wait_that_has_seen_what_it_waits_for_goes_on_however_late() -> None:
    text = (
        "id: check-out\ntitle: T\ncraft: otv\nsteps:\n"
        "- id: seen\n  do: wait\n  margin_s: 3600\n"
        "  until: [{parameter: obc_mode, equals: SAFE}]\n"
        "  only_while: [{parameter: eps_battery_charge, minimum: 60}]\n"
    )
    world = World.of("check-out", Book({"check-out": read(text)}))
    world.look(obc_mode="SAFE", eps_battery_charge=59.0)
    assert world.run.outcome == "completed"


def test_a_branch_that_cannot_be_decided_holds() -> None:
    world = commanded()
    world.settle("r1/rescue.safe/1", "completed")
    world.look(obc_mode="SAFE")
    assert (world.step, world.run.state) == ("charged", "held")
    assert world.run.stop is not None
    assert "never heard" in world.run.stop.why
    world.give(Resumed("ada", "skip"))
    assert world.run.state == "held"
    world.give(Resumed("ada"))
    world.look(obc_mode="SAFE", eps_battery_charge=55.0)
    assert [frame.procedure for frame in world.run.stack] == ["rescue", "check-out"]


def test_a_called_procedure_returns_to_where_it_was_called() -> None:
    world = commanded()
    world.settle("r1/rescue.safe/1", "completed")
    world.look(obc_mode="SAFE", eps_battery_charge=55.0)
    world.look(eps_battery_charge=55.0)
    assert world.names[-1] == "PING"
    world.settle("r1/check-out.ping/1", "completed")
    world.pass_time(60)
    world.look(eps_battery_charge=41.0)
    assert world.step == "load"


def test_a_failed_command_goes_its_own_way() -> None:
    world = World.of("check-out")
    world.look()
    world.settle("r1/check-out.ping/1", "expired")
    world.look()
    assert world.names == ["PING", "REPORT_TIME"]
    world.settle("r1/check-out.again/1", "failed")
    world.look()
    assert (world.step, world.run.state) == ("again", "held")
    world.give(Resumed("ada", "retry"))
    world.look()
    assert [one.key for one in world.run.commands][-1] == "r1/check-out.again/2"
    assert resume_problem(world.run, "retry", world.book)
    world.give(Held("ada", "lunch"))
    assert "still under way" in resume_problem(world.run, "retry", world.book)
    world.give(Resumed("ada"))
    world.settle("r1/check-out.again/1", "completed")  # the first comes late
    world.settle("r1/check-out.again/2", "cancelled")
    world.look()
    world.give(Resumed("ada", "skip"))
    world.look()
    assert world.step == "back"


def test_what_has_ended_is_changed_by_a_late_completion_alone() -> None:
    world = World.of("check-out")
    world.look()
    world.settle("r1/check-out.ping/1", "expired")
    world.settle("r1/check-out.ping/1", "radiated")
    assert world.run.commands[0].state == "expired"
    world.settle("r1/check-out.ping/1", "completed")
    world.settle("r1/check-out.ping/1", "failed")
    assert world.run.commands[0].state == "completed"


def test_a_late_report_completes_what_had_expired() -> None:
    world = World.of("check-out")
    world.book = Book({"check-out": read(_holding)})
    world.look()
    world.settle("r1/check-out.ping/1", "expired")
    world.look()
    assert world.run.state == "held"
    world.settle("r1/check-out.ping/1", "completed")
    world.give(Resumed("ada"))
    world.look()
    assert world.run.outcome == "completed"


_holding = "id: check-out\ntitle: T\ncraft: otv\nsteps: [{id: ping, do: command, command: PING}]\n"


def test_a_hazardous_command_is_not_sent_again_without_its_gate() -> None:
    world = commanded()
    text = _holding.replace("PING}", "SAFE_MODE}")
    world = World.of("check-out", Book({"check-out": read(text)}, {}, world.book.hazardous))
    world.look()
    world.settle("r1/check-out.ping/1", "expired")
    world.look()
    world.give(Resumed("ada", "retry"))
    assert world.run.state == "held"
    assert "not sent again without its gate" in resume_problem(world.run, "retry", world.book)


def test_an_abort_takes_back_what_has_not_left_and_follows_the_abort_path() -> None:
    world = commanded()
    world.give(Aborted("ben", "wrong craft"))
    assert world.states["r1/rescue.safe/1"] == "cancelled"
    world.look()
    assert world.names == ["SAFE_MODE", "RELAY_SESSIONS_CLEAR"]
    world.settle("r1/rescue.clear/1", "completed")
    world.look()
    assert (world.run.state, world.run.outcome) == ("ended", "aborted")
    assert world.run.abort is not None
    assert (world.run.abort.who, world.run.abort.why) == ("ben", "wrong craft")
    before = world.run
    for event in (Aborted("x", "y"), Resumed("x"), Held("x", "y"), Voted("x", "operator", True)):
        world.give(event)
    assert world.run == before


def test_what_the_ledger_never_got_is_not_queued_once_aborted() -> None:
    world = World.of("check-out")
    event = Observed(light_time_s={"otv": LIGHT_TIME_S})
    written, effects = advance_run(world.run, event, world.now, world.book)
    assert [one.name for one in written.unqueued] == ["PING"]
    assert any(isinstance(effect, QueueCommand) for effect in effects)
    aborted, _ = advance_run(written, Aborted("ben", "enough"), world.now, world.book)
    assert aborted.unqueued == ()


def test_a_second_abort_ends_an_abort_path_that_goes_nowhere() -> None:
    world = commanded()
    world.give(Aborted("ben", "wrong craft"))
    world.look()
    world.give(Aborted("ben", "nothing answers"))
    assert (world.run.outcome, world.states["r1/rescue.clear/1"]) == ("aborted", "cancelled")


def test_a_step_may_abort_by_itself() -> None:
    world = commanded()
    world.settle("r1/rescue.safe/1", "failed")
    world.look()
    assert world.names[-1] == "RELAY_SESSIONS_CLEAR"
    assert world.run.abort is not None
    assert world.run.abort.who == ""


RETIMED = """
id: retimed
title: Moved
craft: otv
parameters: [{name: closest, kind: instant}]
steps:
- {id: move, do: retime, parameter: closest, to: ground.closest_approach, most_s: 600}
- id: load
  do: load
  time_argument: session_start_sclk
  entries:
  - command: RELAY_SESSION_ADD
    at: $closest
    arguments: {session_spacecraft_id: 1, session_duration_s: 60}
"""


def retimed() -> World:
    book = Book({"retimed": read(RETIMED)})
    return World.of("retimed", book, closest="2031-08-21T00:00:00Z")


def test_a_time_moves_to_what_the_ground_knows_by_then() -> None:
    world = retimed()
    world.look(**{"ground.closest_approach": "2031-08-20T23:52:30Z"})
    assert [one.at for one in world.run.commands] == [Instant.from_utc_iso("2031-08-20T23:52:30Z")]
    # what the run was told stays written down as it was
    assert world.run.parameters == {"closest": "2031-08-21T00:00:00Z"}


@pytest.mark.parametrize(
    ("values", "age_s", "why"),
    [
        ({}, 0.0, "is not known"),
        ({"ground.closest_approach": "2031-08-21T00:20:00Z"}, 0.0, "+1200 s off closest"),
        ({"ground.closest_approach": "2031-08-21T00:05:00Z"}, 9_000.0, "9000 s old"),
    ],
)
def test_a_time_that_nobody_can_go_by_moves_nothing(
    values: dict[str, str], age_s: float, why: str
) -> None:
    world = retimed()
    world.look(at=world.now.plus_seconds(-age_s), **values)
    assert (world.step, world.run.state, world.names) == ("move", "held", [])
    assert world.run.stop is not None
    assert why in world.run.stop.why
