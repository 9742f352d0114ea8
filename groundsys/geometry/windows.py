"""When antennas see a craft, fast: all crossings of mask and limb of a year in half a second.

The same formulas as `Geometry`'s, over interpolated bodies (`EphemerisTable`).  What is slow –
where the craft stands as seen from Earth's centre – is sampled once for all antennas; each
antenna's own crossings follow from that and are refined with its exact geometry, all at once.

Ends are within 1 ms of those by the kernels (tests/geometry/test_windows.py), except where mask or
limb are grazed at less than 1e-5 deg/s or 1 m/s.  A window or gap is overlooked only if it is
shorter than 1 s, or within 20 s of the span's ends, or if a horizon has a gap that the craft
enters and leaves by the same side within 20 min.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.geometry import Geometry
from groundsys.geometry.limb_search import clear_of_bodies
from groundsys.geometry.mask_search import above_masks
from groundsys.geometry.scene import Scene
from groundsys.geometry.sight import Direction
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.values.instants import Interval


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of time at an antenna (n,): ends in TAI ns, and how high the craft comes."""

    start_ns: NanosecondArray
    end_ns: NanosecondArray
    maximum_elevation_deg: FloatArray


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
    if span.end <= span.start or not stations:
        nothing = Windows(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        return dict.fromkeys(antenna_ids, nothing)
    span_ns = instants_ns(span.start, span.end)
    start_s, end_s = (float(time) for time in tdb_seconds(span_ns))
    scene = Scene(geometry, stations, craft, start_s, end_s, direction)
    above, heights = above_masks(scene)
    found = {}
    for id, (opens, closes), height in zip(
        antenna_ids, clear_of_bodies(scene, above), heights, strict=True
    ):
        ends_ns = tai_nanoseconds(np.concatenate([opens, closes]))
        start_ns, end_ns = np.split(np.clip(ends_ns, span_ns[0], span_ns[1]), 2)
        found[id] = Windows(
            # the span's own ends as they were given: TDB would round them
            np.where(opens <= start_s, span_ns[0], start_ns),
            np.where(closes >= end_s, span_ns[1], end_ns),
            height.maximum_deg((opens, closes)),
        )
    return found
