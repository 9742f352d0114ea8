"""What a flight of a campaign has shown: pure functions from its report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from groundsys.campaign.definition import Case

#: as it was to be; otherwise; or without a verdict, as the flight itself came to nothing
State = Literal["as_expected", "otherwise", "broken"]
_LEG = re.compile(r"^(leg \d+|all legs): ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what became of it."""

    case: Case
    state: State
    #: criteria that held, of how many
    met: int = 0
    criteria: int = 0
    #: name → what was expected and found, of those that did not hold
    unmet: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: criteria that were to fail, and held
    held: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    #: why there is no verdict
    words: str = ""


def judge_case(case: Case, report: Mapping[str, Any] | None, words: str = "") -> Outcome:
    """Whether a flight showed what it was to; None for a report: it made none, and said `words`."""
    if report is None:
        return Outcome(case, "broken", words=words)
    unmet = {
        str(one["name"]): (str(one["expected"]), str(one["found"]))
        for one in report["criteria"]
        if not one["ok"]
    }
    held = tuple(
        wanted for wanted in case.faults.fails if not any(is_of(wanted, name) for name in unmet)
    )
    as_expected = not held if case.faults.fails else not unmet
    return Outcome(
        case,
        "as_expected" if as_expected else "otherwise",
        met=len(report["criteria"]) - len(unmet),
        criteria=len(report["criteria"]),
        unmet=unmet,
        held=held,
        figures=figures_of(report),
    )


def is_of(wanted: str, name: str) -> bool:
    """Whether a criterion is the one called `wanted`, of any craft or customer, on any leg."""
    bare = _LEG.sub("", name)
    return bare == wanted or bare.startswith(f"{wanted}[")


def figures_of(report: Mapping[str, Any]) -> dict[str, float]:
    """What is compared over truths, where a report has it; each name says its unit."""
    found: dict[str, float] = {
        "rate, × real time": float(report["rate"]),
        "wall time, s": float(report["wall_seconds"]),
        "retransmission rounds": float(report["retransmission_rounds"]),
    }
    arrival = report.get("predicted_vs_actual_s", {}).get("arrival", {})
    for quantile in ("p50", "p99"):
        if arrival.get(quantile) is not None:
            found[f"arrival of commands beside foreseen ({quantile}), s"] = float(arrival[quantile])
    for customer, one in report.get("customers", {}).items():
        if one["latency_s"]["median"] is not None:
            found[f"data of {customer} (median), h"] = float(one["latency_s"]["median"]) / 3600.0
    return found
