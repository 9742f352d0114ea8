"""Moves of a run through its procedures: into a step, out to a call's end, to the abort path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from groundsys.procedures.definitions import (
    Procedure,
    Step,
    following,
)
from groundsys.procedures.run import (
    ENDED,
    Book,
    Effect,
    Effects,
    Frame,
    Note,
    Run,
    Stop,
    WithdrawCommand,
)
from groundsys.values.instants import Instant


def push_frame(
    run: Run,
    procedure: Procedure,
    craft: str,
    parameters: Mapping[str, Any],
    step: str,
    now: Instant,
) -> Run:
    frame = Frame(procedure.id, craft, "", 0, now, dict(parameters))
    return enter_step(replace(run, stack=(*run.stack, frame)), step, now)


def enter_step(run: Run, step: str, now: Instant) -> Run:
    """The innermost procedure comes to a step: one more visit to it."""
    frame = run.stack[-1]
    name = f"{frame.procedure}.{step}"
    visit = run.visits.get(name, 0) + 1
    visits = {**run.visits, name: visit} if step else run.visits
    entered = Frame(frame.procedure, frame.craft, step, visit, now, frame.parameters)
    return with_frame(replace(run, visits=visits), entered)


def with_frame(run: Run, frame: Frame) -> Run:
    return replace(run, stack=(*run.stack[:-1], frame))


def end_run(run: Run, outcome: Any, now: Instant) -> Run:
    return replace(run, state="ended", outcome=outcome, stack=(), ended_at=now)


def step_after(book: Book, frame: Frame, step: Step) -> str:
    procedure = book.procedures[frame.procedure]
    path = procedure.steps if step in procedure.steps else procedure.abort
    return following(path, step)


def stop_run(run: Run, stop: Stop) -> tuple[Run, Effects]:
    who = stop.who or "the procedure"
    return replace(run, state="held", stop=stop), (Note("warning", f"held by {who}: {stop.why}"),)


def abort_run(run: Run, stop: Stop, now: Instant, book: Book) -> tuple[Run, Effects]:
    """Leave the steps for the abort paths, from the innermost procedure's outwards."""
    who = stop.who or "the procedure"
    effects: list[Effect] = [Note("warning", f"aborted by {who}: {stop.why}")]
    effects += [WithdrawCommand(one.key) for one in run.commands if one.state not in ENDED]
    commands = tuple(  # those that the ledger never got are never queued
        one if one.command_id or one.state else replace(one, state="cancelled")
        for one in run.commands
    )
    run = replace(run, commands=commands)
    if run.abort is not None:
        return end_run(replace(run, stop=None), "aborted", now), tuple(effects)
    stack = run.stack
    run = replace(run, state="running", stop=None, abort=stop, stack=())
    for frame in stack:
        procedure = book.procedures[frame.procedure]
        if procedure.abort:
            first = procedure.abort[0].id
            run = push_frame(run, procedure, frame.craft, frame.parameters, first, now)
    if not run.stack:
        run = end_run(run, "aborted", now)
    return run, tuple(effects)
