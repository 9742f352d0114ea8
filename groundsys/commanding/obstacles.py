"""Why nothing can be transmitted to a craft at a moment, from geometry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.conjunction import sun_earth_probe_deg
from groundsys.geometry.sight import TRANSMITTING
from groundsys.values.instants import Instant


def obstacle(
    geometry: Geometry, antennas: Sequence[str], spacecraft: str, transmit_at: Instant
) -> str:
    """What stands in the way of the antennas' uplink then, in words; "" if nothing does.

    `spacecraft` is one that antennas speak to.  The Sun first, then bodies, then the horizon.
    """
    ns = np.array([transmit_at.tai_ns], dtype=np.int64)
    limit_deg = geometry.mission.spacecraft[spacecraft].conjunction.uplink_forbidden_below_deg
    if geometry.craft(spacecraft).trajectory.center != "earth":
        angle_deg = float(sun_earth_probe_deg(geometry, spacecraft, ns, TRANSMITTING)[0])
        if angle_deg < limit_deg:
            return (
                f"solar conjunction: {spacecraft} stands {angle_deg:.1f}° from the Sun, "
                f"and below {limit_deg:g}° nothing is commanded"
            )
    above = [
        id
        for id in antennas
        if geometry.mask_excess_deg(id, spacecraft, ns, TRANSMITTING)[0] >= 0.0
    ]
    if not above:
        return f"{spacecraft} stands below the horizon of every antenna"
    if all(geometry.clearance_km(id, spacecraft, ns, TRANSMITTING)[0] < 0.0 for id in above):
        hiding = geometry.craft(spacecraft).hidden_by
        names = " or ".join(one.definition.name for one in hiding)
        return f"{spacecraft} is behind {names} when it would arrive"
    return ""
