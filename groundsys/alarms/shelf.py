"""The shelf: what is on it, until when, and what goes there with it.

A source may give each occasion of a condition an alarm of its own, as Yamcs does.  Shelved is the
condition (ISA-18.2, 11.7): what is raised anew while it is on the shelf goes there too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groundsys.alarms.life_cycle import LONGEST_SHELF, Alarm, is_worse
from groundsys.values.instants import Instant

__all__ = ["LONGEST_SHELF", "next_end", "on_the_same_shelf", "shelves_over"]


def shelves_over(alarms: Iterable[Alarm], now: Instant) -> list[Alarm]:
    """Those whose time on the shelf is over."""
    return [one for one in alarms if one.shelved_until is not None and one.shelved_until <= now]


def next_end(alarms: Iterable[Alarm]) -> Instant | None:
    """When the next of them comes back by itself; None if none is on the shelf."""
    ends = (one.shelved_until for one in alarms if one.shelved_until is not None)
    return min(ends, default=None)


def on_the_same_shelf(new: Alarm, known: Iterable[Alarm], now: Instant) -> Alarm:
    """A new occasion, shelved if its condition is and it is no worse than what was shelved."""
    for one in known:
        if (
            one.shelved_until is not None
            and one.shelved_until > now
            and (one.spacecraft, one.parameter) == (new.spacecraft, new.parameter)
            and not is_worse(new.level, one.level)
        ):
            return replace(
                new,
                shelved_by=one.shelved_by,
                shelved_at=one.shelved_at,
                shelved_until=one.shelved_until,
                shelf_reason=one.shelf_reason,
            )
    return new
