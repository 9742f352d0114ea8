"""When antennas see craft, and when an orbiter passes over a landed craft.

A predicate is sampled at a grid, and each change bisected to 10 ms, all changes at once.  A
stretch shorter than the grid's step (30 s) may be missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.geometry import BooleanArray, Geometry
from groundsys.geometry.time_scales import NanosecondArray
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
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
class RelayWindow:
    """An overflight: the orbiter is above the mask of the landed craft's site."""

    relay: str
    spacecraft: str
    interval: Interval
    minimum_range_km: float
    maximum_elevation_deg: float
    highest_at: Instant


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


def view_periods(
    geometry: Geometry, antenna_id: str, craft_id: str, span: Interval, step_s: float = 30.0
) -> tuple[ViewPeriod, ...]:
    """View periods of the craft within `span` of receive times; an occultation ends one."""

    def visible(ns: NanosecondArray) -> BooleanArray:
        return geometry.visible_downlink(antenna_id, craft_id, ns)

    periods = []
    for interval in true_intervals(visible, span, EarthReceiveTime, step_s):
        elevation = geometry.elevation_deg(antenna_id, craft_id, _samples(interval, step_s))
        periods.append(ViewPeriod(antenna_id, craft_id, interval, float(elevation.max())))
    return tuple(periods)


def uplink_intervals(
    geometry: Geometry, antenna_id: str, craft_id: str, span: Interval, step_s: float = 30.0
) -> tuple[Interval, ...]:
    """When what the antenna transmits reaches the craft (transmit times)."""

    def visible(ns: NanosecondArray) -> BooleanArray:
        return geometry.visible_uplink(antenna_id, craft_id, ns)

    return true_intervals(visible, span, TransmitTime, step_s)


def relay_windows(
    geometry: Geometry, otv_id: str, cube_id: str, span: Interval, step_s: float = 20.0
) -> tuple[RelayWindow, ...]:
    """Overflights of the cube's site by the orbiter within `span`."""
    mask_deg = geometry.elevation_mask_deg(cube_id)

    def above_mask(ns: NanosecondArray) -> BooleanArray:
        return geometry.overflight(otv_id, cube_id, ns)[0] >= mask_deg

    windows = []
    for interval in true_intervals(above_mask, span, SpacecraftEventTime, step_s):
        samples = _samples(interval, step_s)
        elevation, distance = geometry.overflight(otv_id, cube_id, samples)
        highest = int(np.argmax(elevation))
        windows.append(
            RelayWindow(
                otv_id,
                cube_id,
                interval,
                float(distance.min()),
                float(elevation[highest]),
                SpacecraftEventTime(int(samples[highest])),
            )
        )
    return tuple(windows)


def _samples(interval: Interval, step_s: float) -> NanosecondArray:
    start, end = interval.start.tai_ns, interval.end.tai_ns
    count = max(3, int((end - start) / (step_s * NANOSECONDS_PER_SECOND)) + 1)
    return np.linspace(0, end - start, count).astype(np.int64) + start
