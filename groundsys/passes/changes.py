"""From the passes that are booked to those of a new plan: what is moved, booked and let go.

A pass that has begun stands, whatever the plan says of it; only an outage of its antenna ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groundsys.passes.execution import Pass
from groundsys.planning.plan import PlannedPass
from groundsys.planning.situation import Outage
from groundsys.values.instants import EarthReceiveTime, Instant, TransmitTime

ChangeKind = Literal["added", "moved", "retuned", "cancelled", "cut"]


@dataclass(frozen=True, slots=True)
class PassChange:
    """One pass as it was booked (None: it was not) and as it is from now on.

    Moved is a pass with another time or antenna; retuned one whose rate or uplink window alone
    has changed; cut is one under way that ends early.
    """

    kind: ChangeKind
    before: Pass | None
    after: Pass


def has_begun(one: Pass, now: Instant) -> bool:
    """Whether its booked time has come, so that nobody may change it any more."""
    return one.start <= now or one.state in ("searching", "locked", "closed")


def changes_of_passes(
    booked: Iterable[Pass],
    wanted: Iterable[PlannedPass],
    now: Instant,
    version: int,
    outages: Sequence[Outage] = (),
) -> tuple[PassChange, ...]:
    """What has to happen at `now` for the passes to be those that version `version` wants.

    What is already as wanted is not among them; asked again after it was done, nothing is.
    """
    known = {one.id: one for one in booked}
    asked = {one.id: one for one in wanted if one.end > now}
    found = []
    for id, planned in asked.items():
        before = known.get(id)
        if before is not None and _stands(before, now):
            continue
        after = pass_of(planned, version)
        if before is None:
            found.append(PassChange("added", None, after))
        elif before.state == "cancelled":
            found.append(PassChange("added", before, replace(after, told=before.told)))
        elif planned_of(before) != planned_of(after):
            moved = (before.antenna, before.spacecraft, before.start, before.end) != (
                *(after.antenna, after.spacecraft, after.start, after.end),
            )
            after = replace(after, told=before.told)
            found.append(PassChange("moved" if moved else "retuned", before, after))
    for id, before in known.items():
        if id not in asked and before.state != "cancelled" and not _stands(before, now):
            gone = replace(before, state="cancelled", uplink=False, plan_version=version)
            found.append(PassChange("cancelled", before, gone))
    for before in known.values():
        drops_out = _drops_out(before, outages)
        under_way = before.state not in ("closed", "cancelled") and has_begun(before, now)
        cut_at = before.end if drops_out is None else max(now, drops_out)
        if under_way and cut_at < before.end:
            until = max(before.uplink_from, min(before.uplink_until, cut_at))
            cut = replace(before, end=cut_at, uplink_until=until, plan_version=version)
            found.append(PassChange("cut", before, cut))
    return tuple(sorted(found, key=lambda change: (change.after.start, change.after.id)))


def _drops_out(one: Pass, outages: Sequence[Outage]) -> Instant | None:
    """When its antenna drops out during a pass, or before it; None if it does not."""
    return min(
        (
            out.interval.start
            for out in outages
            if out.antenna == one.antenna and out.interval.overlaps(one.interval)
        ),
        default=None,
    )


def _stands(one: Pass, now: Instant) -> bool:
    return one.state != "cancelled" and has_begun(one, now)


def antenna_to_release(one: Pass, prepare_at: Instant, now: Instant) -> str | None:
    """The antenna that was told to prepare and need not now, or None.

    `prepare_at` is when it is to be told of the pass as it stands.  To release it once more than
    needed does no harm, so this also holds after a restart.
    """
    if one.told is None or one.state == "closed":
        return None
    waits = one.state == "planned" and now < prepare_at
    return one.told if one.state == "cancelled" or waits or one.told != one.antenna else None


def pass_of(planned: PlannedPass, version: int) -> Pass:
    """A pass as it is booked; how long the craft is in view is still to be told."""
    return Pass(
        id=planned.id,
        antenna=planned.antenna,
        spacecraft=planned.spacecraft,
        start=Instant(planned.start.tai_ns),
        end=Instant(planned.end.tai_ns),
        uplink_from=Instant(planned.uplink_from.tai_ns),
        uplink_until=Instant(planned.uplink_until.tai_ns),
        light_time_s=planned.light_time_s,
        rate_bps=planned.rate_bps,
        maximum_elevation_deg=planned.maximum_elevation_deg,
        volume_bits=planned.volume_bits,
        sigma_s=planned.sigma_s,
        serves=planned.serves,
        plan_version=version,
    )


def planned_of(one: Pass) -> PlannedPass:
    """A pass as the plan has it."""
    return PlannedPass(
        id=one.id,
        antenna=one.antenna,
        spacecraft=one.spacecraft,
        start=EarthReceiveTime(one.start.tai_ns),
        end=EarthReceiveTime(one.end.tai_ns),
        uplink_from=TransmitTime(one.uplink_from.tai_ns),
        uplink_until=TransmitTime(one.uplink_until.tai_ns),
        light_time_s=one.light_time_s,
        rate_bps=one.rate_bps,
        maximum_elevation_deg=one.maximum_elevation_deg,
        volume_bits=one.volume_bits,
        sigma_s=one.sigma_s,
        serves=one.serves,
    )
