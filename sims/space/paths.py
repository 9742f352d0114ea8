"""The ways between antennas and craft, computed ahead in stretches and interpolated.

Light time is sampled every 60 s, overflights every 20 s, and interpolated by cubics through four
samples: h⁴/43 times the fourth derivative.  That is within 1 ns for a circle of 10 000 km about
Mars in two hours or more, and within 0.001° and 1 m for an overflight at such a distance.  Ends of
visibility are bisected to 10 ms.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.geometry import BooleanArray
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.geometry.view_periods import true_intervals
from groundsys.values.instants import Instant, Interval

_SECOND_NS = 1_000_000_000
_STRETCH_STEPS = 360
_VIEW_STRETCH_NS = 6 * 3600 * _SECOND_NS
#: of samples, so that a run without an end stays small
_STRETCHES_KEPT = 4
#: how many stretches ahead a change of visibility is looked for: two days
_STRETCHES_AHEAD = 8

Number = TypeVar("Number", float, FloatArray)


class Sampled:
    """A smooth function of time, sampled every `step_s` where it is asked for."""

    def __init__(self, function: Callable[[NanosecondArray], FloatArray], step_s: int) -> None:
        self._function = function
        self._step_ns = step_s * _SECOND_NS
        self._stretch_ns = self._step_ns * _STRETCH_STEPS
        self._stretches: dict[int, FloatArray] = {}

    def at(self, ns: NanosecondArray) -> FloatArray:
        """The function at many times."""
        first, last = int(ns.min()) // self._stretch_ns, int(ns.max()) // self._stretch_ns
        if first == last:
            return self._interpolate(first, ns)
        values = np.zeros(ns.shape)
        for stretch in range(first, last + 1):
            here = ns // self._stretch_ns == stretch
            if here.any():
                values[here] = self._interpolate(stretch, ns[here])
        return values

    def at_once(self, ns: int) -> float:
        """The function at one time."""
        stretch, rest = divmod(ns, self._stretch_ns)
        step, rest = divmod(rest, self._step_ns)
        before, left, right, after = self._samples(stretch)[step : step + 4].tolist()
        return float(_cubic(before, left, right, after, rest / self._step_ns))

    def _interpolate(self, stretch: int, ns: NanosecondArray) -> FloatArray:
        samples = self._samples(stretch)
        steps, rest = np.divmod(ns - stretch * self._stretch_ns, self._step_ns)
        before, left, right, after = (samples[steps + offset] for offset in range(4))
        return np.asarray(_cubic(before, left, right, after, rest / self._step_ns))

    def _samples(self, stretch: int) -> FloatArray:
        samples = self._stretches.get(stretch)
        if samples is None:
            numbers = np.arange(-1, _STRETCH_STEPS + 2, dtype=np.int64)
            samples = self._function(stretch * self._stretch_ns + numbers * self._step_ns)
            self._stretches[stretch] = samples
            if len(self._stretches) > _STRETCHES_KEPT:
                del self._stretches[min(self._stretches)]
        return samples


def _cubic(before: Number, left: Number, right: Number, after: Number, x: Number) -> Number:
    """Lagrange's cubic through values at −1, 0, 1 and 2."""
    return (
        -before * x * (x - 1.0) * (x - 2.0) / 6.0
        + left * (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0
        - right * (x + 1.0) * x * (x - 2.0) / 2.0
        + after * (x + 1.0) * x * (x - 1.0) / 6.0
    )


class View:
    """Whether something is visible, from `start_ns` on."""

    def __init__(self, visible: Callable[[NanosecondArray], BooleanArray], start_ns: int) -> None:
        self._visible = visible
        self._known_until_ns = start_ns
        #: times at which visibility changes; not visible before the first
        self._changes: list[int] = []

    def at(self, ns: int) -> bool:
        while self._known_until_ns <= ns:
            self._look_ahead()
        return bisect_right(self._changes, ns) % 2 == 1

    def next_change(self, ns: int) -> int:
        """The next change after `ns`, or a time before which there is none."""
        index = bisect_right(self._changes, ns)
        for _ in range(_STRETCHES_AHEAD):
            if index < len(self._changes):
                return self._changes[index]
            self._look_ahead()
            index = bisect_right(self._changes, ns)
        return self._known_until_ns

    def _look_ahead(self) -> None:
        start = Instant(self._known_until_ns)
        span = Interval(start, Instant(self._known_until_ns + _VIEW_STRETCH_NS))
        intervals = true_intervals(self._visible, span)
        seen = len(self._changes) % 2 == 1
        if seen and (not intervals or intervals[0].start > start):
            self._changes.append(start.tai_ns)
        for interval in intervals:
            if not (seen and interval.start == start):
                self._changes.append(interval.start.tai_ns)
            if interval.end < span.end:
                self._changes.append(interval.end.tai_ns)
        self._known_until_ns = span.end.tai_ns


class Path:
    """Both directions between one antenna and one craft; light times in nanoseconds."""

    def __init__(self, geometry: Geometry, antenna_id: str, craft_id: str, start_ns: int) -> None:
        self._downlink_s = Sampled(
            lambda ns: geometry.emission_light_time_s(antenna_id, craft_id, ns), 60
        )
        self._uplink_s = Sampled(
            lambda ns: geometry.uplink_light_time_s(antenna_id, craft_id, ns), 60
        )
        #: by the time of reception at the antenna
        self.downlink_view = View(
            lambda ns: geometry.visible_downlink(antenna_id, craft_id, ns), start_ns
        )
        #: by the time of transmission at the antenna
        self.uplink_view = View(
            lambda ns: geometry.visible_uplink(antenna_id, craft_id, ns), start_ns
        )

    def arrivals_ns(self, emission_ns: NanosecondArray) -> NanosecondArray:
        """When the antenna receives what the craft emits."""
        light_time_s = self._downlink_s.at(emission_ns)
        return np.asarray(emission_ns + np.rint(light_time_s * 1e9).astype(np.int64))

    def downlink_ns(self, emission_ns: int) -> int:
        """Light time of what the craft emits."""
        return round(self._downlink_s.at_once(emission_ns) * 1e9)

    def uplink_ns(self, transmit_ns: int) -> int:
        """Light time of what the antenna transmits."""
        return round(self._uplink_s.at_once(transmit_ns) * 1e9)

    def emission_ns(self, receive_ns: int) -> int:
        """When the craft emitted what arrives at `receive_ns`."""
        emission = receive_ns
        for _ in range(4):  # each round gains four digits, as light time changes by 1e-4
            emission = receive_ns - self.downlink_ns(emission)
        return emission


class Overflight:
    """Elevation of an orbiter at a lander's site, and their distance."""

    def __init__(self, geometry: Geometry, orbiter_id: str, lander_id: str) -> None:
        self._elevation_deg = Sampled(
            lambda ns: geometry.overflight(orbiter_id, lander_id, ns)[0], 20
        )
        self._range_km = Sampled(lambda ns: geometry.overflight(orbiter_id, lander_id, ns)[1], 20)
        self._mask_deg = geometry.elevation_mask_deg(lander_id)

    def elevation_deg(self, ns: int) -> float:
        return self._elevation_deg.at_once(ns)

    def is_seen(self, ns: int) -> bool:
        return self._elevation_deg.at_once(ns) >= self._mask_deg

    def range_km(self, ns: int) -> float:
        return self._range_km.at_once(ns)
