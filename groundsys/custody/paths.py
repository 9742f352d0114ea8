"""Which paths home geometry offers: overflights of the relay, and its view periods on Earth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import Geometry, relay_windows
from groundsys.geometry.sight import RECEIVING
from groundsys.geometry.time_scales import instants_ns
from groundsys.geometry.windows import find_windows
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class Openings:
    """Stretches of time in order, of which no two touch."""

    intervals: tuple[Interval, ...]

    def next_from(self, instant: Instant) -> Instant | None:
        """The first moment at or after `instant` that lies in one of them."""
        after = bisect_right(self.intervals, instant, key=lambda one: one.end)
        if after == len(self.intervals):
            return None
        return max(instant, self.intervals[after].start)


@dataclass(frozen=True, slots=True)
class Paths:
    """From one craft to Earth, by its relay if it has one; all times are SCET at the craft."""

    overflights: Openings
    #: when some antenna sees what the relay sends
    views: Openings

    def departure(self, made: Instant) -> Instant | None:
        """When an octet made at `made` could have left the relay for Earth at the earliest.

        It is alone: no session or pass need be booked, no antenna is taken by others, and it takes
        no time to send.  None if no path opens as far as these reach.
        """
        relayed = self.overflights.next_from(made)
        return None if relayed is None else self.views.next_from(relayed)


def paths_of(
    geometry: Geometry, antennas: Sequence[str], craft: str, relay: str | None, span: Interval
) -> Paths:
    """The paths that open within `span`, by the mission's geometry: sight alone, no link budget.

    Without a relay the craft speaks to Earth itself, whatever it has made at once.
    """
    if relay is None:
        overflights, relay = [span], craft
    else:
        overflights = [one.interval for one in relay_windows(geometry, relay, craft, span)]
    found = find_windows(geometry, list(antennas), relay, span, RECEIVING)
    views: list[Interval] = []
    for antenna, windows in found.items():
        edges = np.concatenate([windows.start_ns, windows.end_ns])
        if not edges.size:
            continue
        light_s = geometry.downlink_light_time_s(antenna, relay, edges)
        starts, ends = np.split(edges - np.rint(light_s * 1e9).astype(np.int64), 2)
        views += [
            Interval(Instant(start), Instant(end))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
    return Paths(openings(overflights), openings(views))


def openings(intervals: Sequence[Interval]) -> Openings:
    """Their union, in order."""
    merged: list[Interval] = []
    for one in sorted(intervals, key=lambda each: (each.start, each.end)):
        if merged and one.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, one.end))
        elif one.start < one.end:
            merged.append(one)
    return Openings(tuple(merged))


def light_time_ns(geometry: Geometry, antenna: str, relay: str, received: Instant) -> int:
    """One-way light time in ns of what an antenna received from a relay at `received` (ERT)."""
    seconds = geometry.downlink_light_time_s(antenna, relay, instants_ns(received))
    return round(float(seconds[0]) * 1e9)
