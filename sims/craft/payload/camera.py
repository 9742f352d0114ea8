"""Pictures of the ground from straight above: sunlight, shadows, dust, noise, 8 bits.

    brightness = (1 − δ) + δ · lit · max(0, n · s) / s_z,    δ = exp(−τ / s_z)

n is the ground's normal, s points to the Sun; `lit` is 0 where the ground between it and the Sun is
higher than its ray, and δ the direct share of sunlight under dust of optical depth τ: the ground
scatters alike in all directions (Lambert), and the sky is alike all over.  Exposure is set so that
the mean is 110 of 255; noise is that of counted electrons, 10 000 at full scale, and one in 255 of
reading out.  The sensor sees everything at once; nothing moves meanwhile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sims.craft.nature.terrain import Grid, Terrain

Picture = npt.NDArray[np.uint8]

MEAN_LEVEL = 110.0
_FULL_ELECTRONS = 10_000.0
_READ_NOISE = 1.0
#: shadows are followed so far
_SHADOW_M = 6.0


@dataclass(frozen=True, slots=True)
class Light:
    """Where the Sun stands, and how thick the dust is; azimuth clockwise from north."""

    elevation_deg: float
    azimuth_deg: float
    optical_depth: float


@dataclass(frozen=True, slots=True)
class Camera:
    """`pixels` a side, each `resolution_rad` wide."""

    pixels: int
    resolution_rad: float

    def pixel_m(self, altitude_m: float) -> float:
        """How much ground a pixel covers."""
        return self.resolution_rad * altitude_m

    def grid(self, x_m: float, y_m: float, altitude_m: float) -> tuple[Grid, Grid]:
        """East and north of pixels' middles: of columns from the west, of lines from the south."""
        away = (np.arange(self.pixels) - (self.pixels - 1) / 2.0) * self.pixel_m(altitude_m)
        return np.asarray(x_m + away, float), np.asarray(y_m + away, float)

    def take(
        self,
        terrain: Terrain,
        place_m: tuple[float, float],
        altitude_m: float,
        light: Light,
        noise: np.random.Generator,
    ) -> Picture:
        """The picture with the place in its middle; the first line is the northernmost."""
        pixel_m = self.pixel_m(altitude_m)
        margin = math.ceil(_SHADOW_M / pixel_m)
        x_m, y_m = Camera(self.pixels + 2 * margin, self.resolution_rad).grid(*place_m, altitude_m)
        heights = terrain.heights(x_m, y_m)
        lit = _lit(heights, pixel_m, light, margin)
        inner = slice(margin, margin + self.pixels)
        slope_y, slope_x = (
            np.asarray(np.gradient(heights, pixel_m, axis=axis))[inner, inner] for axis in (0, 1)
        )
        level = _level(slope_x, slope_y, lit, light)
        exposed = level * (MEAN_LEVEL / max(float(level.mean()), 1e-6))
        electrons = noise.poisson(np.clip(exposed, 0.0, None) / 255.0 * _FULL_ELECTRONS)
        counts = electrons / _FULL_ELECTRONS * 255.0
        counts = counts + noise.normal(0.0, _READ_NOISE, counts.shape)
        return np.clip(np.rint(counts), 0, 255).astype(np.uint8)[::-1]


def _toward_sun(light: Light) -> tuple[float, float, float]:
    elevation, azimuth = math.radians(light.elevation_deg), math.radians(light.azimuth_deg)
    flat = math.cos(elevation)
    return flat * math.sin(azimuth), flat * math.cos(azimuth), math.sin(elevation)


def _level(slope_x: Grid, slope_y: Grid, lit: npt.NDArray[np.bool_], light: Light) -> Grid:
    """Brightness, 1 for level ground in the Sun."""
    east, north, up = _toward_sun(light)
    facing = (up - slope_x * east - slope_y * north) / np.sqrt(1.0 + slope_x**2 + slope_y**2)
    direct = math.exp(-light.optical_depth / up)
    return np.asarray((1.0 - direct) + direct * lit * np.clip(facing, 0.0, None) / up)


def _lit(heights: Grid, pixel_m: float, light: Light, margin: int) -> npt.NDArray[np.bool_]:
    """Of the inner pixels, those whose ray to the Sun meets no higher ground within the margin."""
    east, north, up = _toward_sun(light)
    flat = math.hypot(east, north)
    size = heights.shape[0] - 2 * margin
    inner = slice(margin, margin + size)
    ground = heights[inner, inner]
    lit = np.ones_like(ground, np.bool_)
    highest = float(heights.max() - ground.min())
    for step in range(1, margin):
        rise = step * pixel_m * up / flat
        if rise > highest:
            break
        right, above = round(step * east / flat), round(step * north / flat)
        toward = heights[
            margin + above : margin + above + size, margin + right : margin + right + size
        ]
        lit &= toward <= ground + rise
    return lit
