"""From the relay sessions that are booked to those of a new plan.

A session that the relay has been told of stands: its table can only be emptied as a whole, and an
overflight that is not needed costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from groundsys.planning.plan import PlannedRelaySession
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant, SpacecraftEventTime

ChangeKind = Literal["added", "moved", "retuned", "cancelled"]


@dataclass(frozen=True, slots=True)
class SessionChange:
    """One session as it was booked (None: it was not) and as it is from now on."""

    kind: ChangeKind
    before: RelaySession | None
    after: RelaySession


def is_fixed(session: RelaySession, now: Instant) -> bool:
    """Whether no plan can change it any more."""
    if session.state == "cancelled":
        return False
    return session.state != "planned" or session.start <= now


def changes_of_sessions(
    booked: Iterable[RelaySession],
    wanted: Iterable[PlannedRelaySession],
    now: Instant,
    version: int,
) -> tuple[SessionChange, ...]:
    """What has to happen for the sessions to be those that version `version` wants.

    A new session that would meet one that stands is not booked.
    """
    known = {one.id: one for one in booked}
    asked = {one.id: one for one in wanted if one.start > now}
    fixed = [one for one in known.values() if is_fixed(one, now)]
    found = []
    for id, planned in asked.items():
        before = known.get(id)
        after = session_of(planned, version)
        meets = any(
            other.relay == after.relay and other.interval.overlaps(after.interval)
            for other in fixed
        )
        if meets or (before is not None and is_fixed(before, now)):
            continue
        if before is None or before.state == "cancelled":
            found.append(SessionChange("added", before, after))
        elif planned_of(before) != planned_of(after):
            moved = (before.start, before.end) != (after.start, after.end)
            found.append(SessionChange("moved" if moved else "retuned", before, after))
    for id, before in known.items():
        if id not in asked and before.state != "cancelled" and not is_fixed(before, now):
            gone = replace(before, state="cancelled", plan_version=version)
            found.append(SessionChange("cancelled", before, gone))
    return tuple(sorted(found, key=lambda change: (change.after.start, change.after.id)))


def session_of(planned: PlannedRelaySession, version: int) -> RelaySession:
    """A session as it is booked."""
    return RelaySession(
        id=planned.id,
        relay=planned.relay,
        spacecraft=planned.spacecraft,
        start=Instant(planned.start.tai_ns),
        end=Instant(planned.end.tai_ns),
        rate_bps=planned.rate_bps,
        maximum_elevation_deg=planned.maximum_elevation_deg,
        volume_bits=planned.volume_bits,
        sigma_s=planned.sigma_s,
        plan_version=version,
    )


def planned_of(session: RelaySession) -> PlannedRelaySession:
    """A session as the plan has it."""
    return PlannedRelaySession(
        id=session.id,
        relay=session.relay,
        spacecraft=session.spacecraft,
        start=SpacecraftEventTime(session.start.tai_ns),
        end=SpacecraftEventTime(session.end.tai_ns),
        rate_bps=session.rate_bps,
        maximum_elevation_deg=session.maximum_elevation_deg,
        volume_bits=session.volume_bits,
        sigma_s=session.sigma_s,
    )
