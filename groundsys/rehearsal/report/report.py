"""A rehearsal's report: the evidence and the verdict on it, as values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.audit import Verification
from groundsys.rehearsal.verdict.arriving import arrivals_for_report
from groundsys.rehearsal.verdict.burning import burns_for_report
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.rehearsal.verdict.delivering import latency_for_report, service_for_report
from groundsys.rehearsal.verdict.descent_verdict import descents_for_report
from groundsys.rehearsal.verdict.entry_verdict import entries_for_report
from groundsys.rehearsal.verdict.foretelling import foretelling_for_report
from groundsys.rehearsal.verdict.launching import departures_for_report
from groundsys.rehearsal.verdict.observing_verdict import observing_for_report
from groundsys.rehearsal.verdict.optical_verdict import optical_for_report
from groundsys.rehearsal.verdict.release_verdict import releases_for_report
from groundsys.rehearsal.verdict.replanning import replans_for_report
from groundsys.rehearsal.verdict.run_verdict import runs_for_report
from groundsys.rehearsal.verdict.samples import ledgers_for_report
from groundsys.rehearsal.verdict.shared_verdict import shared_for_report
from groundsys.rehearsal.verdict.surface import surface_for_report
from groundsys.rehearsal.verdict.verdict import Evidence


def report(
    evidence: Evidence, criteria: tuple[Criterion, ...], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The rehearsal's report as JSON-ready values; `ok` is true only if every criterion holds."""
    return {
        **facts,
        "wall_seconds": round(evidence.wall_seconds, 2),
        "spacecraft": {
            name: {
                "frames_sent": one.frames_sent,
                "frames_received": one.frames_received,
                "frames_corrected": one.frames_corrected,
                "frames_lost_on_link": one.frames_lost_on_link,
                "packets_generated": one.packets_generated,
                "packets_archived": one.packets_archived,
                **evidence.where.get(name, {}),
            }
            for name, one in evidence.spacecraft.items()
        },
        "passes": dict(evidence.passes),
        "relay_sessions": dict(evidence.relay_sessions),
        "commands": {
            **evidence.commands,
            "executed_twice": len(evidence.executed_twice),
            "spurious_timeouts": len(evidence.spurious_timeouts),
        },
        "requests": dict(evidence.requests),
        "predicted_vs_actual_s": evidence.custody.for_report(),
        "processes_killed": evidence.kills.done,
        "disks_filled": evidence.full_disks.done,
        "retransmission_rounds": evidence.retransmission_rounds,
        "customers": {
            customer: _customer(evidence, customer, facts) for customer in evidence.customers
        },
        "audit": _audit_for_report(evidence.audit),
        "replanning": replans_for_report(evidence.replans),
        "predictions": foretelling_for_report(evidence.foretelling),
        "descents": descents_for_report(evidence.descents),
        "entries": entries_for_report(evidence.entries),
        "departures": departures_for_report(evidence.departures),
        "procedures": runs_for_report(evidence.runs),
        "releases": releases_for_report(evidence.releases),
        "arrivals": arrivals_for_report(evidence.arrivals),
        "custody": ledgers_for_report(evidence.ledgers),
        "optical_navigation": optical_for_report(evidence.optical),
        "observing": observing_for_report(evidence.observing),
        "shared": shared_for_report(evidence.shared),
        "surface": surface_for_report(evidence.batteries, evidence.campaigns, evidence.landings),
        "burns": burns_for_report(evidence.burns),
        "criteria": [
            {"name": c.name, "ok": c.ok, "expected": c.expected, "found": c.found} for c in criteria
        ],
        "ok": all(c.ok for c in criteria),
    }


def _customer(evidence: Evidence, customer: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    due = [item for item in evidence.files if item.customer == customer and item.due]
    delivered = [item for item in due if item.delivered_sha256 is not None]
    served = evidence.served.get(customer)
    splits = served.splits if served is not None else {}
    latencies_s = evidence.latencies_s(customer)
    return {
        "files_generated": len(due),
        "files_delivered": len(delivered),
        "payload_bytes_generated": sum(item.size for item in due),
        "payload_bytes_delivered": sum(item.size for item in delivered),
        "hash_mismatches": sum(
            item.differs for item in evidence.files if item.customer == customer
        ),
        "versions": served.versions if served is not None else None,
        "latency_s": latency_for_report(
            list(latencies_s.values()),
            [splits[name] for name in latencies_s if name in splits],
        ),
        **service_for_report(evidence.service(customer)),
        "directory": str(facts["deliveries"]) + f"/{customer}",
    }


def _audit_for_report(audit: Verification) -> dict[str, Any]:
    head = audit.countersigned
    return {
        "entries": audit.entries,
        "countersigned": head.number if head else 0,
        "verified": audit.ok,
    }
