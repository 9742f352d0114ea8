"""What bodies leave of stations' views: crossings of a limb, or of a landed craft's horizon.

The clearance of the line to Earth's centre is sampled by the craft's time every 300 s, in which no
free fall about a planet turns by more than 0.5 radian.  Its crossings, a little moved, are each
station's own; where it turns within Earth's parallax of zero, each station is searched by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.central_bodies import EARTH, CentralBody
from groundsys.geometry.crossings import Brackets, Samples, brackets, roots, turning_points
from groundsys.geometry.rotations import length
from groundsys.geometry.scene import BEYOND_S, Scene, Stretches, by_turns, even_times, halved_ends
from groundsys.geometry.sight import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.stretches import common_stretches
from groundsys.geometry.time_scales import FloatArray

_STEP_S = 300.0
_TOLERANCE_S = 1e-3
#: how far beyond a station's stretches its crossings are still refined
_AROUND_S = 5.0


def clear_of_bodies(scene: Scene, above: Sequence[Stretches]) -> list[Stretches]:
    """What of each station's stretches those bodies leave that may hide the craft."""
    left = list(above)
    for body in scene.craft.hidden_by:
        left = clear_of_body(scene, body, left)
    return left


def clear_of_body(scene: Scene, body: CentralBody, above: Sequence[Stretches]) -> list[Stretches]:
    """What of each station's stretches one body leaves."""
    times = _craft_times(scene)
    hidden = scene.clearance(body, times, None)[0]
    body_km = length(scene.craft.from_body_km(scene.bodies, body.id, times))
    earth_km = SPEED_OF_LIGHT_KM_S * scene.light_times(times)
    # where the body is beyond the antenna, it hides nothing
    earth = scene.bodies.known[EARTH].ellipsoid
    between = body_km < earth_km + 2.0 * (
        earth.equatorial_radius_km + body.ellipsoid.equatorial_radius_km
    )
    if not between.any():
        return list(above)
    parallax_km = 1.1 * body_km * earth.equatorial_radius_km / np.maximum(earth_km, 1.0)
    values = np.where(between, hidden, body_km)
    margin = np.where(between, parallax_km, 0.0)

    def to_center(when: FloatArray) -> FloatArray:
        return scene.clearance(body, when, None)[0]

    turns = turning_points(to_center, Samples(times, values, 4.0 * margin))
    positive, found = brackets(to_center, Samples(times, values, np.zeros(times.size)), turns)
    common = roots(lambda when, _: to_center(when), found, 1e-5)
    low, high = np.maximum(common - 1.0, times[0]), np.minimum(common + 1.0, times[-1])
    slope = (to_center(high) - to_center(low)) / (high - low)
    width = 3.0 * np.interp(common, times, margin) / np.abs(slope) + _TOLERANCE_S
    firm = Brackets(common - width, common + width, found.rising, common, slope)
    delicate = np.abs(turns.values) <= 4.0 * margin[turns.at]
    runs = _runs(turns.at[delicate], np.abs(values) <= margin)
    for first, last in runs:
        firm = firm[(firm.guess_s < times[first]) | (firm.guess_s > times[last])]
    edges = _firm_edges(scene, body, firm, _bend(firm, times, values), above)
    # a crossing just before the first sample for one line and after it for another is before the
    # span for both: all start as the centre does, unless the limb is grazed there
    at_start = [positive] * len(above)
    for first, last in runs:
        part = slice(first, last + 1)
        samples = Samples(times[part], values[part], margin[part])
        for number, own in enumerate(edges):
            starts, crossings = _delicate_edges(scene, body, number, samples)
            own.append(crossings)
            if first == 0:
                at_start[number] = starts
    return [
        common_stretches(stretches, by_turns(start, np.sort(np.concatenate(own)), -np.inf, np.inf))
        for stretches, own, start in zip(above, edges, at_start, strict=True)
    ]


def _firm_edges(
    scene: Scene,
    body: CentralBody,
    firm: Brackets,
    bend: FloatArray,
    above: Sequence[Stretches],
) -> list[list[FloatArray]]:
    """By the station's time, when each station's line crosses the limb as the centre's does.

    Only crossings within the station's stretches are refined; the others stay rough.
    """
    rough = scene.station_times(firm.guess_s)
    needed = [np.flatnonzero(_within(rough, stretches, _AROUND_S)) for stretches in above]
    events = np.concatenate(needed)
    owners = np.repeat(np.arange(len(above)), [one.size for one in needed])
    light_time = np.zeros(events.size)

    def clearance(when: FloatArray, which: NDArray[np.int64]) -> FloatArray:
        value, light_time[which] = scene.clearance(body, when, owners[which])
        return value

    # a step of this size leaves a tenth of the tolerance
    enough = np.sqrt(0.1 * _TOLERANCE_S / np.maximum(bend[events], 1e-12))
    times = roots(clearance, firm[events], enough)
    times = times - scene.direction * light_time
    edges = []
    for number, indices in enumerate(needed):
        own = rough.copy()
        own[indices] = times[owners == number]
        edges.append([own])
    return edges


def _delicate_edges(
    scene: Scene, body: CentralBody, number: int, samples: Samples
) -> tuple[bool, FloatArray]:
    """A station's own crossings where the limb is grazed, and if it is clear at the start."""

    def own(when: FloatArray) -> FloatArray:
        return scene.clearance(body, when, np.full(when.size, number))[0]

    positive, found = brackets(own, samples)
    times = roots(lambda when, _: own(when), found, 1e-5)
    _, light_time = scene.clearance(body, times, np.full(times.size, number))
    return positive, times - scene.direction * light_time


def _craft_times(scene: Scene) -> FloatArray:
    """Samples of the craft's time for all of the span, a little more where it is known."""
    start = float(scene.craft_nodes_s[0]) - BEYOND_S
    end = float(scene.craft_nodes_s[-1]) + BEYOND_S
    known = scene.craft.trajectory.tdb_span
    if known is not None:
        start, end = max(start, known[0]), min(end, known[1])
    return halved_ends(even_times(start, end, _STEP_S))


def _bend(firm: Brackets, times: FloatArray, values: FloatArray) -> FloatArray:
    """Half the curvature over the slope at crossings: what a step squared leaves, per s."""
    at = np.clip(np.searchsorted(times, firm.guess_s), 1, times.size - 2)
    after, before = times[at + 1] - times[at], times[at] - times[at - 1]
    rise = (values[at + 1] - values[at]) / after - (values[at] - values[at - 1]) / before
    return np.asarray(np.abs(rise / (after + before) / firm.slope))


def _within(times: FloatArray, stretches: Stretches, margin_s: float) -> NDArray[np.bool_]:
    after = np.searchsorted(stretches[0] - margin_s, times, side="right")
    before = np.searchsorted(stretches[1] + margin_s, times, side="left")
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
