"""Antennas on the turning Earth: WGS84 geodetic coordinates to Earth-fixed vectors."""

from __future__ import annotations

import numpy as np
from skyfield.api import wgs84

from groundsys.geometry.horizons import Horizon, north_and_east
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Antenna


class Station:
    """An antenna's place, axes and masks, Earth-fixed; motion of plates and tides are left out."""

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
        north, east = north_and_east(self.up)
        #: rows north, east, up: Earth-fixed → topocentric
        self.axes: FloatArray = np.array([north, east, self.up])
        transmit_mask_deg = antenna.transmit_elevation_mask_deg
        self.receive_horizon = _horizon(antenna, antenna.elevation_mask_deg)
        self.transmit_horizon = (
            self.receive_horizon
            if transmit_mask_deg is None
            else _horizon(antenna, max(transmit_mask_deg, antenna.elevation_mask_deg))
        )


def _horizon(antenna: Antenna, mask_deg: float) -> Horizon:
    """Earth itself is in the way below the dip of the sea's horizon, if no mask is."""
    radius_m = 6_371_000.0
    dip = np.arccos(radius_m / (radius_m + max(antenna.altitude_m, 0.0)))
    return Horizon(max(mask_deg, -float(np.degrees(dip))), antenna.horizon)
