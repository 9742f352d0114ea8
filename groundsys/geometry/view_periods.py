"""When antennas see craft.

View periods come from `windows`: what is said there of errors and of what may be overlooked
holds.  `true_intervals` serves any other predicate: it is sampled at a grid, and each change
bisected to 10 ms, all changes at once; a stretch shorter than the grid's step may be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.geometry import BooleanArray, Geometry
from groundsys.geometry.sight import RECEIVING, TRANSMITTING
from groundsys.geometry.time_scales import NanosecondArray
from groundsys.geometry.windows import Windows, find_windows
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
    TransmitTime,
)

_RESOLUTION_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class ViewPeriod:
    """A stretch in which an antenna can receive a craft; ends are receive times."""

    antenna: str
    spacecraft: str
    receive: Interval
    maximum_elevation_deg: float


@dataclass(frozen=True, slots=True)
class Visibility:
    """When an antenna can receive a craft, and when what it transmits reaches it."""

    #: ends are receive times
    downlink: tuple[ViewPeriod, ...]
    #: transmit times
    uplink: tuple[Interval, ...]


def true_intervals(
    predicate: Callable[[NanosecondArray], BooleanArray],
    span: Interval,
    kind: type[Instant] = Instant,
    step_s: float = 30.0,
) -> tuple[Interval, ...]:
    """The stretches of `span` in which `predicate` holds, ends to 10 ms, as instants of `kind`."""
    start, end = span.start.tai_ns, span.end.tai_ns
    if end <= start:
        return ()
    count = max(2, int(np.ceil((end - start) / (step_s * NANOSECONDS_PER_SECOND))) + 1)
    grid = np.linspace(0, end - start, count).astype(np.int64) + start
    holds = predicate(grid)
    changes = np.flatnonzero(holds[1:] != holds[:-1])
    low, high = grid[changes], grid[changes + 1]
    before = holds[changes]
    while changes.size and int((high - low).max()) > _RESOLUTION_NS:
        middle = (low + high) // 2
        still_before = predicate(middle) == before
        low = np.where(still_before, middle, low)
        high = np.where(still_before, high, middle)
    edges = [int(edge) for edge in (low + high) // 2]
    if holds[0]:
        edges.insert(0, start)
    if holds[-1]:
        edges.append(end)
    return tuple(
        Interval(kind(opens), kind(closes))
        for opens, closes in zip(edges[::2], edges[1::2], strict=True)
    )


def visibility(
    geometry: Geometry, antenna_ids: Sequence[str], craft_id: str, span: Interval
) -> Mapping[str, Visibility]:
    """Both directions of many antennas at once, for little more than one of them costs.

    Each direction is for times at the antenna within `span`; the craft's trajectory must reach
    farther by the light time, else `DefinitionError`.
    """
    down = find_windows(geometry, antenna_ids, craft_id, span, RECEIVING)
    up = find_windows(geometry, antenna_ids, craft_id, span, TRANSMITTING)
    return {
        id: Visibility(_periods(id, craft_id, down[id]), _intervals(up[id], TransmitTime))
        for id in antenna_ids
    }


def view_periods(
    geometry: Geometry, antenna_id: str, craft_id: str, span: Interval
) -> tuple[ViewPeriod, ...]:
    """View periods of the craft within `span` of receive times; an occultation ends one."""
    return all_view_periods(geometry, [antenna_id], craft_id, span)[antenna_id]


def all_view_periods(
    geometry: Geometry, antenna_ids: Sequence[str], craft_id: str, span: Interval
) -> Mapping[str, tuple[ViewPeriod, ...]]:
    """View periods at many antennas at once."""
    found = find_windows(geometry, antenna_ids, craft_id, span, RECEIVING)
    return {id: _periods(id, craft_id, found[id]) for id in antenna_ids}


def uplink_intervals(
    geometry: Geometry, antenna_id: str, craft_id: str, span: Interval
) -> tuple[Interval, ...]:
    """When what the antenna transmits reaches the craft (transmit times)."""
    found = find_windows(geometry, [antenna_id], craft_id, span, TRANSMITTING)
    return _intervals(found[antenna_id], TransmitTime)


def _periods(antenna_id: str, craft_id: str, found: Windows) -> tuple[ViewPeriod, ...]:
    return tuple(
        ViewPeriod(antenna_id, craft_id, interval, elevation)
        for interval, elevation in zip(
            _intervals(found, EarthReceiveTime), found.maximum_elevation_deg.tolist(), strict=True
        )
    )


def _intervals(found: Windows, kind: type[Instant]) -> tuple[Interval, ...]:
    return tuple(
        Interval(kind(start), kind(end))
        for start, end in zip(found.start_ns.tolist(), found.end_ns.tolist(), strict=True)
    )
