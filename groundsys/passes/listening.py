"""When an antenna listens for a craft's tone: decisions only."""

from __future__ import annotations

from groundsys.geometry import Geometry, view_periods
from groundsys.mission.ground.beacon_model import BeaconWatch
from groundsys.values.instants import Instant, Interval


def fact_of_tones(spacecraft: str) -> str:
    """The store's fact that lists what was heard of a craft."""
    return f"tones:{spacecraft}"


def listening_slots(geometry: Geometry, watch: BeaconWatch, span: Interval) -> tuple[Interval, ...]:
    """One slot in each period of the watch, in the middle of its longest view (receive times).

    A period without a view that is long enough has none.
    """
    views = [one.receive for one in view_periods(geometry, watch.antenna, watch.spacecraft, span)]
    found = []
    start = watch.first
    while start < span.end:
        end = start.plus_seconds(watch.every_s)
        parts = [
            Interval(max(one.start, start), min(one.end, end, span.end))
            for one in views
            if one.overlaps(Interval(start, end))
        ]
        longest = max(parts, key=lambda one: one.seconds, default=None)
        if longest is not None and longest.seconds >= watch.duration_s:
            begins = longest.start.plus_seconds((longest.seconds - watch.duration_s) / 2.0)
            whole = Instant(begins.tai_ns // 1_000_000_000 * 1_000_000_000)
            found.append(Interval(whole, whole.plus_seconds(watch.duration_s)))
        start = end
    return tuple(found)
