"""Elevation masks: a constant, a table by azimuth, or both; and a place's local axes."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.values.errors import DefinitionError


class Horizon:
    """The least elevation at which a place sees, by azimuth (north over east), in radians.

    The higher of the constant and of the table, which is linear between its points and closed at
    360°.  The corners of the resulting outline are kept, so that it is exact everywhere.
    """

    def __init__(
        self, elevation_mask_deg: float, table_deg: tuple[tuple[float, float], ...] = ()
    ) -> None:
        constant = float(np.radians(elevation_mask_deg))
        #: without a table it is this all round
        self.constant: float | None = constant
        self.lowest = constant
        self.corner_azimuths: FloatArray = np.zeros(0)
        self._corner_elevations: FloatArray = np.zeros(0)
        if not table_deg:
            return
        table = np.radians(np.array(table_deg, dtype=np.float64))
        azimuths, elevations = table[:, 0], table[:, 1]
        if (np.diff(azimuths) <= 0.0).any() or azimuths[0] < 0.0 or azimuths[-1] >= 2.0 * np.pi:
            raise DefinitionError(
                "a horizon whose azimuths do not rise",
                expected="azimuths that rise from 0 to below 360 degrees",
                found=", ".join(f"{azimuth}" for azimuth, _ in table_deg),
            )
        next_azimuths = np.append(azimuths[1:], azimuths[0] + 2.0 * np.pi)
        next_elevations = np.roll(elevations, -1)
        crosses = (elevations - constant) * (next_elevations - constant) < 0.0
        fraction = (constant - elevations[crosses]) / (
            next_elevations[crosses] - elevations[crosses]
        )
        meeting = azimuths[crosses] + fraction * (next_azimuths[crosses] - azimuths[crosses])
        corners = np.concatenate([azimuths, np.mod(meeting, 2.0 * np.pi)])
        heights = np.concatenate(
            [np.maximum(elevations, constant), np.full(meeting.size, constant)]
        )
        self.lowest = float(heights.min())
        order = np.argsort(corners, kind="stable")
        self.corner_azimuths, self._corner_elevations = corners[order], heights[order]
        if (heights == heights[0]).all():
            self.constant = float(heights[0])
            self.corner_azimuths, self._corner_elevations = np.zeros(0), np.zeros(0)
        else:
            self.constant = None

    def elevation(self, azimuth: FloatArray) -> FloatArray:
        """The mask at these azimuths, in radians."""
        if self.constant is not None:
            return np.full_like(azimuth, self.constant)
        return np.interp(azimuth, self.corner_azimuths, self._corner_elevations, period=2.0 * np.pi)

    def excess(self, north: FloatArray, east: FloatArray, up: FloatArray) -> FloatArray:
        """How far a direction (any length) stands above the mask, in radians."""
        elevation = np.arctan2(up, np.hypot(north, east))
        if self.constant is not None:
            return np.asarray(elevation - self.constant)
        return np.asarray(elevation - self.elevation(np.arctan2(east, north)))


def north_and_east(up: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit vectors to north and east of a place with zenith `up`, body-fixed (z: the pole)."""
    east = np.array([-up[1], up[0], 0.0])
    norm = float(np.linalg.norm(east))
    if norm < 1e-12:  # at a pole, where north along the meridian of 0° serves
        east, norm = np.array([0.0, 1.0, 0.0]), 1.0
    east = east / norm
    return np.cross(up, east), east
