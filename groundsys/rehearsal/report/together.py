"""Several flights judged together: pure functions from each leg's evidence to one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from itertools import chain
from operator import add
from typing import Any

import numpy as np

from groundsys.audit import Verification
from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.report.report import report
from groundsys.rehearsal.verdict.arriving import arrivals_for_report
from groundsys.rehearsal.verdict.criterion import Criterion, at_least, at_most
from groundsys.rehearsal.verdict.custody import CustodyFigures
from groundsys.rehearsal.verdict.descent_verdict import descents_for_report
from groundsys.rehearsal.verdict.release_verdict import releases_for_report
from groundsys.rehearsal.verdict.run_verdict import runs_for_report
from groundsys.rehearsal.verdict.samples import ledgers_for_report
from groundsys.rehearsal.verdict.strikes import Strikes, judge_strikes
from groundsys.rehearsal.verdict.verdict import Evidence, SpacecraftEvidence


@dataclass(frozen=True, slots=True)
class LegResult:
    """One leg: when, how far away, what was seen of it, and whether its criteria hold."""

    number: int
    date: str
    #: one way, at its start and at its end
    light_time_s: tuple[float, float]
    seed: int
    evidence: Evidence
    criteria: tuple[Criterion, ...]
    #: of a voyage: what was flown on this leg
    scenario: str = ""

    def for_report(self) -> dict[str, Any]:
        evidence = self.evidence
        told = {
            "procedures": runs_for_report(evidence.runs),
            "descents": descents_for_report(evidence.descents),
            "releases": releases_for_report(evidence.releases),
            "arrivals": arrivals_for_report(evidence.arrivals),
            "custody": ledgers_for_report(evidence.ledgers),
        }
        return {
            "leg": self.number,
            **({"scenario": self.scenario} if self.scenario else {}),
            "date": self.date,
            "owlt_min": round(self.light_time_s[0] / 60.0, 2),
            "owlt_min_at_end": round(self.light_time_s[1] / 60.0, 2),
            "seed": self.seed,
            "passes": dict(evidence.passes),
            "overflights": dict(evidence.relay_sessions),
            "commands": dict(evidence.commands),
            "processes_killed": evidence.kills.done,
            "disks_filled": evidence.full_disks.done,
            "wall_seconds": round(evidence.wall_seconds, 1),
            **({name: one for name, one in told.items() if one} if self.scenario else {}),
            "ok": all(one.ok for one in self.criteria),
        }


def report_of_all(
    legs: Sequence[LegResult], limits: Mapping[str, float], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The report on all legs; it is `ok` only if every criterion of every leg holds."""
    together = merged([one.evidence for one in legs])
    criteria = (
        *(
            replace(criterion, name=f"leg {one.number}: {criterion.name}")
            for one in legs
            for criterion in one.criteria
        ),
        *judge_together(together, limits),
    )
    heads = [one.evidence.audit.countersigned for one in legs]
    whole = report(together, criteria, facts)
    countersigned = sum(head.number for head in heads if head is not None)
    return {
        **whole,
        "audit": {**whole["audit"], "countersigned": countersigned},
        "legs": [one.for_report() for one in legs],
    }


def judge_together(evidence: Evidence, limits: Mapping[str, float]) -> tuple[Criterion, ...]:
    """What a scenario asks of all its legs together."""
    passes = evidence.passes
    found = {
        "min_passes": passes["executed"] + passes["degraded"],
        "min_passes_missed": passes["missed"],
        "min_relay_sessions": evidence.relay_sessions["executed"],
        "min_commands_of_people": evidence.commands["of_people"],
        "max_wall_seconds": evidence.wall_seconds,
    }
    criteria = [
        (at_least if name.startswith("min_") else at_most)(f"all legs: {name}", found[name], limit)
        for name, limit in limits.items()
    ]
    criteria += judge_strikes(evidence.kills, evidence.full_disks, "all legs: ")
    return tuple(criteria)


def light_time_s(mission: Mission, scenario: Scenario) -> tuple[float, float]:
    """Of the first craft that antennas speak to, to an antenna, at start and end."""
    craft = next(id for id in scenario.spacecraft if mission.spacecraft[id].relay is None)
    ends = np.array([scenario.span.start.tai_ns, scenario.span.end.tai_ns], dtype=np.int64)
    first, last = Geometry(mission).downlink_light_time_s(scenario.antennas[0], craft, ends)
    return float(first), float(last)


def merged(parts: Sequence[Evidence]) -> Evidence:
    """The evidence of several flights as one."""
    return Evidence(
        spacecraft=_summed_craft(parts),
        files=_chained(one.files for one in parts),
        customers=tuple(dict.fromkeys(_chained(one.customers for one in parts))),
        passes=_summed(one.passes for one in parts),
        relay_sessions=_summed(one.relay_sessions for one in parts),
        commands=_summed(one.commands for one in parts),
        commanded_spacecraft=frozenset().union(*(one.commanded_spacecraft for one in parts)),
        retransmission_rounds=sum(one.retransmission_rounds for one in parts),
        foreign_files=sum(one.foreign_files for one in parts),
        wall_seconds=sum(one.wall_seconds for one in parts),
        executed_twice=_chained(one.executed_twice for one in parts),
        spurious_timeouts=_chained(one.spurious_timeouts for one in parts),
        requests=_summed(one.requests for one in parts),
        custody=CustodyFigures(
            *(
                _chained(getattr(one.custody, name) for one in parts)
                for name in ("arrival_at_issue_s", "completion_at_issue_s", "completion_waiting_s")
            )
        ),
        kills=sum((one.kills for one in parts), Strikes()),
        full_disks=sum((one.full_disks for one in parts), Strikes()),
        replans=_chained(one.replans for one in parts),
        audit=_summed_audits([one.audit for one in parts]),
        where={
            craft: {
                kind: _summed(one.where[craft][kind] for one in parts if craft in one.where)
                for kind in ("files", "commands")
            }
            for craft in _chained(one.where for one in parts)
        },
    )


def _chained(parts: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(parts))


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in parts:
        total.update(one)
    return dict(total)


def _summed_craft(parts: Sequence[Evidence]) -> dict[str, SpacecraftEvidence]:
    by_craft: dict[str, list[SpacecraftEvidence]] = {}
    for part in parts:
        for craft, one in part.spacecraft.items():
            by_craft.setdefault(craft, []).append(one)
    names = [field.name for field in fields(SpacecraftEvidence)]
    return {
        craft: SpacecraftEvidence(
            **{name: reduce(add, (getattr(one, name) for one in of_craft)) for name in names}
        )
        for craft, of_craft in by_craft.items()
    }


def _summed_audits(audits: Sequence[Verification]) -> Verification:
    """Each leg has a log of its own."""
    entries = sum(one.entries for one in audits)
    return Verification(entries, None, _chained(one.findings for one in audits))
