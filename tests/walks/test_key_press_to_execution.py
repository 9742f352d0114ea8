"""Walk 2: an operator's request → ledger → Yamcs → antenna → craft → report → completed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from groundsys.audit import AUTOMATION
from groundsys.ccsds.fields import decode_fields
from groundsys.rehearsal.verdict.auditing import verify_store
from groundsys.values.errors import AccessRefusedError, RefusalError
from groundsys.values.instants import Instant
from tests.walks.flown_day import BATTERY_THRESHOLD_PERCENT, OPERATOR, FlownDay

#: the mission clock's step: an answer may be one late
QUANTUM_S = 1.0


def test_a_command_to_the_otv_is_executed_once_and_every_hop_comes_after_the_one_before(
    day: FlownDay,
) -> None:
    command = day.ledger(day.commanded["SET_BATTERY_THRESHOLD"])
    assert command.state == "completed"
    assert (command.purpose, command.operator) == ("operator", OPERATOR)
    [attempt] = command.attempts
    assert attempt.radiated_at is not None
    assert attempt.arrives_at is not None

    # space: it arrives one light time after it left, and the craft says so itself
    light_time_s = attempt.arrives_at.seconds_since(attempt.radiated_at)
    assert light_time_s == pytest.approx(day.light_time_s(attempt.radiated_at), abs=2.0)
    count = attempt.sequence_count
    [received] = day.truth("otv", "command", count=count, outcome="received")
    [executed] = day.truth("otv", "command", name=command.name, outcome="completed")
    assert executed["count"] == count
    predicted_error_s = Instant(received["time_ns"]).seconds_since(attempt.arrives_at)
    assert abs(predicted_error_s) <= QUANTUM_S

    # back on Earth: the craft's own report of completion, with its receive time
    [report] = [
        one
        for one in day.packets("otv")
        if (one.packet.service, one.packet.subtype) == (1, 7)
        and reported_count(day, one.packet.data) == count
    ]
    events = log_times(day, command.id)
    story = {
        "asked for": events["drafted"],
        "written down": events["intended"],
        "taken by Yamcs": events["issued"],
        "radiated": attempt.radiated_at,
        "received on board": Instant(received["time_ns"]),
        "executed on board": Instant(executed["time_ns"]),
        "report received on Earth": Instant(report.frame.ert_ns),
        "known to be completed": events["reported"],
    }
    for (earlier, before), (later, after) in pairwise(story.items()):
        assert before <= after, f"{later} before {earlier}: {story}"
    returned_s = Instant(report.frame.ert_ns).seconds_since(Instant(executed["time_ns"]))
    assert returned_s >= light_time_s - 2.0

    # Yamcs' own verifiers agree
    [record] = [
        one
        for one in day.yamcs.command_records(day.mission.spacecraft["otv"], day.scenario.span.start)
        if one.id == attempt.yamcs_id
    ]
    assert (record.acceptance, record.start, record.completion) == ("ok", "ok", "ok")


def test_a_command_to_a_sleeping_cube_goes_by_the_relay_and_is_executed_once(
    day: FlownDay,
) -> None:
    command = day.ledger(day.commanded["PAYLOAD_POWER"])
    assert command.state == "completed"
    attempt = command.attempts[-1]
    [executed] = day.truth("cube-polar", "command", name="PAYLOAD_POWER", outcome="completed")
    assert executed["count"] in {one.sequence_count for one in command.attempts}
    with day.store() as store:
        session = next(one for one in store.relay_sessions.all() if one.spacecraft == "cube-polar")
    assert session.interval.contains(Instant(executed["time_ns"]))
    assert attempt.radiated_at is not None
    assert attempt.radiated_at.plus_seconds(day.light_time_s(attempt.radiated_at)) < session.start
    assert log_times(day, command.id)["reported"] > Instant(executed["time_ns"])


def test_the_audit_log_names_who_asked_and_is_countersigned_outside_the_store(
    day: FlownDay,
) -> None:
    with day.store() as store:
        story = list(store.audit.all(subject=day.commanded["SET_BATTERY_THRESHOLD"]))
        others = {one.actor for one in store.audit.all()}
    assert [(one.action, one.actor, one.role) for one in story][:4] == [
        ("command.drafted", OPERATOR, "operator"),
        ("command.prepared", AUTOMATION, AUTOMATION),
        ("command.approved", OPERATOR, "operator"),
        ("command.foreseen", AUTOMATION, AUTOMATION),
    ]
    assert story[0].facts["name"] == "SET_BATTERY_THRESHOLD"
    assert story[0].facts["arguments"] == {"threshold_percent": BATTERY_THRESHOLD_PERCENT}
    assert others >= {OPERATOR, AUTOMATION}
    audit = verify_store(day.run.store, day.run.audit_heads, day.run.notary_key)
    assert audit.findings == ()
    assert audit.countersigned is not None
    assert audit.countersigned.number >= story[-1].number


def test_a_hazardous_command_that_nobody_else_approves_never_leaves(day: FlownDay) -> None:
    command = day.ledger(day.commanded["SAFE_MODE"])
    assert (command.state, command.approver, command.attempts) == ("prepared", "", ())
    assert not day.truth("otv", "command", name="SAFE_MODE")
    with pytest.raises(AccessRefusedError, match="aiko asked for this and cannot approve it"):
        day.requester.ask("command_approve", command_id=command.id)


def test_every_hop_was_foreseen_and_came_when_it_was(day: FlownDay) -> None:
    for name, within_s in (("SET_BATTERY_THRESHOLD", 60.0), ("PAYLOAD_POWER", 120.0)):
        answer = day.requester.ask("command_show", command_id=day.commanded[name])
        hops = {hop["name"]: hop for hop in answer["command"]["hops"]}
        for hop in hops.values():
            assert hop["foreseen_ns"], hop
            assert hop["actual_ns"], hop
        late_s = {key: (hop["actual_ns"] - hop["foreseen_ns"]) / 1e9 for key, hop in hops.items()}
        assert all(abs(late_s[key]) <= within_s for key in ("arrived", "completed")), late_s
        # nobody can know sooner than light allows
        assert late_s["confirmed"] >= -within_s


REFUSALS = [
    pytest.param(
        {"spacecraft": "otv", "command": "PING", "token": ""},
        ["whoever gives no token may not draft command", "role anonymous"],
        id="nobody",
    ),
    pytest.param(
        {"spacecraft": "otv", "command": "PING", "token": "forged"},
        ["not given by this ground segment"],
        id="a token of nobody's",
    ),
    pytest.param(
        {
            "spacecraft": "otv",
            "command": "SET_BATTERY_THRESHOLD",
            "arguments": {"threshold_percent": 99},
        },
        ["threshold_percent is out of range", "10.0 to 60.0 %"],
        id="out of range",
    ),
    pytest.param(
        {"spacecraft": "otv", "command": "DANCE"},
        ["otv has no command 'DANCE'", "SET_MODE"],
        id="unknown command",
    ),
    pytest.param(
        {"spacecraft": "voyager", "command": "PING"},
        ["no craft 'voyager' is flown here", "cube-polar"],
        id="unknown craft",
    ),
]


@pytest.mark.parametrize(("request_", "said"), REFUSALS)
def test_a_command_that_may_not_be_is_refused_in_clear_words_and_leaves_no_trace(
    day: FlownDay, request_: dict[str, Any], said: list[str]
) -> None:
    with day.store() as store:
        before = [one.id for one in store.commands.all()]
    with pytest.raises((RefusalError, AccessRefusedError)) as refused:
        day.requester.ask("command_draft", **request_)
    for words in said:
        assert words in str(refused.value)
    with day.store() as store:
        assert [one.id for one in store.commands.all()] == before


def log_times(day: FlownDay, command_id: str) -> dict[str, Instant]:
    """When each event of a command was written down, the last of its kind."""
    with day.store() as store:
        lines = store.commands.log(command_id)
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    return {line.event: line.time for line in lines}


def reported_count(day: FlownDay, data: bytes) -> int:
    fields = day.mission.spacecraft["otv"].model.packet("COMPLETION_SUCCESS").fields
    return int(decode_fields(fields, data)["request_sequence_count"])
