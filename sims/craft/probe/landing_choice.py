"""A drone's own choice of a landing place, from the one picture that it has of the ground there.

The hazard of a place is what the picture shows within the footprint of its legs: the standard
deviation of brightness over the picture's median; how far its mean is from the median, as a slope
toward the Sun is bright, and one away from it dark; and the share that is shadow, or flank in the
Sun.  Texture, slope and shadow are cues of passive images: A. Huertas, Y. Cheng & R. Madison,
*Passive imaging based multi-cue hazard detection for spacecraft safe landing*, IEEE Aerospace
Conference, 2006.  The least hazard wins; the nearer of two alike.  Nobody but its camera tells the
drone of the ground: a slope across the Sun's direction escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float64]

#: darker or brighter than the middle brightness by so much is a shadow, or what throws one
_DARK, _GLARING = 0.75, 1.3
_WEIGHT_OF_SHADOW = 2.0
#: of hazard, what a way of half the picture costs
_WEIGHT_OF_WAY = 0.02


@dataclass(frozen=True, slots=True)
class LandingChoice:
    """A pixel of the picture, counted from its first line and column, and its hazard."""

    line: int
    column: int
    hazard: float


def hazards(picture: npt.NDArray[np.uint8], footprint_pixels: int) -> Grid:
    """The hazard of each place whose footprint, a square, lies within the picture.

    Element (i, j) is that of the footprint whose first line is i and first column j.
    """
    level = picture / max(float(np.median(picture)), 1.0)
    strange = ((level < _DARK) | (level > _GLARING)).astype(np.float64)
    mean = _means(level, footprint_pixels)
    variance = np.clip(_means(level**2, footprint_pixels) - mean**2, 0.0, None)
    return np.asarray(
        np.sqrt(variance)
        + np.abs(mean - 1.0)
        + _WEIGHT_OF_SHADOW * _means(strange, footprint_pixels)
    )


def choose_landing(picture: npt.NDArray[np.uint8], footprint_pixels: int) -> LandingChoice:
    """The safest place by the picture, the nearer to its middle of two that are alike."""
    hazard = hazards(picture, footprint_pixels)
    lines, columns = (np.linspace(-1.0, 1.0, size) for size in hazard.shape)
    way = np.hypot(lines[:, None], columns)
    line, column = np.unravel_index(np.argmin(hazard + _WEIGHT_OF_WAY * way), hazard.shape)
    middle = footprint_pixels // 2
    return LandingChoice(int(line) + middle, int(column) + middle, float(hazard[line, column]))


def _means(values: Grid, side: int) -> Grid:
    """Means over all squares of a side, by sums over areas (F. C. Crow, SIGGRAPH 1984)."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    sums[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(total / side**2)
