"""By when something must have been seen: a window that passes only in contact."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.values.instants import Instant, Interval


def window_end(begun: Instant, window_s: float, contacts: Iterable[Interval]) -> Instant | None:
    """When `window_s` of contact have passed since `begun`.

    `contacts` are receive times, in any order; they may overlap.  None: what is planned does not
    suffice, so that the window stays open until more contact comes.
    """
    left_s = window_s
    reached = begun
    for one in sorted(contacts):
        start = max(one.start, reached)
        if one.end <= start:
            continue
        if one.end.seconds_since(start) >= left_s:
            return start.plus_seconds(left_s)
        left_s -= one.end.seconds_since(start)
        reached = one.end
    return None


def contact_s(begun: Instant, until: Instant, contacts: Iterable[Interval]) -> float:
    """Seconds of contact between two moments; `contacts` as above."""
    found_s = 0.0
    reached = begun
    for one in sorted(contacts):
        start, end = max(one.start, reached), min(one.end, until)
        if end > start:
            found_s += end.seconds_since(start)
            reached = end
    return found_s
