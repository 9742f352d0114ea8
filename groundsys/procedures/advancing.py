"""What happens to a run, as a function: `advance_run(run, event, now, book) -> (run, effects)`.

    running ⇄ held
    running → ended (completed);  running | held → abort path → ended (aborted)

A command's key is written into the run when its effect is given, and a key is never given twice:
so a step's visit commands once, whatever comes between.  A gate is passed in one look, by that
look's values and by people who are not the run's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundsys.procedures.conditions import all_hold
from groundsys.procedures.definitions import (
    ABORT,
    HOLD,
    BranchStep,
    CallStep,
    CommandStep,
    GateStep,
    HoldStep,
    LoadStep,
    NoteStep,
    Procedure,
    Step,
    WaitStep,
    following,
)
from groundsys.procedures.run import (
    ENDED,
    Aborted,
    Book,
    CommandKnown,
    Effect,
    Effects,
    Frame,
    Held,
    Note,
    Observed,
    QueueCommand,
    Resumed,
    Run,
    RunCommand,
    RunEvent,
    Stop,
    Vote,
    Voted,
    WithdrawCommand,
)
from groundsys.procedures.standing import (
    gate_of,
    judge_step,
    resume_problem,
    vote_problem,
    votes_at,
    wait_deadline,
)
from groundsys.values.instants import Instant

#: steps that a run passes in one look; more come with the next
_STEPS_AT_ONCE = 100


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
    )
    return _push(run, procedure, craft, parameters, procedure.steps[0].id, now)


def advance_run(run: Run, event: RunEvent, now: Instant, book: Book) -> tuple[Run, Effects]:
    """The run after `event`, and what is to be done once it is written down.

    An event that says nothing new, or that may not be, leaves the run as it is.
    """
    match event:
        case CommandKnown():
            return _know(run, event), ()
        case _ if not run.is_open:
            return run, ()
        case Observed():
            return _Look(run, event, now, book).go_on()
        case Voted():
            return _vote(run, event, now, book)
        case Held() if run.state == "running":
            return _stop(run, Stop(event.who, event.why, now))
        case Resumed() if run.state == "held":
            return _resume(run, event, now, book)
        case Aborted():
            return abort(run, Stop(event.who, event.why, now), now, book)
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
    run, effects = _stop(run, Stop(event.who, f"no-go at '{step.id}': {event.why}", now))
    return run, (note, *effects)


def _stop(run: Run, stop: Stop) -> tuple[Run, Effects]:
    who = stop.who or "the procedure"
    return replace(run, state="held", stop=stop), (Note("warning", f"held by {who}: {stop.why}"),)


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
        run = _enter(run, _after(book, frame, step), now)
    elif event.how == "retry" and step is not None:
        run = _enter(run, step.id, now)
    else:
        run = _with_frame(run, replace(frame, window_s=None, window_from=None))
    text = f"resumed by {event.who} ({event.how})"
    return run, (Note("info", f"{text}: {event.why}" if event.why else text),)


def abort(run: Run, stop: Stop, now: Instant, book: Book) -> tuple[Run, Effects]:
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
        return _end(replace(run, stop=None), "aborted", now), tuple(effects)
    stack = run.stack
    run = replace(run, state="running", stop=None, abort=stop, stack=())
    for frame in stack:
        procedure = book.procedures[frame.procedure]
        if procedure.abort:
            first = procedure.abort[0].id
            run = _push(run, procedure, frame.craft, frame.parameters, first, now)
    if not run.stack:
        run = _end(run, "aborted", now)
    return run, tuple(effects)


# --- steps -------------------------------------------------------------------------------------


def _push(
    run: Run,
    procedure: Procedure,
    craft: str,
    parameters: Mapping[str, Any],
    step: str,
    now: Instant,
) -> Run:
    frame = Frame(procedure.id, craft, "", 0, now, dict(parameters))
    return _enter(replace(run, stack=(*run.stack, frame)), step, now)


def _enter(run: Run, step: str, now: Instant) -> Run:
    """The innermost procedure comes to a step: one more visit to it."""
    frame = run.stack[-1]
    name = f"{frame.procedure}.{step}"
    visit = run.visits.get(name, 0) + 1
    visits = {**run.visits, name: visit} if step else run.visits
    entered = Frame(frame.procedure, frame.craft, step, visit, now, frame.parameters)
    return _with_frame(replace(run, visits=visits), entered)


def _with_frame(run: Run, frame: Frame) -> Run:
    return replace(run, stack=(*run.stack[:-1], frame))


def _end(run: Run, outcome: Any, now: Instant) -> Run:
    return replace(run, state="ended", outcome=outcome, stack=(), ended_at=now)


def _after(book: Book, frame: Frame, step: Step) -> str:
    procedure = book.procedures[frame.procedure]
    path = procedure.steps if step in procedure.steps else procedure.abort
    return following(path, step)


@dataclass
class _Look:
    """One look at the craft, by which a run goes on as far as it can."""

    run: Run
    observed: Observed
    now: Instant
    book: Book

    def __post_init__(self) -> None:
        self._effects: list[Effect] = []

    def go_on(self) -> tuple[Run, Effects]:
        for _ in range(_STEPS_AT_ONCE):
            if self.run.state != "running" or not self._pass_one():
                break
        return self.run, tuple(self._effects)

    @property
    def frame(self) -> Frame:
        return self.run.stack[-1]

    def _pass_one(self) -> bool:
        """Whether the run came past what it was at."""
        step = self.book.step(self.frame)
        match step:
            case None:
                return self._return()
            case CommandStep():
                return self._command(step)
            case LoadStep():
                return self._load(step)
            case WaitStep():
                return self._wait(step)
            case GateStep():
                return self._gate(step)
            case BranchStep():
                return self._branch(step)
            case CallStep():
                return self._call(step)
            case HoldStep():
                return self._hold(step)
            case NoteStep():
                self._note(f"{step.id}: {step.text}")
                return self._next(step)

    def _return(self) -> bool:
        """The innermost procedure is over; a call goes on, an outer abort path begins."""
        outer = self.run.stack[:-1]
        if not outer:
            outcome = "completed" if self.run.abort is None else "aborted"
            self.run = _end(self.run, outcome, self.now)
            self._note(outcome)
            return False
        self.run = replace(self.run, stack=outer)
        step = self.book.step(self.frame)
        if isinstance(step, CallStep) and self.frame.begun:
            self._next(step)
        return True

    def _command(self, step: CommandStep) -> bool:
        key = self.run.key_of(self.frame)
        known = self.run.command(key)
        if known is None:
            craft = self.book.craft(self.frame, step.craft)
            arguments = self._bind(step.arguments)
            self._queue(QueueCommand(RunCommand(key, craft, step.command, arguments)))
            return False
        if known.state == "completed":
            return self._next(step)
        if known.state in ENDED:
            return self._gone_wrong(step.on_failure, f"{known.name} {known.state}: {known.message}")
        return False

    def _load(self, step: LoadStep) -> bool:
        base = self.run.key_of(self.frame)
        keys = [f"{base}/{number}" for number, _ in enumerate(step.entries, 1)]
        known = [one for one in map(self.run.command, keys) if one is not None]
        if not known:
            craft = self.book.craft(self.frame, step.craft)
            for key, entry in zip(keys, step.entries, strict=True):
                command = RunCommand(key, craft, entry.command, self._bind(entry.arguments))
                if entry.at:
                    at = Instant.from_utc_iso(str(self._bind({"at": entry.at})["at"]))
                    command = replace(
                        command, time_argument=step.time_argument, at=at.plus_seconds(entry.plus_s)
                    )
                self._queue(QueueCommand(command))
            return False
        if any(one.state not in ENDED for one in known):
            return False
        failed = [one for one in known if one.state != "completed"]
        if failed:
            told = "; ".join(f"{one.name} {one.state}: {one.message}" for one in failed)
            return self._gone_wrong(step.on_failure, told)
        return self._next(step)

    def _queue(self, effect: QueueCommand) -> None:
        self.run = replace(self.run, commands=(*self.run.commands, effect.command))
        self._effects.append(effect)

    def _wait(self, step: WaitStep) -> bool:
        craft = self.book.craft(self.frame, step.until[0].craft)
        if self.frame.window_s is None or self.frame.window_from is None:
            light_time_s = self.observed.light_time_s.get(craft)
            if light_time_s is None:
                return False  # how far the craft is, is not known yet
            window_s = 2.0 * light_time_s + step.margin_s
            frame = replace(self.frame, window_s=window_s, window_from=self.now)
            self.run = _with_frame(self.run, frame)
        judged = judge_step(self.run, step, self.observed, self.now, self.book)
        if all_hold(judged):
            return self._next(step)
        deadline = wait_deadline(self.run, self.observed, self.book)
        if deadline is None or self.now < deadline:
            return False
        found = "; ".join(f"{one.text}: {one.found}" for one in judged if not one.holds)
        return self._gone_wrong(step.on_timeout, f"'{step.id}' was not seen in time: {found}")

    def _gate(self, step: GateStep) -> bool:
        judged = judge_step(self.run, step, self.observed, self.now, self.book)
        votes = votes_at(self.run, step, self.run.key_of(self.frame))
        agreed = {vote.role for vote in votes if vote.go and vote.who not in self.run.runners}
        people = {vote.who for vote in votes}
        if agreed != set(step.roles) or len(people) < len(votes) or all_hold(judged) is not True:
            return False
        told = [f"{vote.who} ({vote.role})" for vote in votes]
        told += [f"{one.text}: {one.found}" for one in judged]
        self._note(f"gate '{step.id}' is open: {'; '.join(told)}")
        return self._next(step)

    def _branch(self, step: BranchStep) -> bool:
        judged = judge_step(self.run, step, self.observed, self.now, self.book)
        holds = all_hold(judged)
        if holds is None:
            unknown = "; ".join(f"{one.text}: {one.found}" for one in judged if one.holds is None)
            return self._gone_wrong(HOLD, f"'{step.id}' cannot be decided: {unknown}")
        return self._go_to(step.then if holds else step.otherwise)

    def _call(self, step: CallStep) -> bool:
        """False, though it moves: the called procedure is looked at with its own parameters."""
        if self.frame.begun:
            return self._next(step)
        called = self.book.procedures[step.procedure]
        craft = called.craft or self.book.craft(self.frame, step.craft)
        stated = self._bind(step.parameters)
        parameters = {one.name: stated.get(one.name, one.default) for one in called.parameters}
        self.run = _with_frame(self.run, replace(self.frame, begun=True))
        self.run = _push(self.run, called, craft, parameters, called.steps[0].id, self.now)
        return False

    def _hold(self, step: HoldStep) -> bool:
        if self.frame.begun:
            return self._next(step)
        self.run = _with_frame(self.run, replace(self.frame, begun=True))
        return self._gone_wrong(HOLD, step.why)

    # --- onwards -------------------------------------------------------------------------------

    def _next(self, step: Step) -> bool:
        self.run = _enter(self.run, _after(self.book, self.frame, step), self.now)
        return True

    def _go_to(self, name: str) -> bool:
        self.run = _enter(self.run, "" if name == "end" else name, self.now)
        return True

    def _gone_wrong(self, target: str, why: str) -> bool:
        stop = Stop("", why, self.now)
        if target == HOLD:
            self.run, effects = _stop(self.run, stop)
            self._effects += effects
            return False
        if target == ABORT:
            self.run, effects = abort(self.run, stop, self.now, self.book)
            self._effects += effects
            return True
        self._effects.append(Note("warning", f"{why}; goes on with '{target}'"))
        return self._go_to(target)

    def _bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: self.frame.parameters[value[1:]]
            if isinstance(value, str) and value.startswith("$")
            else value
            for key, value in values.items()
        }

    def _note(self, text: str) -> None:
        self._effects.append(Note("info", text))
