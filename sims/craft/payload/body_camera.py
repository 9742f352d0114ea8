"""Pictures of a body from near by, by a camera that keeps it in its field by itself.

The ellipsoid of `groundsys.geometry.figures`, each pixel the mean over `_FINE` × `_FINE` rays.
Exposure is set so that the brightest pixel is at 200 of 255; the background, of stray light and
dark current, is at 8.  Noise is that of counted electrons, 10 000 at full scale, and one level of
reading out.  Stars are not drawn: at an exposure for a sunlit body there are none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.geometry.cameras import Camera
from groundsys.geometry.figures import radiance
from groundsys.geometry.time_scales import FloatArray

Picture = npt.NDArray[np.uint8]

_FINE = 8
_BRIGHTEST = 200.0
_BACKGROUND = 8.0
_FULL_ELECTRONS = 10_000.0
_READ_NOISE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A body before a camera: all along ICRF axes but the radii.

    `to_body_km` (3,) is from the camera to the body's centre, `sun` (3,) the unit vector from the
    body to the Sun; `camera_axes` and `body_axes` (3, 3) are from ICRF.
    """

    to_body_km: FloatArray
    sun: FloatArray
    radii_km: FloatArray
    camera_axes: FloatArray
    body_axes: FloatArray


def take(camera: Camera, scene: Scene, noise: np.random.Generator) -> Picture:
    """The picture; lines from the top."""
    levels = brightness(camera, scene)
    brightest = float(levels.max())
    exposed = _BACKGROUND + levels * (_BRIGHTEST / brightest if brightest > 0.0 else 0.0)
    counts = noise.poisson(exposed / 255.0 * _FULL_ELECTRONS) / _FULL_ELECTRONS * 255.0
    counts = counts + noise.normal(0.0, _READ_NOISE, counts.shape)
    return np.clip(np.rint(counts), 0, 255).astype(np.uint8)


def brightness(camera: Camera, scene: Scene) -> FloatArray:
    """Mean radiance by line and column, without noise."""
    levels = np.zeros((camera.pixels, camera.pixels))
    seen = scene.camera_axes @ scene.to_body_km
    if seen[2] <= 0.0:
        return levels
    line, column = camera.place(seen)
    reach = float(np.max(scene.radii_km)) / float(np.linalg.norm(seen)) / camera.resolution_rad
    first_line, last_line = _within(line, reach, camera.pixels)
    first_column, last_column = _within(column, reach, camera.pixels)
    lines, columns = last_line - first_line, last_column - first_column
    if lines <= 0 or columns <= 0:
        return levels
    fine = (np.arange(_FINE) + 0.5) / _FINE - 0.5
    rows = (np.arange(first_line, last_line)[:, np.newaxis] + fine).ravel()
    across = (np.arange(first_column, last_column)[:, np.newaxis] + fine).ravel()
    y, x = (
        one.ravel() * camera.resolution_rad
        for one in np.meshgrid(camera.middle - rows, across - camera.middle, indexing="ij")
    )
    rays = scene.body_axes @ scene.camera_axes.T @ np.array([x, y, np.ones_like(x)])
    light = radiance(
        scene.radii_km, -scene.body_axes @ scene.to_body_km, rays, scene.body_axes @ scene.sun
    )
    means = light.reshape(lines, _FINE, columns, _FINE).mean(axis=(1, 3))
    levels[first_line:last_line, first_column:last_column] = means
    return levels


def _within(middle: float, reach: float, pixels: int) -> tuple[int, int]:
    """First pixel and the one after the last that the body may touch."""
    margin = 1.2 * reach + 2.0
    return max(0, math.floor(middle - margin)), min(pixels, math.ceil(middle + margin) + 1)
