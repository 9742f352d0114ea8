"""How true custody of commands was: executed once at most, and when it was foreseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from groundsys.commanding.ledger import HARMLESS_TWICE, Attempt, Command
from groundsys.rehearsal.truth import CraftTruth


@dataclass(frozen=True, slots=True)
class CustodyFigures:
    """Seconds by which hops came later than foreseen, of all commands that were completed.

    `at_issue`: as foreseen when they were issued; `waiting`: before that, as people saw it.
    """

    arrival_at_issue_s: Sequence[float] = ()
    completion_at_issue_s: Sequence[float] = ()
    completion_waiting_s: Sequence[float] = field(default=())

    def for_report(self) -> dict[str, Any]:
        """Median and 99th percentile of the size of each."""
        return {
            "arrival": _percentiles(self.arrival_at_issue_s),
            "completion": _percentiles(self.completion_at_issue_s),
            "completion_foreseen_while_waiting": _percentiles(self.completion_waiting_s),
        }


def _percentiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    if not len(seconds):
        return {"commands": 0, "p50": None, "p99": None}
    sizes = np.abs(np.array(seconds))
    p50, p99 = (round(float(one), 3) for one in np.percentile(sizes, (50, 99)))
    return {"commands": len(seconds), "p50": p50, "p99": p99}


def custody_figures(commands: Sequence[Command]) -> CustodyFigures:
    """From what the ledger foresaw and what the craft dated."""
    arrivals, at_issue, waiting = [], [], []
    for command in commands:
        for attempt in command.attempts:
            way, done = attempt.foreseen, attempt.completed_at
            if way is None or done is None:
                continue
            at_issue.append(done.seconds_since(way.completed))
            # a craft dates a command's acceptance as it arrives
            if attempt.accepted_at is not None:
                arrivals.append(attempt.accepted_at.seconds_since(way.reached))
            if command.foreseen is not None and len(command.attempts) == 1:
                waiting.append(done.seconds_since(command.foreseen.completed))
    return CustodyFigures(arrivals, at_issue, waiting)


def executed_twice(
    commands: Sequence[Command], truths: Mapping[str, CraftTruth]
) -> tuple[str, ...]:
    """Commands that a craft truly executed more than once, and what it executed for nobody.

    What the ground says by itself and does no harm twice is left out.
    """
    found: list[str] = []
    for craft, truth in truths.items():
        by_count: dict[int, list[tuple[Attempt, Command]]] = {}
        for command in commands:
            if command.spacecraft == craft:
                for attempt in command.attempts:
                    by_count.setdefault(attempt.sequence_count, []).append((attempt, command))
        times: Counter[str] = Counter()
        harmless = set()
        for one in truth.executed:
            issued = [
                (attempt, command)
                for attempt, command in by_count.get(one.sequence_count, ())
                if command.name == one.name and attempt.issued_at <= one.time
            ]
            if not issued:
                found.append(f"{craft} {one.name} (count {one.sequence_count}), issued by nobody")
                continue
            _, command = max(issued, key=lambda each: each[0].issued_at)
            times[command.id] += 1
            if command.purpose in HARMLESS_TWICE:
                harmless.add(command.id)
        found += [id for id, count in times.items() if count > 1 and id not in harmless]
    return tuple(found)
