"""A camera that maps by central projection, and how it is turned: directions ↔ pixels.

The boresight is z, columns count along x from the left and lines from the top, against y (C.
Acton's and SPICE's way round but for the lines).  Attitude is the boresight's right ascension and
declination in ICRF and the twist about it: 0, and x points to the east–west node of the boresight,
so that celestial north is up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import FloatArray


@dataclass(frozen=True, slots=True)
class Camera:
    """`pixels` a side; in the middle each is `resolution_rad` wide."""

    pixels: int
    resolution_rad: float

    @property
    def middle(self) -> float:
        """Line and column of the boresight."""
        return (self.pixels - 1) / 2.0

    def direction(self, line: float, column: float) -> FloatArray:
        """The unit vector (3,) in the camera's axes that falls on a place of the picture."""
        x = (column - self.middle) * self.resolution_rad
        y = (self.middle - line) * self.resolution_rad
        return np.asarray(np.array([x, y, 1.0]) / np.sqrt(x * x + y * y + 1.0))

    def place(self, direction: FloatArray) -> tuple[float, float]:
        """Line and column on which a direction (3,) in the camera's axes falls."""
        x, y = direction[0] / direction[2], direction[1] / direction[2]
        return (
            float(self.middle - y / self.resolution_rad),
            float(self.middle + x / self.resolution_rad),
        )


def camera_axes(right_ascension_deg: float, declination_deg: float, twist_deg: float) -> FloatArray:
    """ICRF → the camera's axes, (3, 3)."""
    angles = (90.0 + right_ascension_deg, 90.0 - declination_deg, twist_deg)
    first, second, third = (np.array([np.radians(one)]) for one in angles)
    return np.asarray(euler_313(first, second, third)[:, :, 0])


def camera_angles_deg(axes: FloatArray) -> tuple[float, float, float]:
    """Right ascension, declination and twist of axes as of `camera_axes`."""
    ahead = axes[2]
    right_ascension = np.degrees(np.arctan2(ahead[1], ahead[0])) % 360.0
    declination = np.degrees(np.arcsin(np.clip(ahead[2], -1.0, 1.0)))
    untwisted = camera_axes(float(right_ascension), float(declination), 0.0)
    turn = axes @ untwisted.T
    twist = np.degrees(np.arctan2(turn[0, 1], turn[0, 0])) % 360.0
    return float(right_ascension), float(declination), float(twist)
