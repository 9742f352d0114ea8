"""What a new plan changes, as plain values for the store, watchers and the operators' log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.passes.changes import PassChange
from groundsys.passes.changes import planned_of as planned_pass
from groundsys.passes.execution import Pass
from groundsys.passes.notices import Known
from groundsys.planning import Plan, PlanDiff
from groundsys.planning.situation import Homecoming, Shortfall
from groundsys.relay.changes import SessionChange
from groundsys.relay.changes import planned_of as planned_session
from groundsys.relay.sessions import RelaySession
from groundsys.store import PlanVersion
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a plan changes of the bookings, and what that means for whom."""

    passes: tuple[PassChange, ...]
    sessions: tuple[SessionChange, ...]
    #: as `describe_changes` says it
    described: dict[str, Any]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        """Each contact that changes, as watchers see it: where and when before and after."""
        found = [_contact("pass", change) for change in self.passes]
        found += [_contact("relay", change) for change in self.sessions]
        return sorted(found, key=lambda one: (_first_ns(one), str(one["id"])))


def changed_plan(
    booked: Plan, passes: Sequence[PassChange], sessions: Sequence[SessionChange], now: Instant
) -> Plan:
    """What is booked ahead once the changes are made."""
    tracked = {one.id: one for one in booked.passes}
    heard = {one.id: one for one in booked.relay_sessions}
    for change in passes:
        tracked.pop(change.after.id, None)
        if change.after.state != "cancelled" and change.after.end > now:
            tracked[change.after.id] = planned_pass(change.after)
    for each in sessions:
        heard.pop(each.after.id, None)
        if each.after.state != "cancelled" and each.after.end > now:
            heard[each.after.id] = planned_session(each.after)
    return replace(
        booked,
        passes=tuple(sorted(tracked.values(), key=lambda one: (one.start, one.id))),
        relay_sessions=tuple(sorted(heard.values(), key=lambda one: (one.start, one.id))),
    )


def _contact(what: str, change: PassChange | SessionChange) -> dict[str, Any]:
    before = change.before
    was_booked = before is not None and before.state != "cancelled"
    return {
        "id": change.after.id,
        "what": what,
        "kind": change.kind,
        "spacecraft": change.after.spacecraft,
        "before": _place(before) if before is not None and was_booked else None,
        "after": None if change.after.state == "cancelled" else _place(change.after),
    }


def _place(one: Pass | RelaySession) -> dict[str, Any]:
    return {
        "with": one.antenna if isinstance(one, Pass) else one.relay,
        "start_ns": one.start.tai_ns,
        "end_ns": one.end.tai_ns,
        "rate_bps": one.rate_bps,
    }


def _first_ns(contact: dict[str, Any]) -> int:
    places = (contact["before"], contact["after"])
    return min(int(place["start_ns"]) for place in places if place)


def describe_changes(
    passes: Sequence[PassChange],
    sessions: Sequence[SessionChange],
    ahead: Plan,
    diff: PlanDiff,
    commands: Sequence[str],
    shortfalls: Sequence[Shortfall],
) -> dict[str, Any]:
    """Ids of what was moved, added and dropped, and what that means for customers and commands.

    `ahead`: what is booked ahead now, changed or not.
    """
    return {
        "passes": _kinds(passes, {one.id for one in ahead.passes}),
        "relay_sessions": _kinds(sessions, {one.id for one in ahead.relay_sessions}),
        "customers": {
            one.customer: {
                "bits_before": one.bits_before,
                "bits_after": one.bits_after,
                "latency_s_before": one.latency_before_s,
                "latency_s_after": one.latency_after_s,
            }
            for one in diff.customers
        },
        "commands": [
            *(f"need {need} is served no more" for need in diff.needs_lost),
            *(f"need {need} is served now" for need in diff.needs_gained),
            *commands,
        ],
        "shortfalls": [
            {
                "subject": one.subject,
                "asked": one.asked,
                "granted": one.granted,
                "reason": one.reason,
            }
            for one in shortfalls
        ],
    }


def _kinds(
    changes: Sequence[PassChange] | Sequence[SessionChange], ahead: set[str]
) -> dict[str, Any]:
    ids: dict[str, list[str]] = {
        kind: [change.after.id for change in changes if change.kind == kind]
        for kind in ("moved", "retuned", "added", "cancelled", "cut")
    }
    changed = {*ids["moved"], *ids["retuned"], *ids["added"], *ids["cut"]}
    return {
        "kept": len(ahead - changed),
        "moved": ids["moved"],
        "retuned": ids["retuned"],
        "added": ids["added"],
        "dropped": [*ids["cut"], *ids["cancelled"]],
    }


def still_to_come(homecomings: Iterable[Homecoming], now: Instant) -> tuple[Homecoming, ...]:
    """Of what was promised, what is not home yet."""
    return tuple(one for one in homecomings if one.home_at is None or one.home_at > now)


def delayed_commands(
    commands: Iterable[Command], speakers: dict[str, str], before: Plan, after: Plan, now: Instant
) -> list[str]:
    """Commands in the queue that leave later, or never, by the new plan.

    `speakers`: by craft the one that antennas speak to on its behalf.
    """
    told = []
    for command in commands:
        if command.state != "queued":
            continue
        earliest = max(now, command.not_before)
        speaker = speakers.get(command.spacecraft, command.spacecraft)
        old, new = (_leaves_at(plan, speaker, earliest) for plan in (before, after))
        if old is not None and (new is None or new.plus_seconds(-60.0) > old):
            when = "has no pass to leave in" if new is None else f"leaves {new.utc_iso(0)}"
            told.append(f"{command.id} {command.name} {when} instead of {old.utc_iso(0)}")
    return told


def _leaves_at(plan: Plan, speaker: str, earliest: Instant) -> Instant | None:
    moments = [
        max(earliest, Instant(one.uplink_from.tai_ns))
        for one in plan.passes
        if one.spacecraft == speaker and max(one.uplink_from, earliest) < one.uplink_until
    ]
    return min(moments, default=None)


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
    if changes["commands"]:
        parts.append(f"{len(changes['commands'])} commands or needs affected")
    return "; ".join(parts)


def version_for_watchers(one: PlanVersion) -> dict[str, Any]:
    """A version as watchers and requests see it."""
    return {
        "version": one.version,
        "parent": one.parent,
        "made_at_ns": one.made_at.tai_ns,
        "reason": one.reason,
        "value": one.value,
        "bound": one.bound,
        "elapsed_s": one.elapsed_s,
        "until_ns": one.until.tai_ns,
        "notices": one.notices,
        "passes": len(one.plan.passes),
        "relay_sessions": len(one.plan.relay_sessions),
        "changes": dict(one.changes),
    }


def obstacles_for_watchers(known: Known) -> dict[str, Any]:
    """Outages and weather that planning knows of."""
    return {
        "outages": [{"antenna": one.antenna, **_span(one.interval)} for one in known.outages],
        "weather": [
            {"antenna": one.antenna, **_span(one.interval), "loss_db": one.loss_db}
            for one in known.weather
        ],
    }


def _span(interval: Interval) -> dict[str, int]:
    return {"start_ns": interval.start.tai_ns, "end_ns": interval.end.tai_ns}
