"""When stations have a craft above their masks, and how high it comes.

The apparent direction from Earth's centre, turned with Earth, is sampled every 20 min (every 30 s
where the craft is within 100 000 km), and each station's own place and mask put to it.  Corners of
a horizon, and the middles beside them, are samples too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundsys.geometry.crossings import Brackets, Samples, brackets, roots
from groundsys.geometry.rotations import length
from groundsys.geometry.scene import Scene, Stretches, by_turns, even_times, halved_ends
from groundsys.geometry.time_scales import FloatArray

_STEP_S = 1200.0
_NEAR_EARTH_KM = 100_000.0
_NEAR_EARTH_STEP_S = 30.0
_TOLERANCE_S = 1e-3
#: how far below a horizon's lowest corner the craft may be when corners are looked for, in radians
_BELOW = 0.1


def above_masks(scene: Scene) -> tuple[list[Stretches], list[Heights]]:
    """When each station has the craft above its mask, and how high it stands."""
    times = halved_ends(even_times(scene.start_s, scene.end_s, _STEP_S))
    sight, distance = scene.from_earth(times)
    near = np.minimum(distance[1:], distance[:-1]) < _NEAR_EARTH_KM
    if near.any():
        parts = int(np.ceil(_STEP_S / _NEAR_EARTH_STEP_S))
        inner = times[:-1][near] + np.outer(np.arange(1, parts) / parts, np.diff(times)[near])
        times = np.sort(np.concatenate([times, inner.ravel()]))
        sight, distance = scene.from_earth(times)

    found: list[Brackets] = []
    first: list[bool] = []
    heights = []
    for number, station in enumerate(scene.stations):
        north, east, up = local = station.axes @ (sight - station.position_km[:, np.newaxis])
        range_km = length(local)
        heights.append(Heights(times, up / range_km))
        # diurnal aberration is 1.5e-6; light time to the centre is not that to the station
        margin = 5e-6 + 1.0 / range_km
        samples = Samples(times, scene.horizons[number].excess(north, east, up), margin)

        def excess(when: FloatArray, number: int = number) -> FloatArray:
            return scene.excess(when, np.full(when.size, number))

        if scene.horizons[number].constant is None:
            elevation = np.arctan2(up, np.hypot(north, east))
            samples = _with_corners(scene, number, samples, np.arctan2(east, north), elevation)
        positive, crossings = brackets(excess, samples)
        first.append(positive)
        found.append(crossings)

    owners = np.repeat(np.arange(len(found)), [one.low_s.size for one in found])
    times = roots(
        lambda when, which: scene.excess(when, owners[which]), _joined(found), _TOLERANCE_S
    )
    stretches = [
        by_turns(positive, times[owners == number], scene.start_s, scene.end_s)
        for number, positive in enumerate(first)
    ]
    return stretches, heights


def _with_corners(
    scene: Scene, number: int, samples: Samples, azimuths: FloatArray, elevations: FloatArray
) -> Samples:
    """Samples also where the craft passes the corners of the horizon, and in between."""
    times = samples.times_s
    corners = _corner_times(scene, number, times, np.unwrap(azimuths), elevations)
    if not corners.size:
        return samples
    merged = np.unique(np.concatenate([times, corners]))
    is_corner = np.isin(merged, corners)
    beside = is_corner[1:] | is_corner[:-1]
    middles = (merged[1:][beside] + merged[:-1][beside]) / 2.0
    new = np.setdiff1d(np.concatenate([corners, middles]), times)
    every = np.concatenate([times, new])
    order = np.argsort(every)
    values = np.concatenate([samples.values, scene.excess(new, np.full(new.size, number))])
    margin = np.concatenate([samples.margin, np.zeros(new.size)])
    return Samples(every[order], values[order], margin[order])


def _corner_times(
    scene: Scene, number: int, times: FloatArray, azimuths: FloatArray, elevations: FloatArray
) -> FloatArray:
    """When the craft passes the azimuths of corners, wherever it is near or above the horizon.

    `azimuths` count full turns.
    """
    horizon, full = scene.horizons[number], 2.0 * np.pi
    corners = horizon.corner_azimuths
    passed = np.searchsorted(corners, np.mod(azimuths, full), side="right") + (
        corners.size * np.floor(azimuths / full).astype(np.int64)
    )
    count = np.diff(passed)
    high_enough = np.maximum(elevations[1:], elevations[:-1]) > horizon.lowest - _BELOW
    at = np.repeat(np.arange(count.size), np.where(high_enough, np.abs(count), 0))
    number_within = np.arange(at.size) - np.searchsorted(at, at)
    corner = np.where(count[at] > 0, passed[at] + number_within, passed[at] - 1 - number_within)
    turns, which = np.divmod(corner, corners.size)
    target = corners[which] + full * turns
    low, high = times[at], times[at + 1]
    rate = (azimuths[at + 1] - azimuths[at]) / (high - low)
    when = np.clip(low + (target - azimuths[at]) / rate, low, high)
    for _ in range(3):
        north, east, _ = scene.local(when, np.full(when.size, number))
        error = np.mod(np.arctan2(east, north) - target + np.pi, full) - np.pi
        when = np.clip(when - error / rate, low, high)
    return when


class Heights:
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

    def maximum_deg(self, stretches: Stretches) -> FloatArray:
        """The highest elevation in each stretch."""
        if not stretches[0].size:
            return np.zeros(0)
        ends = np.maximum(self._at(stretches[0]), self._at(stretches[1]))
        first = np.searchsorted(self._peak_times, stretches[0])
        last = np.searchsorted(self._peak_times, stretches[1])
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


def _joined(parts: Sequence[Brackets]) -> Brackets:
    return Brackets(
        np.concatenate([one.low_s for one in parts]),
        np.concatenate([one.high_s for one in parts]),
        np.concatenate([one.rising for one in parts]),
        np.concatenate([one.guess_s for one in parts]),
        np.concatenate([one.slope for one in parts]),
    )
