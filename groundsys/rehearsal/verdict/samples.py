"""The ledger of returned samples: what a flight has added to it, and no gap before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.desks.entry.recovery_desk import read_told
from groundsys.desks.entry.samples_desk import ledger_of
from groundsys.entry.sample_custody import Custody, custody_of
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.store import Store

_ASKS = "min_custody_records"


@dataclass(frozen=True, slots=True)
class LedgerEvidence:
    """One capsule's ledger as a flight has left it, and how much of it the flight has written."""

    custody: Custody
    written: int


def ledger_evidence(
    mission: Mission, scenario: Scenario, store: Store
) -> dict[str, LedgerEvidence]:
    """By capsule of whose samples something may be recorded; none if the scenario asks nothing."""
    if _ASKS not in scenario.criteria:
        return {}
    returns, found = read_returns(mission, Findings()), {}
    for id, filed in returns.items():
        if all(rule.spacecraft not in scenario.spacecraft for rule in filed.recorded):
            continue
        chain = ledger_of(returns, store, scenario.span.start, id)
        reaches = chain[-1].event if chain else "sealed"
        custody = custody_of(id, returns, chain, scenario.span.end, up_to=reaches)
        found[id] = LedgerEvidence(custody, len(read_told(store, id).transfers))
    return found


def judge_ledgers(
    ledgers: Mapping[str, LedgerEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """A ledger that has grown as it was to, and has no gap up to its last record."""
    if _ASKS in limits and not ledgers:
        why = "nothing is filed that its craft's telemetry could show"
        return [Criterion("custody_recorded", False, f"{limits[_ASKS]:g} records or more", why)]
    return [
        Criterion(
            f"custody_recorded[{id}]",
            one.written >= limits[_ASKS] and one.custody.is_whole,
            f"{limits[_ASKS]:g} records or more of this flight, and none that lacks before them",
            "; ".join([f"{one.written} of this flight", *one.custody.reasons]),
        )
        for id, one in ledgers.items()
    ]


def ledgers_for_report(ledgers: Mapping[str, LedgerEvidence]) -> dict[str, Any]:
    """The part `custody` of a report, by capsule."""
    return {id: chain_for_report(ledger.custody) for id, ledger in ledgers.items()}


def chain_for_report(custody: Custody) -> list[dict[str, str]]:
    """Every record, and who told it by what: also that one is only assumed."""
    return [
        {"event": one.event, "at": one.at.utc_iso(0), "holder": one.holder,
         "by": one.by, "evidence": one.evidence}
        for one in custody.chain
    ]  # fmt: skip
