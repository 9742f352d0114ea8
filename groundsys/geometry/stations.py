"""Antennas on the turning Earth: WGS84 geodetic coordinates to Earth-fixed vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skyfield.api import wgs84

from groundsys.geometry.horizons import Horizon, north_and_east
from groundsys.geometry.sight import RECEIVING, Direction
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.ground.antenna_model import Antenna


@dataclass(frozen=True, slots=True)
class Listeners:
    """Antennas of which each of n instants has its own: that at `which` (n,) of `ids`."""

    ids: Sequence[str]
    which: NDArray[np.int64]


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

    def local(self, fixed: FloatArray) -> FloatArray:
        """North, east and up (3, n) of Earth-fixed directions (3, n)."""
        return np.asarray(self.axes @ fixed)

    def excess(self, local: FloatArray, direction: Direction) -> FloatArray:
        """How far local directions stand above the mask, in radians (n,)."""
        north, east, up = local
        horizon = self.receive_horizon if direction == RECEIVING else self.transmit_horizon
        return horizon.excess(north, east, up)


class StationByInstant:
    """As a `Station`, but another one at each of n instants."""

    def __init__(self, stations: Sequence[Station], which: NDArray[np.int64]) -> None:
        self._stations, self._which = stations, which
        self.position_km = np.array([one.position_km for one in stations])[which].T
        self._axes = np.array([one.axes for one in stations])[which]

    def local(self, fixed: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("nij,jn->in", self._axes, fixed))

    def excess(self, local: FloatArray, direction: Direction) -> FloatArray:
        result = np.zeros(self._which.size)
        for number in np.unique(self._which):
            its = self._which == number
            result[its] = self._stations[number].excess(local[:, its], direction)
        return result


def _horizon(antenna: Antenna, mask_deg: float) -> Horizon:
    """Earth itself is in the way below the dip of the sea's horizon, if no mask is."""
    radius_m = 6_371_000.0
    dip = np.arccos(radius_m / (radius_m + max(antenna.altitude_m, 0.0)))
    return Horizon(max(mask_deg, -float(np.degrees(dip))), antenna.horizon)
