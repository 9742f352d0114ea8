"""How long an antenna has to turn before a pass, from where it stands: decisions only."""

from __future__ import annotations

import math

import numpy as np

from groundsys.geometry.slewing import Pointing, follow, seconds_from
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.values.instants import Instant
from groundsys.values.predicts import PointingPredict

#: nearer to its predict it has arrived, degrees
_ARRIVED_DEG = 1e-3
#: what it follows moves on while it turns
_MORE_S = 60


def turning_s(
    antenna: Antenna, standing: Pointing | None, predict: PointingPredict | None, at: Instant
) -> float:
    """What it takes from `at` until the antenna looks where its predict says, and goes on to.

    0 without drives.  The farthest way where nobody knows from where, or where to.
    """
    drive = antenna.drive
    if drive is None:
        return 0.0
    farthest_s = drive.farthest_s(antenna.elevation_mask_deg)
    if standing is None or predict is None:
        return farthest_s
    times = seconds_from(at.tai_ns, math.ceil(farthest_s) + _MORE_S)
    motion = follow(drive, standing, at.tai_ns, predict.directions(times))
    arrived_ns = motion.settled_ns(_ARRIVED_DEG)
    return farthest_s if arrived_ns is None else (arrived_ns - at.tai_ns) * 1e-9


def standing_after(
    antenna: Antenna, predict: PointingPredict | None, at: Instant
) -> Pointing | None:
    """Where an antenna stays that has followed its predict until then; None if nobody knows."""
    if antenna.drive is None or predict is None:
        return None
    north, east, up = predict.directions(np.array([at.tai_ns], dtype=np.int64))[:, 0].tolist()
    azimuth_deg = math.degrees(math.atan2(east, north))
    elevation_deg = math.degrees(math.atan2(up, math.hypot(north, east)))
    return azimuth_deg, min(elevation_deg, antenna.drive.highest_elevation_deg)
