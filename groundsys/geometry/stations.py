"""Antennas on the turning Earth: WGS84 geodetic coordinates to Earth-fixed vectors."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Antenna

#: WGS84: NGA.STND.0036 1.0.0
EARTH_EQUATORIAL_RADIUS_KM = 6378.137
EARTH_FLATTENING = 1.0 / 298.257_223_563


class Station:
    """An antenna's place and zenith, Earth-fixed; motion of plates and tides are left out."""

    def __init__(self, antenna: Antenna) -> None:
        latitude, longitude = np.radians(antenna.latitude_deg), np.radians(antenna.longitude_deg)
        altitude_km = antenna.altitude_m / 1000.0
        eccentricity_squared = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
        normal_radius_km = EARTH_EQUATORIAL_RADIUS_KM / np.sqrt(
            1.0 - eccentricity_squared * np.sin(latitude) ** 2
        )
        self.up: FloatArray = np.array(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
        self.position_km: FloatArray = np.array(
            [
                (normal_radius_km + altitude_km) * self.up[0],
                (normal_radius_km + altitude_km) * self.up[1],
                (normal_radius_km * (1.0 - eccentricity_squared) + altitude_km) * self.up[2],
            ]
        )
        self.elevation_mask_deg = antenna.elevation_mask_deg
