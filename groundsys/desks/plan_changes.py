"""What a new plan changes, as plain values for the store, watchers and the operators' log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from groundsys.passes.changes import PassChange
from groundsys.planning.situation import Homecoming
from groundsys.relay.changes import SessionChange


def describe_changes(
    passes: Sequence[PassChange],
    passes_ahead: int,
    sessions: Sequence[SessionChange],
    sessions_ahead: int,
    before: Iterable[Homecoming],
    after: Iterable[Homecoming],
) -> dict[str, Any]:
    """Ids of what was moved, added and dropped; per customer what comes home before and after.

    `…_ahead`: how many are booked ahead now, changed or not.
    """
    old, new = _outlook(before), _outlook(after)
    return {
        "passes": _kinds(passes, passes_ahead),
        "relay_sessions": _kinds(sessions, sessions_ahead),
        "customers": {
            customer: {
                "bits_before": old.get(customer, (0.0, None))[0],
                "bits_after": new.get(customer, (0.0, None))[0],
                "latency_s_before": old.get(customer, (0.0, None))[1],
                "latency_s_after": new.get(customer, (0.0, None))[1],
            }
            for customer in sorted({*old, *new} - {""})
        },
    }


def _kinds(changes: Sequence[PassChange] | Sequence[SessionChange], ahead: int) -> dict[str, Any]:
    ids = {
        kind: [change.after.id for change in changes if change.kind == kind]
        for kind in ("moved", "retuned", "added", "cancelled")
    }
    changed = sum(len(ids[kind]) for kind in ("moved", "retuned", "added"))
    return {
        "kept": ahead - changed,
        "moved": ids["moved"],
        "retuned": ids["retuned"],
        "added": ids["added"],
        "dropped": ids["cancelled"],
    }


def _outlook(homecomings: Iterable[Homecoming]) -> dict[str, tuple[float, float | None]]:
    """Bits that come home, and their mean wait from the end of measuring, by customer."""
    bits: dict[str, float] = {}
    waits: dict[str, float] = {}
    for one in homecomings:
        bits.setdefault(one.customer, 0.0)
        if one.home_at is not None:
            wait_s = max(0.0, one.home_at.seconds_since(one.measured.end))
            bits[one.customer] += one.bits
            waits[one.customer] = waits.get(one.customer, 0.0) + one.bits * wait_s
    return {
        customer: (total, waits[customer] / total if total else None)
        for customer, total in bits.items()
    }


def changes_in_words(changes: dict[str, Any]) -> str:
    """A line for operators: counts, then each customer whose data come otherwise."""
    parts = []
    for what, name in (("passes", "passes"), ("relay_sessions", "relay sessions")):
        counts = {kind: len(changes[what][kind]) for kind in ("moved", "added", "dropped")}
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        parts.append(f"{name} {told or 'as before'}")
    for customer, one in changes["customers"].items():
        megabytes = (one["bits_after"] - one["bits_before"]) / 8e6
        early, late = one["latency_s_before"], one["latency_s_after"]
        later_h = 0.0 if early is None or late is None else (late - early) / 3600.0
        if abs(megabytes) >= 0.05 or abs(later_h) >= 0.05:
            parts.append(f"{customer} {megabytes:+.1f} MB, {later_h:+.1f} h")
    return "; ".join(parts)
