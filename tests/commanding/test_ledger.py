"""A command's life: every history of events ends where the craft's own reports say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.commanding.events import (
    CommandEvent,
    DeadlinePassed,
    Intended,
    Issued,
    NotIssued,
    Radiated,
    Refused,
    Reported,
    Withdrawn,
)
from groundsys.commanding.ledger import SETTLED, Command, adopt, advance_command
from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime
from groundsys.values.records import CommandRecord

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def queued(**changes: object) -> Command:
    command = Command("otv-1", "otv", "PING", {}, "plan", "", NOON, NOON)
    return replace(command, **changes)  # type: ignore[arg-type]


def after(command: Command, *events: CommandEvent) -> Command:
    for number, event in enumerate(events):
        command = advance_command(command, event, NOON.plus_seconds(number))
    return command


def record(yamcs_id: str = "y1", **stages: object) -> CommandRecord:
    return CommandRecord(yamcs_id, "PING", NOON, True, **stages)  # type: ignore[arg-type]


def radiated(sequence_count: int = 5) -> Radiated:
    return Radiated(
        sequence_count,
        TransmitTime(NOON.tai_ns),
        SpacecraftEventTime(NOON.plus_seconds(600).tai_ns),
    )


ISSUE = (Intended(), Issued("y1", 5, NOON.plus_seconds(3600)))
COMPLETION = Reported(record(acceptance="ok", start="ok", completion="ok"))


def test_the_straight_way() -> None:
    states = []
    command = queued()
    for event in (
        *ISSUE,
        radiated(),
        Reported(record(acceptance="ok")),
        Reported(record(acceptance="ok", start="ok")),
        COMPLETION,
    ):
        command = after(command, event)
        states.append(command.state)
    assert states == ["issuing", "issued", "radiated", "accepted", "started", "completed"]
    assert command.attempts[0].radiated_at == NOON
    assert command.deadline == NOON.plus_seconds(3600)


_EVENTS: st.SearchStrategy[CommandEvent] = st.sampled_from(
    [
        radiated(),
        Reported(record(acceptance="ok")),
        Reported(record(acceptance="ok", start="ok")),
        Reported(record("somebody-else", acceptance="failed")),
        DeadlinePassed(),
        NotIssued(),
        Withdrawn("late"),
    ]
)


@given(st.lists(_EVENTS, max_size=12), st.lists(_EVENTS, max_size=6))
def test_a_completion_report_ends_it_whenever_it_comes(
    before: list[CommandEvent], later: list[CommandEvent]
) -> None:
    command = after(queued(), *ISSUE, *before, COMPLETION, *later, *ISSUE)
    assert command.state == "completed"
    assert len(command.attempts) == 1


@given(st.lists(_EVENTS, max_size=12), st.data())
def test_progress_never_goes_back(events: list[CommandEvent], data: st.DataObject) -> None:
    order = ["issued", "radiated", "accepted", "started", "completed"]
    command = after(queued(attempt_limit=1), *ISSUE)
    reached = 0
    for event in events:
        command = after(command, event)
        if command.state in order:
            assert order.index(command.state) >= reached
            reached = order.index(command.state)


def test_the_craft_s_refusal_is_final() -> None:
    for stage in ("acceptance", "start", "completion"):
        report = Reported(record(message="LOW_POWER", **{stage: "failed"}))
        command = after(queued(), *ISSUE, report, DeadlinePassed())
        assert (command.state, command.message) == ("failed", "LOW_POWER")


def test_a_lost_command_is_issued_again_but_not_for_ever() -> None:
    command = after(queued(), *ISSUE, DeadlinePassed(absent=True))
    assert command.state == "queued"
    command = after(command, Intended(), Issued("y2", 6, NOON), DeadlinePassed())
    assert command.state == "expired"
    assert command.state in SETTLED
    assert [attempt.yamcs_id for attempt in command.attempts] == ["y1", "y2"]
    late = after(command, Reported(record("y1", completion="ok")))
    assert late.state == "completed"


@given(
    arrives=st.lists(st.booleans(), min_size=4, max_size=4),
    draws=st.lists(st.tuples(st.sampled_from(["issue", "crash", "report", "deadline", "stale"]),
                             st.integers(0, 3)), max_size=40),
    purpose=st.sampled_from(["operator", "plan", "forward"]),
)  # fmt: skip
def test_any_interleaving_leads_to_one_true_state_and_to_one_execution_at_most(
    arrives: list[bool], draws: list[tuple[str, int]], purpose: str
) -> None:
    """A craft executes what arrives; absence is only told where it is true (recorder drained)."""
    command = queued(purpose=purpose, attempt_limit=3)
    executed: list[int] = []
    for number, (what, which) in enumerate(draws):
        now = NOON.plus_seconds(60.0 * number)
        match what:
            case "issue" if command.state == "queued":
                command = advance_command(command, Intended(), now)
                count = len(command.attempts)
                taken = Issued(f"y{count}", count, now.plus_seconds(600.0))
                command = advance_command(command, taken, now)
                if arrives[count % 4]:
                    executed.append(count)
            case "crash" if command.state == "queued":
                command = advance_command(command, Intended(), now)
                command = advance_command(command, NotIssued(), now)
            case "report" if which < len(executed):
                done = record(f"y{executed[which]}", acceptance="ok", completion="ok")
                command = advance_command(command, Reported(done), now)
            case "deadline" if command.attempts:
                absent = len(command.attempts) - 1 not in executed
                command = advance_command(command, DeadlinePassed(absent=absent), now)
            case "stale":
                command = advance_command(command, Reported(record("foreign")), now)
        assert len(executed) <= 1, "executed twice"
    for count in executed:
        done = record(f"y{count}", acceptance="ok", start="ok", completion="ok")
        command = advance_command(command, Reported(done), NOON.plus_seconds(1e5))
    assert (command.state == "completed") == bool(executed)


def test_a_refusal_by_yamcs_and_a_withdrawal() -> None:
    refused = after(queued(), Intended(), Refused("argument out of range"))
    assert (refused.state, refused.was_issued) == ("failed", False)
    assert after(queued(), Withdrawn("too late")).state == "cancelled"
    assert after(queued(), *ISSUE, Withdrawn("too late")).state == "issued"


@pytest.mark.parametrize("taken", [True, False])
def test_after_a_crash_the_history_tells_whether_yamcs_took_it(taken: bool) -> None:
    command = after(queued(), Intended())
    records = [
        CommandRecord("old", "PING", NOON.plus_seconds(-60), True),
        CommandRecord("other", "SET_MODE", NOON.plus_seconds(1), True),
        CommandRecord("known", "PING", NOON.plus_seconds(1), True),
    ]
    if taken:
        records.append(CommandRecord("mine", "PING", NOON.plus_seconds(1), True))
    found = adopt(command, records, frozenset({"known"}))
    assert (found.id if found else None) == ("mine" if taken else None)
    assert after(command, NotIssued()).state == "queued"
