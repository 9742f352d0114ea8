"""What happens to a run, as a function: `advance_run(run, event, now, book) -> (run, effects)`.

    running ⇄ held
    running → ended (completed);  running | held → abort path → ended (aborted)

A command's key is written into the run when its effect is given, and a key is never given twice:
so a step's visit commands once, whatever comes between.  A gate is passed in one look, by that
look's values and by people who are not the run's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from groundsys.procedures.definitions import (
    Procedure,
)
from groundsys.procedures.looking import Look
from groundsys.procedures.moving import (
    abort_run,
    enter_step,
    push_frame,
    step_after,
    stop_run,
    with_frame,
)
from groundsys.procedures.run import (
    ENDED,
    FATES,
    Aborted,
    Book,
    CommandKnown,
    Effects,
    Held,
    Note,
    Observed,
    ReleaseKnown,
    Resumed,
    Run,
    RunEvent,
    Stop,
    Vote,
    Voted,
)
from groundsys.procedures.standing import (
    gate_of,
    resume_problem,
    vote_problem,
)
from groundsys.values.instants import Instant


def start_run(
    run_id: str,
    procedure: Procedure,
    craft: str,
    parameters: Mapping[str, Any],
    *,
    who: str,
    now: Instant,
    texts: Mapping[str, str] | None = None,
    mdb_version: str = "",
    rehearsal: str = "",
) -> Run:
    """A run before its first step; `parameters` are complete and were checked."""
    run = Run(
        id=run_id,
        procedure=procedure.id,
        spacecraft=craft,
        started_at=now,
        runners=(who,),
        parameters=dict(parameters),
        texts=dict(texts or {}),
        mdb_version=mdb_version,
        rehearsal=rehearsal,
    )
    return push_frame(run, procedure, craft, parameters, procedure.steps[0].id, now)


def advance_run(run: Run, event: RunEvent, now: Instant, book: Book) -> tuple[Run, Effects]:
    """The run after `event`, and what is to be done once it is written down.

    An event that says nothing new, or that may not be, leaves the run as it is.
    """
    match event:
        case CommandKnown():
            return _know(run, event), ()
        case ReleaseKnown():
            return _know_release(run, event)
        case _ if not run.is_open:
            return run, ()
        case Observed():
            return Look(run, event, now, book).go_on()
        case Voted():
            return _vote(run, event, now, book)
        case Held() if run.state == "running":
            return stop_run(run, Stop(event.who, event.why, now))
        case Resumed() if run.state == "held":
            return _resume(run, event, now, book)
        case Aborted():
            return abort_run(run, Stop(event.who, event.why, now), now, book)
    return run, ()


# --- what is noted -----------------------------------------------------------------------------


def _know(run: Run, event: CommandKnown) -> Run:
    known = run.command(event.key)
    if known is None or known.state == "completed":
        return run
    if known.state in ENDED and event.state != "completed":
        return run
    after = replace(
        known,
        command_id=event.command_id,
        state=event.state,
        message=event.message,
        effective_at=event.effective_at,
    )
    commands = tuple(after if one.key == event.key else one for one in run.commands)
    return replace(run, commands=commands)


def _know_release(run: Run, event: ReleaseKnown) -> tuple[Run, Effects]:
    """A released command has come further; it may do so long after the run has ended."""
    known = run.command(event.key)
    if known is None or known.scheduled is None:
        return run, ()
    scheduled = known.scheduled
    over = scheduled.fate in ("completed", "failed")
    if over or FATES.index(event.fate) <= FATES.index(scheduled.fate):
        return run, ()
    after = replace(known, scheduled=replace(scheduled, fate=event.fate))
    commands = tuple(after if one.key == event.key else one for one in run.commands)
    text = (
        f"{scheduled.name} of sub-schedule {scheduled.schedule_id} ({known.command_id}) "
        f"{event.fate} on board at {event.made_at.utc_iso(0)}"
    )
    failed = event.fate == "failed"
    note = Note("warning" if failed else "info", f"{text}: {event.message}" if failed else text)
    return replace(run, commands=commands), (note,)


def _vote(run: Run, event: Voted, now: Instant, book: Book) -> tuple[Run, Effects]:
    gate = gate_of(run, book)
    if gate is None or vote_problem(run, event.who, event.role, book):
        return run, ()
    step, key = gate
    vote = Vote(key, event.who, event.role, event.go, event.why, now)
    others = tuple(one for one in run.votes if (one.gate, one.role) != (key, event.role))
    run = replace(run, votes=(*others, vote))
    word = "go" if event.go else "no-go"
    text = f"{event.who} ({event.role}) says {word} at '{step.id}'"
    note = Note("info", f"{text}: {event.why}" if event.why else text)
    if event.go or run.state != "running":
        return run, (note,)
    run, effects = stop_run(run, Stop(event.who, f"no-go at '{step.id}': {event.why}", now))
    return run, (note, *effects)


def _resume(run: Run, event: Resumed, now: Instant, book: Book) -> tuple[Run, Effects]:
    if resume_problem(run, event.how, book):
        return run, ()
    frame = run.stack[-1]
    step = book.step(frame)
    runners = run.runners if event.who in run.runners else (*run.runners, event.who)
    key = run.key_of(frame)  # at a gate, everybody is asked anew
    votes = tuple(vote for vote in run.votes if vote.gate != key)
    run = replace(run, state="running", stop=None, runners=runners, votes=votes)
    if event.how == "skip" and step is not None:
        run = enter_step(run, step_after(book, frame, step), now)
    elif event.how == "retry" and step is not None:
        run = enter_step(run, step.id, now)
    else:
        run = with_frame(run, replace(frame, window_s=None, window_from=None))
    text = f"resumed by {event.who} ({event.how})"
    return run, (Note("info", f"{text}: {event.why}" if event.why else text),)
