"""Requests about procedures: started, held, resumed, aborted, voted on, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker, may, owner_of
from groundsys.desks.requests.procedure_telling import procedure_for_watchers
from groundsys.desks.requests.rehearsal_requests import RehearsalRequests, rehearsal_for_watchers
from groundsys.desks.requests.verbs import Answer, Request, Verb
from groundsys.planning.exchange.fields import to_plain
from groundsys.procedures.conditions import Judgement
from groundsys.procedures.definitions import (
    BranchStep,
    GateStep,
    SequenceStep,
    Step,
    WaitStep,
    kind_of,
)
from groundsys.procedures.rehearsing.verdict import visit_of
from groundsys.procedures.run import (
    Aborted,
    Book,
    Held,
    Resumed,
    Resumption,
    Run,
    RunCommand,
    Voted,
)
from groundsys.procedures.standing import (
    gate_of,
    judge_only_while,
    judge_step,
    resume_problem,
    vote_problem,
    votes_at,
    wait_deadline,
)
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

_JOURNAL_SHOWN = 40
_WAYS: Mapping[str, Resumption] = {"again": "again", "retry": "retry", "skip": "skip"}


class ProcedureRequests:
    """Answers the verbs that begin with `procedure_`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._desk = desks.procedures
        self.verbs: dict[str, Verb] = {
            "procedure_list": Verb(Action.WATCH, self._list),
            "procedure_start": Verb(Action.RUN_PROCEDURE, self._start),
            "procedure_hold": Verb(Action.RUN_PROCEDURE, self._hold),
            "procedure_resume": Verb(Action.RUN_PROCEDURE, self._resume),
            "procedure_abort": Verb(Action.RUN_PROCEDURE, self._abort),
            "procedure_vote": Verb(Action.VOTE_AT_GATE, self._vote),
            "procedure_show": Verb(Action.WATCH, self._show),
            **RehearsalRequests(desks).verbs,
        }

    def _list(self, _: Request, __: Asker) -> Answer:
        library = self._desk.library()
        return {
            "procedures": [
                procedure_for_watchers(self._desks.room, self._desk, library, name)
                for name in library.procedures
            ],
            "runs": [_summary(run, self._desk.book(run)) for run in self._desk.all],
            "rehearsals": [rehearsal_for_watchers(one) for one in self._desk.rehearsals.all],
        }

    def _start(self, request: Request, asker: Asker) -> Answer:
        run = self._desk.start(
            str(request.get("procedure", "")),
            str(request.get("spacecraft") or ""),
            dict(request.get("parameters") or {}),
            asker.name,
        )
        self._audit(asker, "start", run, detail=self._rehearsal_in_short(run))
        return self._told(run)

    def _hold(self, request: Request, asker: Asker) -> Answer:
        run = self._open_run(request)
        if run.state != "running":
            raise CommandRefusedError(f"run {run.id} is held already")
        held = self._desk.give(run.id, Held(asker.name, _why(request)))
        self._audit(asker, "hold", run, _why(request))
        return self._told(held)

    def _resume(self, request: Request, asker: Asker) -> Answer:
        run = self._open_run(request)
        how = _WAYS.get(str(request.get("how") or "again"))
        if how is None:
            raise CommandRefusedError("no such way to resume", expected=", ".join(_WAYS))
        problem = resume_problem(run, how, self._desk.book(run))
        if problem:
            raise CommandRefusedError(problem)
        reason = str(request.get("reason") or "")
        self._desk.give(run.id, Resumed(asker.name, how, reason))
        self._audit(asker, f"resume_{how}", run, reason)
        return self._told(self._desk.look(run.id))

    def _abort(self, request: Request, asker: Asker) -> Answer:
        run = self._open_run(request)
        self._desk.give(run.id, Aborted(asker.name, _why(request)))
        self._audit(asker, "abort", run, _why(request))
        return self._told(self._desk.look(run.id))

    def _vote(self, request: Request, asker: Asker) -> Answer:
        run = self._open_run(request, asker)
        who, role = asker.name, str(asker.role)
        craft = self._desks.room.mission.spacecraft[run.spacecraft]
        may(asker, Action.VOTE_AT_GATE, owner=owner_of(self._desks.room.mission.customers, craft))
        go = request.get("go")
        if not isinstance(go, bool):
            raise CommandRefusedError("a vote is go or no-go", expected="go: true or false")
        reason = str(request.get("reason") or "")
        if not go and not reason:
            raise CommandRefusedError("a no-go says why", expected="a reason")
        problem = vote_problem(run, who, role, self._desk.book(run))
        if problem:
            raise CommandRefusedError(problem)
        rehearsal = self._rehearsal_in_short(run)
        if go and rehearsal.get("stale") and not reason:
            raise CommandRefusedError(
                f"the rehearsal {run.rehearsal} counts no more",
                found="; ".join(rehearsal["stale"]),
                remedy="say no-go, or say why it is a go all the same (--why)",
            )
        self._desk.give(run.id, Voted(who, role, go, reason))
        self._audit(asker, "go" if go else "no_go", run, reason, rehearsal)
        return self._told(self._desk.look(run.id))

    def _show(self, request: Request, _: Asker) -> Answer:
        return self._told(self._run(request))

    # --- within --------------------------------------------------------------------------------

    def _run(self, request: Request, asker: Asker | None = None) -> Run:
        """The run; to a customer's `asker` another's is one that there is not."""
        name = str(request.get("run") or "")
        known = [one for one in self._desk.all if asker is None or self._may_know(asker, one)]
        run = next((one for one in known if one.id == name), None)
        if run is None:
            raise CommandRefusedError(
                f"there is no run '{name}'",
                expected=", ".join(one.id for one in known) or "none was started",
            )
        return run

    def _may_know(self, asker: Asker, run: Run) -> bool:
        mission = self._desks.room.mission
        owner = owner_of(mission.customers, mission.spacecraft[run.spacecraft])
        return not asker.customer or asker.customer == owner

    def _open_run(self, request: Request, asker: Asker | None = None) -> Run:
        run = self._run(request, asker)
        if not run.is_open:
            raise CommandRefusedError(f"run {run.id} has ended: {run.outcome}")
        return run

    def _rehearsal_in_short(self, run: Run) -> Answer:
        """What the audit log tells of the rehearsal that a run rests on."""
        if rehearsed_here := self._desks.room.scenario.rehearses:
            return {"this_flight_rehearses": rehearsed_here}
        if self._desks.room.scenario.is_itself_rehearsal_of(run.procedure, run.spacecraft):
            return {"this_flight_rehearses": run.procedure}
        standing = self._desk.rehearsals.standing_in(run, self._desk.book(run))
        if standing is None or standing.record is None:
            return {}
        return {
            "rehearsal": standing.record.id,
            "verdict": standing.record.verdict_digest,
            "stale": list(standing.reasons),
        }

    def _audit(
        self, asker: Asker, what: str, run: Run, reason: str = "", detail: Answer | None = None
    ) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=f"procedure.{what}",
            subject=run.id,
            reason=reason,
            detail={"step": run.stack[-1].step if run.stack else "", **(detail or {})},
        )

    def _told(self, run: Run) -> Answer:
        book = self._desk.book(run)
        journal = self._desks.room.store.procedures.journal(run.id)
        return {
            **_summary(run, book),
            "title": book.procedures[run.procedure].title,
            "now_ns": self._desks.room.now.tai_ns,
            "runners": list(run.runners),
            "parameters": dict(run.parameters),
            "mdb_version": run.mdb_version,
            "steps": _steps(run, book),
            "at": self._at(run, book),
            "rehearsal": self._rehearsal(run, book),
            "expectations": [to_plain(one, "expectation") for one in run.expectations],
            "commands": [
                {
                    "key": one.key,
                    "command_id": one.command_id,
                    "spacecraft": one.spacecraft,
                    "name": one.name,
                    "state": one.state,
                    "message": one.message,
                    "scheduled": _scheduled(one),
                }
                for one in run.commands
            ],
            "journal": [
                {"time_ns": line.time.tai_ns, "event": line.event, "text": line.text}
                for line in journal[-_JOURNAL_SHOWN:]
            ],
        }

    def _rehearsal(self, run: Run, book: Book) -> Answer | None:
        """The rehearsal that the run rests on, and whether it counts where the run is."""
        standing = self._desk.rehearsals.standing_in(run, book)
        if standing is None or standing.record is None:
            return None
        return {**rehearsal_for_watchers(standing.record), "stale": list(standing.reasons)}

    def _at(self, run: Run, book: Book) -> Answer | None:
        """What the step under way waits for."""
        step = book.step(run.stack[-1]) if run.stack else None
        if step is None:
            return None
        told: Answer = {"step": step.id, "kind": kind_of(step), "says": _says(step)}
        told["visit"] = visit_of(run.key_of(run.stack[-1]))
        if isinstance(step, WaitStep | GateStep | BranchStep):
            observed = self._desks.procedure_observer.observe(run, book)
            now = self._desks.room.now
            told["conditions"] = [
                _judged(one) for one in judge_step(run, step, observed, now, book)
            ]
            if isinstance(step, WaitStep):
                needed = judge_only_while(run, step, observed, now, book)
                told["conditions"] += [
                    {**_judged(one), "text": f"only while {one.text}"} for one in needed
                ]
                told["deadline_ns"] = _nanoseconds(wait_deadline(run, observed, book))
        if isinstance(step, SequenceStep):
            observed = self._desks.procedure_observer.observe(run, book)
            deadline = wait_deadline(run, observed, book)
            if deadline is not None:
                told["deadline_ns"] = deadline.tai_ns
            told["read_back"] = [
                {"spacecraft": craft, "schedule_id": number, "state": one.state, "why": one.why}
                for (craft, number), one in observed.schedules.items()
            ]
        gate = gate_of(run, book)
        if gate is not None:
            votes = votes_at(run, *gate)
            told["roles"] = list(gate[0].roles)
            told["votes"] = [
                {"who": one.who, "role": one.role, "go": one.go, "why": one.why} for one in votes
            ]
        return told


def _steps(run: Run, book: Book) -> list[Answer]:
    """Every step of the procedures under way, or of the run's own once it has ended."""
    names = [frame.procedure for frame in run.stack] or [run.procedure]
    here = {(frame.procedure, frame.step) for frame in run.stack}
    found: list[Answer] = []
    for name in dict.fromkeys(names):
        procedure = book.procedures[name]
        for path, steps in (("steps", procedure.steps), ("abort", procedure.abort)):
            for step in steps:
                visits = run.visits.get(f"{name}.{step.id}", 0)
                state = "under way" if (name, step.id) in here else "done" if visits else ""
                found.append(
                    {
                        "procedure": name,
                        "path": path,
                        "step": step.id,
                        "kind": kind_of(step),
                        "says": _says(step),
                        "state": state,
                        "visits": visits,
                    }
                )
    return found


def _scheduled(command: RunCommand) -> Answer | None:
    """Of an insertion: what it puts on board, when that is released, and what became of it."""
    one = command.scheduled
    if one is None:
        return None
    return {
        "schedule_id": one.schedule_id,
        "name": one.name,
        "at_ns": _nanoseconds(command.at),
        "fate": one.fate,
    }


def _says(step: Step) -> str:
    """The words of a step that an operator looks for."""
    if isinstance(step, SequenceStep):
        return ", ".join(entry.command for entry in step.entries)
    for name in ("question", "text", "why", "command", "procedure"):
        if hasattr(step, name):
            return str(getattr(step, name))
    return ""


def _summary(run: Run, book: Book) -> Answer:
    frame = run.stack[-1] if run.stack else None
    step = book.step(frame) if frame is not None else None
    return {
        "run": run.id,
        "procedure": run.procedure,
        "spacecraft": run.spacecraft,
        "state": run.state,
        "outcome": run.outcome,
        "step": frame.step if frame is not None else "",
        "kind": kind_of(step) if step is not None else "",
        "since_ns": _nanoseconds(frame.entered_at if frame is not None else run.ended_at),
        "started_ns": run.started_at.tai_ns,
        "started_by": run.runners[0] if run.runners else "",
        "ended_ns": _nanoseconds(run.ended_at),
        "stop": None if run.stop is None else {"who": run.stop.who, "why": run.stop.why},
        "abort": None if run.abort is None else {"who": run.abort.who, "why": run.abort.why},
    }


def _judged(one: Judgement) -> Answer:
    return {"text": one.text, "holds": one.holds, "found": one.found}


def _nanoseconds(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns


def _why(request: Request) -> str:
    why = str(request.get("reason") or "")
    if not why:
        raise CommandRefusedError("this needs a reason", expected="a reason")
    return why
