"""A shift is cut out of the record, and told so that nothing of it is lost or made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.alarms import Acknowledged, Alarm, Shelved, advance_alarm
from groundsys.audit import AuditEntry
from groundsys.audit.entries import sealed
from groundsys.commanding.ledger import Attempt, Command
from groundsys.handover import Happening, Record, handover_report, shift_of
from groundsys.passes.execution import Pass
from groundsys.procedures.run import Run
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant, Interval

START = Instant.from_utc_iso("2031-08-20T06:00:00Z")
END = Instant.from_utc_iso("2031-08-20T14:00:00Z")
SHIFT = Interval(START, END)
EMPTY = Record((), (), (), (), (), (), ())


def at(hours: float) -> Instant:
    return START.plus_seconds(3_600.0 * hours)


def entry(
    number: int, hours: float, actor: str, role: str, action: str, **facts: str
) -> AuditEntry:
    told = sealed(
        None,
        time=at(hours),
        actor=actor,
        role=role,
        action=action,
        subject="otv:obc_mode#1",
        reason="seen",
        detail="{}" if not facts else '{"parameter":"obc_mode"}',
    )
    return replace(told, number=number)


def booked(id: str, start: float, end: float, **changes: object) -> Pass:
    ends = (at(start), at(end))
    one = Pass(id, "usuda-64", "otv", *ends, *ends, 751.4, 128e3)
    return replace(one, **changes)  # type: ignore[arg-type]


def sections(report: str) -> dict[str, str]:
    parts = report.split("\n## ")
    return {part.partition("\n")[0]: part.partition("\n\n")[2] for part in parts[1:]}


def test_a_shift_in_which_nothing_happened_says_so() -> None:
    report = handover_report(shift_of(EMPTY, SHIFT), "quickstart", simulated=True)
    assert report.startswith("# Hand-over of quickstart (SIMULATED)\n\n2031-08-20 06:00 to ")
    told = sections(report)
    assert len(told) == 10
    assert all(text.startswith("None.") for text in told.values())
    assert "there were none" in told["Commands of people"]


def test_who_was_on_shift_is_who_did_something_and_watches() -> None:
    audit = [
        entry(1, -1.0, "night", "operator", "alarm.acknowledge"),
        entry(2, 1.0, "ada", "operator", "people.log_in"),
        entry(3, 2.0, "automation", "automation", "command.issued"),
        entry(4, 8.0, "ada", "operator", "alarm.acknowledge", parameter="obc_mode"),
        entry(5, 3.0, "pia", "payload_operator", "command.drafted"),
        entry(6, 8.5, "day", "operator", "alarm.acknowledge"),
    ]
    shift = shift_of(replace(EMPTY, audit=audit), SHIFT)
    assert [(one.name, one.first, one.last, one.deeds) for one in shift.crew] == [
        ("ada", at(1.0), at(8.0), 2)
    ]
    assert shift.handled == (Happening(at(8.0), "ada", "obc_mode acknowledged", "seen"),)


def test_alarms_are_told_as_they_stand_and_what_comes_back_is_announced() -> None:
    raised = Alarm("otv:a#1", "otv", "obc_mode", "critical", "SAFE", at(1.0))
    until = at(10.0)
    shelved = advance_alarm(raised, Shelved("ada", "by plan", until), at(2.0))
    seen = replace(raised, id="ground:disk", spacecraft="", parameter="disk", since=at(-9.0))
    seen = advance_alarm(seen, Acknowledged("grace", "room made"), at(3.0))
    gone = replace(raised, id="otv:a#0", cleared_at=at(2.0))
    shift = shift_of(replace(EMPTY, alarms=(shelved, seen, gone)), SHIFT)
    assert shift.raised == (shelved, gone)
    assert shift.open_alarms == (shelved, seen)
    told = sections(handover_report(shift, "quickstart", simulated=False))
    assert "shelved by ada until 2031-08-20 16:00: by plan" in told["Open alarms"]
    assert "| ground | disk |" in told["Open alarms"]
    assert "acknowledged by grace: room made" in told["Open alarms"]
    assert "obc\\_mode comes back from the shelf" in told["What comes"]


@pytest.mark.parametrize(
    ("start", "end", "when"),
    [
        (-2.0, -1.0, ""),
        (-1.0, 1.0, "now"),
        (7.0, 9.0, "now"),
        (8.0, 9.0, "ahead"),
        (21.0, 22.0, ""),
    ],
)
def test_a_pass_is_of_the_shift_or_ahead_or_neither(start: float, end: float, when: str) -> None:
    one = booked("otv-1", start, end)
    session = RelaySession("r-1", "otv", "cube-polar", at(start), at(end))
    shift = shift_of(replace(EMPTY, passes=(one,), sessions=(session,)), SHIFT)
    assert (len(shift.passes), len(shift.sessions)) == ((1, 1) if when == "now" else (0, 0))
    assert len(shift.ahead) == (2 if when == "ahead" else 0)


def test_a_cancelled_pass_does_not_come() -> None:
    one = booked("otv-1", 9.0, 10.0, state="cancelled")
    assert not shift_of(replace(EMPTY, passes=(one,)), SHIFT).ahead


def test_commands_of_people_are_told_one_by_one_and_the_others_counted() -> None:
    asked = Command("otv-7", "otv", "SAFE_MODE", {}, "operator", "", at(1.0), at(1.0))
    mine = replace(asked, operator="ada", why="test | of tables", state="completed")
    mine = replace(mine, attempts=(Attempt("y", 1, at(2.0)),), settled_at=at(3.0))
    before = replace(mine, id="otv-1", queued_at=at(-5.0), settled_at=at(-4.0), attempts=())
    own = replace(mine, id="otv-8", purpose="replay", operator="", state="failed")
    shift = shift_of(replace(EMPTY, commands=(mine, before, own)), SHIFT)
    assert shift.commands == (mine,)
    assert shift.issued == {"completed": 1, "failed": 1}
    told = sections(handover_report(shift, "quickstart", simulated=True))["Commands of people"]
    assert "| otv-7 | otv | SAFE\\_MODE | ada | test \\| of tables | completed |" in told
    assert "1 completed, 1 failed" in told


def test_runs_and_the_log_book_of_the_shift() -> None:
    run = Run("run-1", "burn", "otv", at(-1.0), ("ada", "grace"), ended_at=at(1.0), state="ended")
    run = replace(run, outcome="completed")
    old = replace(run, id="run-0", ended_at=at(-0.5))
    entries = (
        Happening(at(-1.0), "night", "before"),
        Happening(at(8.0), "ada", "<b>wheel</b>\n# 2"),
    )
    shift = shift_of(replace(EMPTY, runs=(old, run), entries=entries), SHIFT)
    told = sections(handover_report(shift, "quickstart", simulated=True))
    assert told["Procedures"].count("run-") == 1
    assert "| run-1 | burn | otv | ada, grace | completed |" in told["Procedures"]
    assert "| 2031-08-20 14:00 | ada | \\<b>wheel\\</b> # 2 |" in told["Log-book"]
    assert "before" not in told["Log-book"]
