"""How fast an antenna turns: the drives of a mount that moves in azimuth and elevation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drive:
    """The fastest rate of each axis, and how high it looks at most."""

    azimuth_deg_s: float
    elevation_deg_s: float
    highest_elevation_deg: float = 90.0

    def farthest_s(self, lowest_elevation_deg: float) -> float:
        """What it takes at most from one direction above such a mask to any other."""
        height_deg = max(0.0, self.highest_elevation_deg - lowest_elevation_deg)
        return max(180.0 / self.azimuth_deg_s, height_deg / self.elevation_deg_s)
