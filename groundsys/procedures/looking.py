"""One look at the craft, by which a run goes on by itself as far as it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from groundsys.procedures.conditions import Judgement, all_hold
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
    RetimeStep,
    SequenceStep,
    Step,
    WaitStep,
)
from groundsys.procedures.moving import (
    abort_run,
    end_run,
    enter_step,
    push_frame,
    step_after,
    stop_run,
    with_frame,
)
from groundsys.procedures.run import (
    ENDED,
    Book,
    Effect,
    Effects,
    Expectation,
    Frame,
    Note,
    Observed,
    QueueCommand,
    Run,
    RunCommand,
    Stop,
)
from groundsys.procedures.sequences import in_time_to_enable, sequence_commands
from groundsys.procedures.standing import (
    judge_only_while,
    judge_step,
    votes_at,
    wait_deadline,
)
from groundsys.procedures.windows import contact_s
from groundsys.scheduling import SCHEDULE_REPORT, ReadBack
from groundsys.values.instants import Instant

#: steps that a run passes in one look; more come with the next
_STEPS_AT_ONCE = 100


@dataclass
class Look:
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
            case SequenceStep():
                return self._sequence(step)
            case WaitStep():
                return self._wait(step)
            case GateStep():
                return self._gate(step)
            case BranchStep():
                return self._branch(step)
            case CallStep():
                return self._call(step)
            case RetimeStep():
                return self._retime(step)
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
            self.run = end_run(self.run, outcome, self.now)
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
            command = RunCommand(key, craft, step.command, arguments)
            self._queue(QueueCommand(in_time_to_enable(self.run, command)))
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
        if told := _what_failed(known):
            return self._gone_wrong(step.on_failure, told)
        return self._next(step)

    def _sequence(self, step: SequenceStep) -> bool:
        """Empty and load a sub-schedule, have it listed, and go on if that is what was loaded."""
        base = self.run.key_of(self.frame)
        craft = self.book.craft(self.frame, step.craft)
        schedule_id = int(self._bind({"id": step.sub_schedule})["id"])
        made = self.run.commands_of(base)
        report_key = f"{base}/report"
        if not made:
            for command in sequence_commands(step, base, craft, schedule_id, self._bind):
                self._queue(QueueCommand(command))
            return False
        if any(one.state not in ENDED for one in made):
            return False
        if told := _what_failed(made):
            return self._gone_wrong(step.on_failure, told)
        named = {"schedule_id": schedule_id}
        if self.run.command(report_key) is None:
            self._queue(QueueCommand(RunCommand(report_key, craft, SCHEDULE_REPORT, named)))
            return False
        found = self.observed.schedules.get((craft, schedule_id), ReadBack("NOT_SHOWN"))
        if found.state == "AS_LOADED":
            entries = len(self.run.loaded_into(craft, schedule_id))
            self._note(f"sub-schedule {schedule_id} holds the {entries} entries that were loaded")
            return self._next(step)
        if found.state == "DIFFERENT":
            told = f"sub-schedule {schedule_id} is not what was loaded: {found.why}"
            return self._gone_wrong(step.on_failure, told)
        if not self._window_is_over(craft, step.margin_s):
            return False
        told = f"sub-schedule {schedule_id} was not listed in time: {found.why}"
        return self._gone_wrong(step.on_failure, told)

    def _queue(self, effect: QueueCommand) -> None:
        self.run = replace(self.run, commands=(*self.run.commands, effect.command))
        self._effects.append(effect)

    def _wait(self, step: WaitStep) -> bool:
        craft = self.book.craft(self.frame, step.until[0].craft)
        is_over = self._window_is_over(craft, step.margin_s)
        if self.frame.window_s is None:
            return False  # how far the craft is, is not known yet
        judged = judge_step(self.run, step, self.observed, self.now, self.book)
        if all_hold(judged):
            self._note_expectation("wait", judged, met=True)
            return self._next(step)
        needed = judge_only_while(self.run, step, self.observed, self.now, self.book)
        if all_hold(needed) is False:
            self._note_expectation("wait", judged, met=False)
            broken = "; ".join(f"{one.text}: {one.found}" for one in needed if one.holds is False)
            return self._gone_wrong(step.on_timeout, f"'{step.id}' waits no longer: {broken}")
        if not is_over:
            return False
        self._note_expectation("wait", judged, met=False)
        found = "; ".join(f"{one.text}: {one.found}" for one in judged if not one.holds)
        return self._gone_wrong(step.on_timeout, f"'{step.id}' was not seen in time: {found}")

    def _window_is_over(self, craft: str, margin_s: float) -> bool:
        """Whether the round trip and a margin of contact have passed since this was first asked."""
        if self.frame.window_s is None or self.frame.window_from is None:
            light_time_s = self.observed.light_time_s.get(craft)
            if light_time_s is None:
                return False
            window_s = 2.0 * light_time_s + margin_s
            frame = replace(self.frame, window_s=window_s, window_from=self.now)
            self.run = with_frame(self.run, frame)
        deadline = wait_deadline(self.run, self.observed, self.book)
        return deadline is not None and self.now >= deadline

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
        self._note_expectation("gate", judged, met=True)
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
        self.run = with_frame(self.run, replace(self.frame, begun=True))
        self.run = push_frame(self.run, called, craft, parameters, called.steps[0].id, self.now)
        return False

    def _hold(self, step: HoldStep) -> bool:
        if self.frame.begun:
            return self._next(step)
        self.run = with_frame(self.run, replace(self.frame, begun=True))
        return self._gone_wrong(HOLD, step.why)

    def _retime(self, step: RetimeStep) -> bool:
        """Moves a parameter of this frame; what was loaded by it before is left as it is."""
        frame = self.frame
        stated = Instant.from_utc_iso(str(frame.parameters[step.parameter]))
        sample = self.observed.samples.get((self.book.craft(frame, step.craft), step.to))
        if sample is None:
            return self._gone_wrong(step.on_failure, f"{step.to} is not known")
        known = Instant.from_utc_iso(str(sample.value))
        age_s, moved_s = self.now.seconds_since(sample.at), known.seconds_since(stated)
        if age_s > step.within_s:
            return self._gone_wrong(step.on_failure, f"{step.to} is {age_s:.0f} s old")
        if abs(moved_s) > step.most_s:
            told = f"{step.to} is {moved_s:+.0f} s off {step.parameter}, {step.most_s:g} s allowed"
            return self._gone_wrong(step.on_failure, told)
        parameters = {**frame.parameters, step.parameter: known.utc_iso(0)}
        self.run = with_frame(self.run, replace(frame, parameters=parameters))
        self._note(f"{step.parameter} moves by {moved_s:+.0f} s to {known.utc_iso(0)}")
        return self._next(step)

    def _note_expectation(
        self, kind: Literal["wait", "gate"], judged: Sequence[Judgement], *, met: bool
    ) -> None:
        """Remember what a wait or gate has seen, and how much of its time that took."""
        frame = self.frame
        if kind == "gate" or frame.window_from is None:
            took_s = self.now.seconds_since(frame.entered_at)
        else:
            step = self.book.step(frame)
            assert isinstance(step, WaitStep)
            craft = self.book.craft(frame, step.until[0].craft)
            contacts = self.observed.contacts.get(craft, ())
            took_s = contact_s(frame.window_from, self.now, contacts)
        one = Expectation(
            *(self.run.key_of(frame), kind, met, tuple(judged), self.now, took_s, frame.window_s)
        )
        self.run = replace(self.run, expectations=(*self.run.expectations, one))

    # --- onwards -------------------------------------------------------------------------------

    def _next(self, step: Step) -> bool:
        self.run = enter_step(self.run, step_after(self.book, self.frame, step), self.now)
        return True

    def _go_to(self, name: str) -> bool:
        self.run = enter_step(self.run, "" if name == "end" else name, self.now)
        return True

    def _gone_wrong(self, target: str, why: str) -> bool:
        stop = Stop("", why, self.now)
        if target == HOLD:
            self.run, effects = stop_run(self.run, stop)
            self._effects += effects
            return False
        if target == ABORT:
            self.run, effects = abort_run(self.run, stop, self.now, self.book)
            self._effects += effects
            return True
        self._effects.append(Note("warning", f"{why}; goes on with '{target}'"))
        return self._go_to(target)

    def _bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        bound = self.book.bound(self.frame)
        return {
            key: bound[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for key, value in values.items()
        }

    def _note(self, text: str) -> None:
        self._effects.append(Note("info", text))


def _what_failed(commands: Sequence[RunCommand]) -> str:
    """Of commands that have ended, those that were not carried out, and why; "" if all were."""
    failed = [one for one in commands if one.state != "completed"]
    return "; ".join(f"{one.name} {one.state}: {one.message}" for one in failed)
