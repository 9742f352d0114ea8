"""The way of a signal from an antenna to a craft and back, as tracking measures it.

Newtonian light time (see `sight`), iterated until it stands still to a picosecond.  Times are
seconds of TDB: an antenna's clock, which differs in rate by 3.3e-10 at most, would count a round
trip of 40 minutes 0.8 µs otherwise.  Positions are taken at times good to 0.2 µs, in which a craft
moves 5 mm.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.geometry import Geometry
from groundsys.geometry.rotations import length
from groundsys.geometry.sight import SPEED_OF_LIGHT_KM_S, station_state
from groundsys.geometry.time_scales import FloatArray, NanosecondArray, tdb_seconds

#: the first is 0.2 s off, and each gains four digits
_ROUNDS = 5


def round_trip_s(
    geometry: Geometry,
    antenna_id: str,
    craft_id: str,
    receive_ns: NanosecondArray,
    transponder_delay_s: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Of what the antenna receives at `receive_ns`: from its transmission on, and from the craft.

    The first includes the transponder's delay, the second does not.
    """
    bodies, craft = geometry.ephemeris, geometry.craft(craft_id)
    fixed = geometry.station(antenna_id).position_km
    received = tdb_seconds(receive_ns)
    place, _ = station_state(bodies, fixed, received)
    down = np.zeros_like(received)
    for _ in range(_ROUNDS):
        position = craft.position_km(bodies, received - down)
        down = length(position - place) / SPEED_OF_LIGHT_KM_S
    before = down + transponder_delay_s
    position = craft.position_km(bodies, received - before)
    up = down.copy()
    for _ in range(_ROUNDS):
        place, _ = station_state(bodies, fixed, received - before - up)
        up = length(position - place) / SPEED_OF_LIGHT_KM_S
    return before + up, down
