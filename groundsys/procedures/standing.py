"""How a run stands: what its step waits for, and who may say what about it."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.procedures.conditions import Judgement, judge
from groundsys.procedures.definitions import (
    BranchStep,
    Commanding,
    Condition,
    GateStep,
    SequenceStep,
    Step,
    WaitStep,
)
from groundsys.procedures.run import ENDED, Book, Frame, Observed, Resumption, Run, Vote
from groundsys.procedures.windows import window_end
from groundsys.values.instants import Instant


def gate_of(run: Run, book: Book) -> tuple[GateStep, str] | None:
    """The gate that a run is at, and the key that votes there carry."""
    if not run.is_open or not run.stack:
        return None
    step = book.step(run.stack[-1])
    return (step, run.key_of(run.stack[-1])) if isinstance(step, GateStep) else None


def awaits_command(run: Run, book: Book) -> bool:
    """Whether nothing can be seen that would let the run go on: commands are under way."""
    step = book.step(run.stack[-1]) if run.stack else None
    if not isinstance(step, Commanding):
        return False
    mine = run.commands_of(run.key_of(run.stack[-1]))
    return any(one.state not in ENDED for one in mine)


def vote_problem(run: Run, who: str, role: str, book: Book) -> str:
    """Why somebody's vote in a role does not count; "" if it does."""
    gate = gate_of(run, book)
    if gate is None:
        return f"run {run.id} is at no gate"
    step, key = gate
    if role not in step.roles:
        return f"gate '{step.id}' asks {', '.join(step.roles)}, not {role or 'nobody'}"
    if not who:
        return "nobody votes"
    if who in run.runners:
        return f"{who} runs this procedure, and cannot agree to it as well"
    for vote in run.votes:
        if vote.gate == key and vote.who == who and vote.role != role:
            return f"{who} has voted as {vote.role} already"
    return ""


def resume_problem(run: Run, how: Resumption, book: Book) -> str:
    """Why a held run cannot go on this way; "" if it can."""
    if run.state != "held":
        return f"run {run.id} is not held: it has {'ended' if not run.is_open else 'gone on'}"
    frame = run.stack[-1]
    step = book.step(frame)
    if how == "again" or step is None:
        return ""
    if isinstance(step, GateStep | BranchStep):
        return f"nobody goes round '{step.id}'"
    if how == "skip" or not isinstance(step, Commanding):
        return ""
    for one in run.commands_of(run.key_of(frame)):
        if one.state not in ENDED:
            return f"{one.name} is still under way ({one.state or 'not queued'})"
        if (one.spacecraft, one.name) in book.hazardous:
            return f"{one.name} is hazardous: it is not sent again without its gate"
    return ""


def votes_at(run: Run, step: GateStep, key: str) -> list[Vote]:
    """The votes that were given at this visit to a gate, in the order of its roles."""
    given = [vote for vote in run.votes if vote.gate == key and vote.role in step.roles]
    return sorted(given, key=lambda vote: step.roles.index(vote.role))


def judge_step(
    run: Run, step: WaitStep | GateStep | BranchStep, observed: Observed, now: Instant, book: Book
) -> list[Judgement]:
    """How each condition of the step stands that the innermost procedure is at."""
    match step:
        case WaitStep():
            asked = step.until
        case GateStep():
            asked = step.conditions
        case BranchStep():
            asked = step.when
    return _judged(run, step, asked, observed, now, book)


def judge_only_while(
    run: Run, step: WaitStep, observed: Observed, now: Instant, book: Book
) -> list[Judgement]:
    """How that stands without which the wait makes no more sense."""
    return _judged(run, step, step.only_while, observed, now, book)


def _judged(
    run: Run, step: Step, asked: Iterable[Condition], observed: Observed, now: Instant, book: Book
) -> list[Judgement]:
    frame = run.stack[-1]
    bound = book.bound(frame)

    def judged(one: Condition) -> Judgement:
        craft = book.craft(frame, one.craft)
        args = (one, craft, bound, observed.samples, now)
        since = _values_count_since(run, frame, step, craft)
        return judge(*args) if since is None else judge(*args, since=since, usual_age_s=None)

    return [judged(one) for one in asked]


def wait_deadline(run: Run, observed: Observed, book: Book) -> Instant | None:
    """When the present wait, for telemetry or a listing, is over.

    None while the contact that is planned does not suffice.
    """
    frame = run.stack[-1]
    step = book.step(frame)
    if frame.window_s is None or frame.window_from is None:
        return None
    if not isinstance(step, WaitStep | SequenceStep):
        return None
    named = step.until[0].craft if isinstance(step, WaitStep) else step.craft
    craft = book.craft(frame, named)
    return window_end(frame.window_from, frame.window_s, observed.contacts.get(craft, ()))


def _values_count_since(run: Run, frame: Frame, step: Step, craft: str) -> Instant | None:
    """When a command had worked before which a wait takes no value; None if there was none."""
    if not isinstance(step, WaitStep):
        return None
    worked = [one for one in run.commands if one.effective_at and one.state == "completed"]
    if step.after:
        name = f"{frame.procedure}.{step.after}"
        key = f"{run.id}/{name}/{run.visits.get(name, 0)}"
        named = {one.key for one in run.commands_of(key)}
        moments = [one.effective_at for one in worked if one.key in named and one.effective_at]
        if moments:
            return min(moments)
    moments = [one.effective_at for one in worked if one.spacecraft == craft and one.effective_at]
    return max(moments, default=None)
