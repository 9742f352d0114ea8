"""Antennas on the turning Earth: WGS84 geodetic coordinates to Earth-fixed vectors."""

from __future__ import annotations

import numpy as np
from skyfield.api import wgs84

from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Antenna


class Station:
    """An antenna's place and zenith, Earth-fixed; motion of plates and tides are left out."""

    def __init__(self, antenna: Antenna) -> None:
        place = wgs84.latlon(antenna.latitude_deg, antenna.longitude_deg, antenna.altitude_m)
        latitude, longitude = place.latitude.radians, place.longitude.radians
        self.position_km: FloatArray = place.itrs_xyz.km
        #: the ellipsoid's normal, from which geodetic latitude is defined
        self.up: FloatArray = np.array(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
        self.elevation_mask_deg = antenna.elevation_mask_deg
