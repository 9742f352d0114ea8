"""A procedure, start to end: waits, commands, a gate, and what the craft says of it."""

from __future__ import annotations

from groundsys.procedures.run import Run
from tests.walks.flown_day import FLIGHT_DIRECTOR, OPERATOR, FlownDay


def run_of(day: FlownDay) -> Run:
    with day.store() as store:
        return next(one for one in store.procedures.runs() if one.id == day.procedure_run)


def test_a_procedure_runs_to_its_end_through_simulated_craft(day: FlownDay) -> None:
    at_gate = day.at_gate
    assert (at_gate["step"], at_gate["state"]) == ("hand-over", "running"), at_gate
    assert [one["holds"] for one in at_gate["at"]["conditions"]] == [True] * 4, at_gate["at"]
    assert at_gate["at"]["votes"] == []

    run = run_of(day)
    assert (run.state, run.outcome) == ("ended", "completed")
    assert run.runners == (OPERATOR,)
    with day.store() as store:
        journal = [line.text for line in store.procedures.journal(run.id)]
    (opened,) = [text for text in journal if text.startswith("gate 'hand-over' is open")]
    assert f"{FLIGHT_DIRECTOR} (flight_director)" in opened
    assert "obc_mode = NOMINAL: NOMINAL" in opened


def test_each_of_its_commands_was_executed_once_on_board(day: FlownDay) -> None:
    run = run_of(day)
    assert [one.name for one in run.commands] == [
        "PING", *["REPORT_HOUSEKEEPING"] * 4, "REPORT_TIME",
    ]  # fmt: skip
    for one in run.commands:
        command = day.ledger(one.command_id)
        assert (command.subject, command.purpose, command.state) == (
            one.key, "procedure", "completed",
        )  # fmt: skip
        (attempt,) = command.attempts
        executed = day.truth(
            "otv", "command", count=attempt.sequence_count, name=one.name, outcome="completed"
        )
        assert len(executed) == 1
