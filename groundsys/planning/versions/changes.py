"""What one plan changes of another: contacts, and what that means for customers and needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from groundsys.planning.plan import Plan
from groundsys.planning.situation import Homecoming
from groundsys.values.instants import Instant


class _Contact(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def start(self) -> Instant: ...
    @property
    def end(self) -> Instant: ...


@dataclass(frozen=True, slots=True)
class ContactChanges:
    """Ids, in order of time."""

    kept: tuple[str, ...]
    #: another time or another use
    moved: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """Volume at home and its mean latency, weighted by volume, before and after."""

    customer: str
    bits_before: float
    bits_after: float
    latency_before_s: float | None
    latency_after_s: float | None


@dataclass(frozen=True, slots=True)
class PlanDiff:
    passes: ContactChanges
    relay_sessions: ContactChanges
    customers: tuple[CustomerChange, ...]
    #: needs that only one of the plans serves
    needs_lost: tuple[str, ...]
    needs_gained: tuple[str, ...]
    #: seconds in which commands can be sent, before and after
    uplink_before_s: float
    uplink_after_s: float

    @property
    def is_empty(self) -> bool:
        """Whether both plans book the same."""
        return not any(
            (*changes.moved, *changes.added, *changes.dropped)
            for changes in (self.passes, self.relay_sessions)
        )


def diff_plans(
    old: Plan,
    new: Plan,
    old_homecomings: Sequence[Homecoming],
    new_homecomings: Sequence[Homecoming],
) -> PlanDiff:
    """What becomes another when `new` replaces `old`."""
    customers = sorted(
        {one.customer for one in (*old_homecomings, *new_homecomings) if one.customer}
    )
    before = {need for one in old.passes for need in one.serves}
    after = {need for one in new.passes for need in one.serves}
    return PlanDiff(
        passes=_changes(old.passes, new.passes),
        relay_sessions=_changes(old.relay_sessions, new.relay_sessions),
        customers=tuple(_of_customer(one, old_homecomings, new_homecomings) for one in customers),
        needs_lost=tuple(sorted(before - after)),
        needs_gained=tuple(sorted(after - before)),
        uplink_before_s=_uplink_s(old),
        uplink_after_s=_uplink_s(new),
    )


def _changes(old: Sequence[_Contact], new: Sequence[_Contact]) -> ContactChanges:
    before = {one.id: one for one in old}
    after = {one.id: one for one in new}
    both = [one for one in new if one.id in before]
    return ContactChanges(
        kept=tuple(one.id for one in both if _same(before[one.id], one)),
        moved=tuple(one.id for one in both if not _same(before[one.id], one)),
        added=tuple(one.id for one in new if one.id not in before),
        dropped=tuple(one.id for one in old if one.id not in after),
    )


def _same(one: _Contact, other: _Contact) -> bool:
    names = ("antenna", "spacecraft", "relay", "start", "end", "rate_bps")
    return all(getattr(one, name, None) == getattr(other, name, None) for name in names)


def _of_customer(
    customer: str, old: Sequence[Homecoming], new: Sequence[Homecoming]
) -> CustomerChange:
    bits_before, latency_before_s = _volume_and_latency(customer, old)
    bits_after, latency_after_s = _volume_and_latency(customer, new)
    return CustomerChange(customer, bits_before, bits_after, latency_before_s, latency_after_s)


def _volume_and_latency(
    customer: str, homecomings: Sequence[Homecoming]
) -> tuple[float, float | None]:
    home = [
        (one.bits, one.home_at.seconds_since(one.measured.end))
        for one in homecomings
        if one.customer == customer and one.home_at is not None
    ]
    bits = sum(each for each, _ in home)
    return bits, sum(each * late_s for each, late_s in home) / bits if bits else None


def _uplink_s(plan: Plan) -> float:
    return sum(one.uplink_until.seconds_since(one.uplink_from) for one in plan.passes)
