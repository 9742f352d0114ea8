"""Checking that antennas can turn from one pass to the next, by their drives alone.

Plans leave an antenna's time to configure between two passes, and definitions see to it that this
does for its longest turn; here the turn itself is worked out, for passes that follow in less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.slewing import Pointing, slew_s
from groundsys.mission.model import Mission
from groundsys.planning.plan import PlannedPass
from groundsys.values.instants import Instant

#: what rounding to whole seconds may take
_GRACE_S = 1.0


def findings_of_turns(
    passes: Sequence[PlannedPass], judged: Collection[str], mission: Mission, geometry: Geometry
) -> Iterator[str]:
    """Passes that begin before their antenna can have turned; one of each two is in `judged`."""
    for antenna_id in sorted({one.antenna for one in passes}):
        antenna = mission.antennas[antenna_id]
        if antenna.drive is None:
            continue
        farthest_s = antenna.drive.farthest_s(antenna.elevation_mask_deg)
        mine = sorted(
            (one for one in passes if one.antenna == antenna_id), key=lambda one: one.start
        )
        for left, right in pairwise(mine):
            has_s = right.start.seconds_since(left.end) - antenna.teardown_s
            if not 0.0 <= has_s < farthest_s or not {left.id, right.id} & set(judged):
                continue  # passes at once share a beam, or are found elsewhere
            needs_s = slew_s(
                antenna.drive,
                _towards(geometry, left, left.end),
                _towards(geometry, right, right.start),
            )
            if has_s < needs_s - _GRACE_S:
                yield (
                    f"{left.id}, {right.id}: {antenna_id} turns for {needs_s:.0f} s between them, "
                    f"and has {has_s:.0f} s"
                )


def _towards(geometry: Geometry, one: PlannedPass, at: Instant) -> Pointing:
    ns = np.array([at.tai_ns], dtype=np.int64)
    azimuth, elevation = geometry.azimuth_elevation_deg(one.antenna, one.spacecraft, ns)
    return float(azimuth[0]), float(elevation[0])
