"""When antennas see a craft, fast: all crossings of mask and limb of a year in a second.

The same formulas as `Geometry`'s, over interpolated bodies (`EphemerisTable`).  What is slow –
where the craft stands as seen from Earth's centre – is sampled once for all antennas; each
antenna's own crossings follow from that and are refined with its exact geometry, all at once.

* Masks: the apparent direction from Earth's centre, turned with Earth, every 20 min (every 30 s
  within 100 000 km), less the antenna's place.  Corners of a horizon are samples too.
* Mars: the clearance from the line to Earth's centre, by the craft's time, every 300 s: a tenth of
  a radian or more of any free fall about Mars, grazing its surface, is no more than 0.45.

Ends are within 1 ms of those by the kernels (tests/geometry/test_windows.py).  A window or gap
is overlooked only if it is shorter than 1 s, or if a horizon has a gap that the craft passes in
azimuth and turns back through within 20 min.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.crossings import (
    Brackets,
    Samples,
    brackets,
    roots,
    turning_points,
)
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.geometry import Geometry
from groundsys.geometry.occultation import EARTH, MARS
from groundsys.geometry.rotations import length
from groundsys.geometry.sight import (
    SPEED_OF_LIGHT_KM_S,
    Craft,
    Direction,
    aberrated,
    clearance_of_mars_km,
    light_time_to_craft,
    station_state,
)
from groundsys.geometry.stations import Station
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.values.instants import Interval

_MASK_STEP_S = 1200.0
_NEAR_EARTH_KM = 100_000.0
_NEAR_EARTH_STEP_S = 30.0
_MARS_STEP_S = 300.0
_LIGHT_TIME_STEP_S = 7200.0
#: the span's first and last steps are halved so often, as a turning point needs both neighbours
_END_HALVINGS = 6
#: how far beyond the span the craft's clearance is looked at, where its trajectory reaches
_BEYOND_S = 10.0
_TOLERANCE_S = 1e-3


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of time at an antenna (n,): ends in TAI ns, and how high the craft comes."""

    start_ns: NanosecondArray
    end_ns: NanosecondArray
    maximum_elevation_deg: FloatArray


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Separate stretches of time in order (n,), TDB since J2000."""

    start_s: FloatArray
    end_s: FloatArray


def find_windows(
    geometry: Geometry,
    antenna_ids: Sequence[str],
    craft_id: str,
    span: Interval,
    direction: Direction,
) -> Mapping[str, Windows]:
    """When each antenna receives the craft, or reaches it, within a span of the antenna's time."""
    stations = [geometry.station(id) for id in antenna_ids]
    craft = geometry.craft(craft_id)
    if span.end <= span.start:
        nothing = Windows(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        return dict.fromkeys(antenna_ids, nothing)
    scene = _Scene(geometry, stations, craft, span, direction)
    above, heights = scene.above_masks()
    seen = scene.clear_of_mars(above)
    return {
        id: scene.windows(stretches, height)
        for id, stretches, height in zip(antenna_ids, seen, heights, strict=True)
    }


class _Scene:
    """One craft, some stations, a span and a direction of the signal."""

    def __init__(
        self,
        geometry: Geometry,
        stations: Sequence[Station],
        craft: Craft,
        span: Interval,
        direction: Direction,
    ) -> None:
        self._stations, self._craft, self._direction = stations, craft, direction
        self._span_ns = instants_ns(span.start, span.end)
        ends = tdb_seconds(self._span_ns)
        self._start_s, self._end_s = float(ends[0]), float(ends[1])
        nodes = _even(self._start_s, self._end_s, _LIGHT_TIME_STEP_S)
        first, _ = light_time_to_craft(
            geometry.ephemeris, craft, geometry.ephemeris.earth_km(ends), ends, direction
        )
        reach = direction * first
        self._bodies = EphemerisTable(
            geometry.ephemeris,
            float((ends + np.minimum(reach, 0.0)).min()) - 2.0 * _BEYOND_S,
            float((ends + np.maximum(reach, 0.0)).max()) + 2.0 * _BEYOND_S,
        )
        #: light time between Earth's centre and the craft, rough: by the one's and the other's time
        self._node_light_s, _ = light_time_to_craft(
            self._bodies, craft, self._bodies.position_km("earth", nodes), nodes, direction
        )
        self._nodes_s = nodes
        self._craft_nodes_s = nodes + direction * self._node_light_s

        self._places = np.array([one.position_km for one in stations]).T.reshape(3, -1)
        self._axes = np.array([one.axes for one in stations]).reshape(-1, 3, 3)
        self._horizons = [
            one.receive_horizon if direction < 0 else one.transmit_horizon for one in stations
        ]

    # --- masks -------------------------------------------------------------------------------

    def above_masks(self) -> tuple[list[_Stretches], list[_Heights]]:
        """When each station has the craft above its mask, and how high it stands."""
        times = _halved_ends(_even(self._start_s, self._end_s, _MASK_STEP_S))
        sight, distance = self._from_earth(times)
        near = np.minimum(distance[1:], distance[:-1]) < _NEAR_EARTH_KM
        if near.any():
            parts = int(np.ceil(_MASK_STEP_S / _NEAR_EARTH_STEP_S))
            inner = times[:-1][near] + np.outer(np.arange(1, parts) / parts, np.diff(times)[near])
            times = np.sort(np.concatenate([times, inner.ravel()]))
            sight, distance = self._from_earth(times)

        found: list[Brackets] = []
        first: list[bool] = []
        heights = []
        for number, station in enumerate(self._stations):
            north, east, up = local = station.axes @ (sight - station.position_km[:, np.newaxis])
            range_km = length(local)
            heights.append(_Heights(times, up / range_km))
            # diurnal aberration is 1.5e-6; light time to the centre is not that to the station
            margin = 5e-6 + 1.0 / range_km
            samples = Samples(times, self._horizons[number].excess(north, east, up), margin)

            def excess(when: FloatArray, number: int = number) -> FloatArray:
                return self._excess(when, np.full(when.size, number))

            if self._horizons[number].constant is None:
                elevation = np.arctan2(up, np.hypot(north, east))
                samples = self._with_corners(number, samples, np.arctan2(east, north), elevation)
            positive, crossings = brackets(excess, samples)
            first.append(positive)
            found.append(crossings)

        owners = np.repeat(np.arange(len(found)), [one.low_s.size for one in found])
        times = roots(
            lambda when, which: self._excess(when, owners[which]), _joined(found), _TOLERANCE_S
        )
        stretches = [
            _between(positive, times[owners == number], self._start_s, self._end_s)
            for number, positive in enumerate(first)
        ]
        return stretches, heights

    def _from_earth(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The craft as seen from Earth's centre: Earth-fixed (km), and its distance."""
        earth, velocity = self._bodies.state("earth", times)
        light_time = np.interp(times, self._nodes_s, self._node_light_s)
        craft = self._craft.position_km(self._bodies, times + self._direction * light_time)
        sight = aberrated(craft - earth, velocity, self._direction)
        return self._bodies.to_earth_fixed(times, sight), length(sight)

    def _local(self, times: FloatArray, which: NDArray[np.int64]) -> FloatArray:
        """The apparent direction along north, east and up of the stations `which`."""
        bodies, direction = self._bodies, self._direction
        place, velocity = station_state(bodies, self._places.take(which, axis=1), times)
        guess = np.interp(times, self._nodes_s, self._node_light_s)
        _, craft = light_time_to_craft(bodies, self._craft, place, times, direction, guess)
        sight = bodies.to_earth_fixed(times, aberrated(craft - place, velocity, direction))
        return np.asarray(np.einsum("nij,jn->in", self._axes[which], sight))

    def _excess(self, times: FloatArray, which: NDArray[np.int64]) -> FloatArray:
        north, east, up = self._local(times, which)
        result = np.zeros(times.size)
        for number in np.unique(which):
            its = which == number
            result[its] = self._horizons[number].excess(north[its], east[its], up[its])
        return result

    def _with_corners(
        self, number: int, samples: Samples, azimuths: FloatArray, elevations: FloatArray
    ) -> Samples:
        """Samples also where the craft passes the corners of the horizon, and in between."""
        times = samples.times_s
        corners = self._horizons[number].corner_azimuths
        full = 2.0 * np.pi
        unwrapped = np.unwrap(azimuths)
        passed = np.searchsorted(corners, np.mod(unwrapped, full), side="right") + (
            corners.size * np.floor(unwrapped / full).astype(np.int64)
        )
        count = np.diff(passed)
        lowest = self._horizons[number].lowest - 0.1
        visible = np.maximum(elevations[1:], elevations[:-1]) > lowest
        at = np.repeat(np.arange(count.size), np.where(visible, np.abs(count), 0))
        if not at.size:
            return samples
        order = np.arange(at.size) - np.searchsorted(at, at)
        index = np.where(count[at] > 0, passed[at] + order, passed[at] - 1 - order)
        turns, which = np.divmod(index, corners.size)
        target = corners[which] + full * turns
        low, high = times[at], times[at + 1]
        rate = (unwrapped[at + 1] - unwrapped[at]) / (high - low)
        when = np.clip(low + (target - unwrapped[at]) / rate, low, high)
        owner = np.full(when.size, number)
        for _ in range(3):
            north, east, _ = self._local(when, owner)
            error = np.mod(np.arctan2(east, north) - target + np.pi, full) - np.pi
            when = np.clip(when - error / rate, low, high)
        merged = np.unique(np.concatenate([times, when]))
        is_corner = np.isin(merged, when)
        beside = is_corner[1:] | is_corner[:-1]
        middles = (merged[1:][beside] + merged[:-1][beside]) / 2.0
        new = np.unique(np.concatenate([when, middles]))
        new = new[~np.isin(new, times)]
        every = np.concatenate([times, new])
        order = np.argsort(every)
        values = np.concatenate([samples.values, self._excess(new, np.full(new.size, number))])
        margin = np.concatenate([samples.margin, np.zeros(new.size)])
        return Samples(every[order], values[order], margin[order])

    # --- Mars --------------------------------------------------------------------------------

    def clear_of_mars(self, above: Sequence[_Stretches]) -> list[_Stretches]:
        """What of each station's stretches Mars leaves."""
        times = self._craft_times()
        hidden = self._clearance(times, None)[0]
        craft = self._craft.from_mars_km(self._bodies, times)
        mars_km = length(craft)
        earth_km = SPEED_OF_LIGHT_KM_S * np.interp(times, self._craft_nodes_s, self._node_light_s)
        # where Mars is beyond the antenna, it hides nothing
        between = mars_km < earth_km + 2.0 * (
            EARTH.equatorial_radius_km + MARS.equatorial_radius_km
        )
        if not between.any():
            return list(above)
        parallax_km = 1.1 * mars_km * EARTH.equatorial_radius_km / np.maximum(earth_km, 1.0)
        values = np.where(between, hidden, mars_km)
        margin = np.where(between, parallax_km, 0.0)

        def to_center(when: FloatArray) -> FloatArray:
            return self._clearance(when, None)[0]

        turns = turning_points(to_center, Samples(times, values, 4.0 * margin))
        _, found = brackets(to_center, Samples(times, values, np.zeros(times.size)), turns)
        common = roots(lambda when, _: to_center(when), found, 1e-5)
        low, high = np.maximum(common - 1.0, times[0]), np.minimum(common + 1.0, times[-1])
        slope = (to_center(high) - to_center(low)) / (high - low)
        width = 3.0 * np.interp(common, times, margin) / np.abs(slope) + _TOLERANCE_S
        firm = Brackets(common - width, common + width, found.rising, common, slope)
        delicate = np.abs(turns.values) <= 4.0 * margin[turns.at]
        runs = _runs(turns.at[delicate], np.abs(values) <= margin)
        for first, last in runs:
            firm = firm[(firm.guess_s < times[first]) | (firm.guess_s > times[last])]
        edges = self._firm_edges(firm, self._bend(firm, times, values), above)
        for first, last in runs:
            part = slice(first, last + 1)
            samples = Samples(times[part], values[part], margin[part])
            for number, own in enumerate(edges):
                own.append(self._delicate_edges(number, samples))
        at_start, _ = self._clearance(
            np.full(len(above), times[0]), np.arange(len(above), dtype=np.int64)
        )
        return [
            _common(
                stretches,
                _between(bool(start >= 0.0), np.sort(np.concatenate(own)), -np.inf, np.inf),
            )
            for stretches, own, start in zip(above, edges, at_start, strict=True)
        ]

    def _firm_edges(
        self, firm: Brackets, bend: FloatArray, above: Sequence[_Stretches]
    ) -> list[list[FloatArray]]:
        """By the station's time, when each station's line crosses the limb as the centre's does.

        Only crossings within the station's stretches are refined; the others stay rough.
        """
        rough = firm.guess_s - self._direction * np.interp(
            firm.guess_s, self._craft_nodes_s, self._node_light_s
        )
        needed = [np.flatnonzero(_within(rough, stretches, 5.0)) for stretches in above]
        events = np.concatenate(needed)
        owners = np.repeat(np.arange(len(above)), [one.size for one in needed])
        light_time = np.zeros(events.size)

        def clearance(when: FloatArray, which: NDArray[np.int64]) -> FloatArray:
            value, light_time[which] = self._clearance(when, owners[which])
            return value

        # a step of this size leaves a tenth of the tolerance
        enough = np.sqrt(0.1 * _TOLERANCE_S / np.maximum(bend[events], 1e-12))
        times = roots(clearance, firm[events], enough)
        times = times - self._direction * light_time
        edges = []
        for number, indices in enumerate(needed):
            own = rough.copy()
            own[indices] = times[owners == number]
            edges.append([own])
        return edges

    def _delicate_edges(self, number: int, samples: Samples) -> FloatArray:
        """The station's own crossings in a stretch where the limb is grazed."""

        def own(when: FloatArray) -> FloatArray:
            return self._clearance(when, np.full(when.size, number))[0]

        _, found = brackets(own, samples)
        times = roots(lambda when, _: own(when), found, 1e-5)
        _, light_time = self._clearance(times, np.full(times.size, number))
        return times - self._direction * light_time

    def _clearance(
        self, times: FloatArray, which: NDArray[np.int64] | None
    ) -> tuple[FloatArray, FloatArray]:
        """Clearance of the craft's line to the stations `which`, or to Earth's centre, in km.

        By the craft's time; and the light time on that line.
        """
        bodies, direction = self._bodies, self._direction
        craft = self._craft.position_km(bodies, times)
        light_time = np.interp(times, self._craft_nodes_s, self._node_light_s)
        other_times = times - direction * light_time
        other = bodies.position_km("earth", other_times)
        if which is not None:
            other_times = times - direction * length(other - craft) / SPEED_OF_LIGHT_KM_S
            place = bodies.from_earth_fixed(other_times, self._places.take(which, axis=1))
            other = bodies.position_km("earth", other_times) + place
        line = other - craft
        clearance = clearance_of_mars_km(bodies, self._craft, times, line, direction)
        return clearance, length(line) / SPEED_OF_LIGHT_KM_S

    def _craft_times(self) -> FloatArray:
        """Samples of the craft's time for all of the span, a little more where it is known."""
        start = float(self._craft_nodes_s[0]) - _BEYOND_S
        end = float(self._craft_nodes_s[-1]) + _BEYOND_S
        known = self._craft.trajectory.tdb_span
        if known is not None:
            start, end = max(start, known[0]), min(end, known[1])
        return _halved_ends(_even(start, end, _MARS_STEP_S))

    @staticmethod
    def _bend(firm: Brackets, times: FloatArray, values: FloatArray) -> FloatArray:
        """Half the curvature over the slope at crossings: what a step squared leaves, per s."""
        at = np.clip(np.searchsorted(times, firm.guess_s), 1, times.size - 2)
        after, before = times[at + 1] - times[at], times[at] - times[at - 1]
        rise = (values[at + 1] - values[at]) / after - (values[at] - values[at - 1]) / before
        return np.asarray(np.abs(rise / (after + before) / firm.slope))

    # --- windows -----------------------------------------------------------------------------

    def windows(self, stretches: _Stretches, heights: _Heights) -> Windows:
        ends = tai_nanoseconds(np.concatenate([stretches.start_s, stretches.end_s]))
        start_ns, end_ns = np.split(np.clip(ends, self._span_ns[0], self._span_ns[1]), 2)
        start_ns = np.where(stretches.start_s <= self._start_s, self._span_ns[0], start_ns)
        end_ns = np.where(stretches.end_s >= self._end_s, self._span_ns[1], end_ns)
        return Windows(start_ns, end_ns, heights.maximum_deg(stretches))


class _Heights:
    """Sines of elevation over time at one station: good to 1e-5."""

    def __init__(self, times: FloatArray, sines: FloatArray) -> None:
        self._times, self._sines = times, sines
        left, middle, right = sines[:-2], sines[1:-1], sines[2:]
        at = np.flatnonzero((middle >= left) & (middle > right)) + 1
        before, after = times[at] - times[at - 1], times[at + 1] - times[at]
        rise = (sines[at] - sines[at - 1]) / before
        curvature = ((sines[at + 1] - sines[at]) / after - rise) / (before + after)
        slope = rise + curvature * before
        step = np.clip(-slope / (2.0 * curvature), -before, after)
        self._peak_times, self._peaks = (
            times[at] + step,
            sines[at] + step * (slope + step * curvature),
        )

    def maximum_deg(self, stretches: _Stretches) -> FloatArray:
        """The highest elevation in each stretch."""
        if not stretches.start_s.size:
            return np.zeros(0)
        ends = np.maximum(self._at(stretches.start_s), self._at(stretches.end_s))
        first = np.searchsorted(self._peak_times, stretches.start_s)
        last = np.searchsorted(self._peak_times, stretches.end_s)
        padded = np.append(self._peaks, -1.0)
        inner = np.maximum.reduceat(padded, np.ravel([first, last], order="F"))[::2]
        highest = np.where(last > first, np.maximum(inner, ends), ends)
        return np.asarray(np.degrees(np.arcsin(np.clip(highest, -1.0, 1.0))))

    def _at(self, times: FloatArray) -> FloatArray:
        """By cubics through the four samples around."""
        at = np.clip(np.searchsorted(self._times, times) - 1, 1, self._times.size - 3)
        x = self._times[at[:, np.newaxis] + np.arange(-1, 3)] - times[:, np.newaxis]
        result = np.zeros(times.size)
        for i in range(4):
            weight = self._sines[at + i - 1].copy()
            for j in range(4):
                if j != i:
                    weight *= x[:, j] / (x[:, j] - x[:, i])
            result += weight
        return result


def _even(start: float, end: float, step: float) -> FloatArray:
    return np.linspace(start, end, max(5, int(np.ceil((end - start) / step)) + 1))


def _halved_ends(times: FloatArray) -> FloatArray:
    """With the first and last steps halved towards the ends, again and again."""
    halves = 0.5 ** np.arange(1, _END_HALVINGS + 1)
    first = times[0] + (times[1] - times[0]) * halves[::-1]
    last = times[-1] - (times[-1] - times[-2]) * halves
    return np.concatenate([times[:1], first, times[1:-1], last, times[-1:]])


def _joined(parts: Sequence[Brackets]) -> Brackets:
    return Brackets(
        np.concatenate([one.low_s for one in parts]),
        np.concatenate([one.high_s for one in parts]),
        np.concatenate([one.rising for one in parts]),
        np.concatenate([one.guess_s for one in parts]),
        np.concatenate([one.slope for one in parts]),
    )


def _between(positive: bool, crossings: FloatArray, start: float, end: float) -> _Stretches:
    """Where it is positive between `start` and `end`, by turns from the first sign on."""
    edges = np.concatenate([[start] if positive else [], crossings])
    if edges.size % 2:
        edges = np.append(edges, end)
    return _Stretches(edges[::2], edges[1::2])


def _common(one: _Stretches, other: _Stretches) -> _Stretches:
    """Where both hold."""
    times = np.concatenate([one.start_s, other.start_s, one.end_s, other.end_s])
    change = np.repeat([1, -1], [one.start_s.size + other.start_s.size] * 2)
    order = np.argsort(times, kind="stable")
    times, both = times[order], np.cumsum(change[order]) == 2
    at = np.flatnonzero(both[:-1])
    start, end = times[at], times[at + 1]
    return _Stretches(start[end > start], end[end > start])


def _within(times: FloatArray, stretches: _Stretches, margin_s: float) -> NDArray[np.bool_]:
    after = np.searchsorted(stretches.start_s - margin_s, times, side="right")
    before = np.searchsorted(stretches.end_s + margin_s, times, side="left")
    return np.asarray(after > before)


def _runs(at: NDArray[np.int64], unsure: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of samples around turning points, up to sure ones at both ends; none overlap."""
    result: list[tuple[int, int]] = []
    last = unsure.size - 1
    for index in sorted(at.tolist()):
        low, high = index - 1, index + 1
        while low > 0 and unsure[low]:
            low -= 1
        while high < last and unsure[high]:
            high += 1
        if result and low <= result[-1][1]:
            low = result.pop()[0]
        result.append((low, high))
    return result
