"""A scenario's runs of procedures: evidence from the store, and whether all went as it should.

What the simulated people remember counts for nothing here but which run was theirs, and why one
was never started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.mission.parsing.findings import Findings
from groundsys.mission.scenario.scenario_model import ProcedureRun
from groundsys.procedures.definitions import GateStep
from groundsys.procedures.reading import read_procedure
from groundsys.procedures.run import Expectation, Run
from groundsys.rehearsal.flying.runners import Pursued
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.store import Store
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class GatePassed:
    """A gate that opened: who said go in it, by role, and what it asked."""

    #: procedure.step/visit
    visit: str
    at: Instant
    asked: tuple[str, ...]
    go: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """One planned run, and what came of it."""

    planned: ProcedureRun
    run: str
    #: completed, aborted, held, unfinished, or never started
    outcome: str
    why: str
    started: Instant | None
    ended: Instant | None
    runners: tuple[str, ...] = ()
    gates: tuple[GatePassed, ...] = ()
    #: lost commands that people have sent again
    retries: int = 0

    @property
    def seconds(self) -> float | None:
        """From its start to its end."""
        if self.started is None or self.ended is None:
            return None
        return self.ended.seconds_since(self.started)


def run_evidence(store: Store, pursued: Iterable[Pursued]) -> tuple[RunEvidence, ...]:
    """What the store tells of every planned run."""
    runs = {run.id: run for run in store.procedures.runs()}
    return tuple(_of(store, one, runs.get(one.run)) for one in pursued)


def judge_runs(runs: Sequence[RunEvidence]) -> list[Criterion]:
    """Each run: its end, its gates, and its time where the scenario states one."""
    return [criterion for one in runs for criterion in (_end(one), _gates(one), *_time(one))]


def runs_for_report(runs: Sequence[RunEvidence]) -> list[dict[str, Any]]:
    """Every run with its times and gates, as JSON-ready values."""
    return [
        {
            "procedure": one.planned.key,
            "run": one.run,
            "outcome": one.outcome,
            "why": one.why,
            "started": one.started.utc_iso(0) if one.started else None,
            "ended": one.ended.utc_iso(0) if one.ended else None,
            "retries": one.retries,
            "gates": [
                {"gate": gate.visit, "opened": gate.at.utc_iso(0), "go": dict(gate.go)}
                for gate in one.gates
            ],
        }
        for one in runs
    ]


def _of(store: Store, pursued: Pursued, run: Run | None) -> RunEvidence:
    if run is None:
        return RunEvidence(pursued.planned, "", "never started", pursued.refused, None, None)
    outcome: str = {"ended": run.outcome, "held": "held"}.get(run.state, "unfinished")
    stop = run.abort or run.stop
    where = run.stack[-1].step if run.stack else ""
    return RunEvidence(
        planned=pursued.planned,
        run=run.id,
        outcome=outcome,
        why=stop.why if stop is not None else f"it is at '{where}'" if where else "",
        started=run.started_at,
        ended=run.ended_at,
        runners=run.runners,
        gates=tuple(
            _gate(store, run, one) for one in run.expectations if one.kind == "gate" and one.met
        ),
        retries=pursued.retries,
    )


def _gate(store: Store, run: Run, opened: Expectation) -> GatePassed:
    visit = opened.key.partition("/")[2]
    procedure, _, step = visit.partition("/")[0].partition(".")
    text = store.procedures.text(run.texts[procedure])
    read = read_procedure(text, f"{procedure}.yaml", Findings())
    gate = read.step(step) if read is not None else None
    if not isinstance(gate, GateStep):
        raise CommandRefusedError(f"the store's text of {procedure} has no gate '{step}'")
    go = {one.role: one.who for one in run.votes if one.gate == opened.key and one.go}
    return GatePassed(visit, opened.at, gate.roles, go)


def _end(one: RunEvidence) -> Criterion:
    found = f"{one.outcome}: {one.why}" if one.why else one.outcome
    return Criterion(
        f"procedure[{one.planned.key}]",
        one.outcome == one.planned.expect,
        one.planned.expect,
        found,
    )


def _gates(one: RunEvidence) -> Criterion:
    """Every role by the scenario's own person, by none that runs it and none twice."""
    wrong = []
    for gate in one.gates:
        people = [gate.go.get(role, "nobody") for role in gate.asked]
        wanted = [one.planned.go.get(role, "nobody") for role in gate.asked]
        alone = len(set(people)) == len(people) and not set(people) & set(one.runners)
        if people != wanted or "nobody" in people or not alone:
            told = ", ".join(f"{role} {who}" for role, who in zip(gate.asked, people, strict=True))
            wrong.append(f"{gate.visit}: {told}")
    return Criterion(
        f"procedure_gates[{one.planned.key}]",
        not wrong,
        "a go of every role by the person who has it",
        "; ".join(wrong) or f"{len(one.gates)} gates so",
    )


def _time(one: RunEvidence) -> list[Criterion]:
    limit, took = one.planned.within_s, one.seconds
    if limit is None:
        return []
    return [
        Criterion(
            f"procedure_time[{one.planned.key}]",
            took is not None and took <= limit,
            f"over within {limit:.0f} s of its start",
            f"{took:.0f} s" if took is not None else "not over",
        )
    ]
