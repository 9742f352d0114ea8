"""Where a body's light falls in a picture, and how sure that is.

The centre of brightness of the largest lit region, after the background was taken off (W. M. Owen,
*Methods of Optical Navigation*, AAS 11-215, 2011, "moment algorithm"); its error is that of the
noise, carried through the sum.  A picture tells nothing if the body touches its edge, if too few
pixels are lit, or if lines of the region never came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from groundsys.geometry.time_scales import FloatArray

#: a pixel is lit if it is brighter than the background by so many sigmas of its noise
_LIT_SIGMAS = 5.0
_FEWEST_PIXELS = 6
#: the quantisation of levels alone
_LEAST_NOISE = 0.29
#: of a normal distribution, its sigma over its median absolute deviation
_SIGMA_PER_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Spot:
    """Line and column of a centre of brightness, one sigma of each in pixels, and lit pixels."""

    line: float
    column: float
    sigma_line: float
    sigma_column: float
    pixels: int


def measure(picture: NDArray[np.uint8], present: NDArray[np.bool_]) -> Spot | None:
    """The centre of brightness, or None; `present` tells which lines of the picture came."""
    if not present.any():
        return None
    levels = picture.astype(np.float64)
    came = levels[present]
    background = float(np.median(came))
    deviation = float(np.median(np.abs(came - background)))
    noise = max(_SIGMA_PER_DEVIATION * deviation, _LEAST_NOISE)
    light = np.where(present[:, np.newaxis], levels - background, 0.0)
    regions, count = ndimage.label(light > _LIT_SIGMAS * noise, structure=np.ones((3, 3)))
    if count == 0:
        return None
    sums = ndimage.sum_labels(light, regions, np.arange(1, count + 1))
    region = regions == 1 + int(np.argmax(sums))
    lit = int(region.sum())
    # what is fainter than the threshold lies at the rim
    region = ndimage.binary_dilation(region, structure=np.ones((3, 3)))
    lines, columns = np.nonzero(region)
    last_line, last_column = picture.shape[0] - 1, picture.shape[1] - 1
    cut = (
        lines.min() == 0
        or columns.min() == 0
        or lines.max() == last_line
        or columns.max() == last_column
        or not present[lines.min() : lines.max() + 1].all()
    )
    if lit < _FEWEST_PIXELS or cut:
        return None
    return _centre(light[lines, columns], lines, columns, noise, lit)


def _centre(
    light: FloatArray,
    lines: NDArray[np.int64],
    columns: NDArray[np.int64],
    noise: float,
    lit: int,
) -> Spot:
    total = float(light.sum())
    line, column = float(light @ lines) / total, float(light @ columns) / total
    # counted electrons make bright pixels noisier than the background that was measured
    each = np.hypot(noise, np.sqrt(np.maximum(light, 0.0)) * _SHOT)
    return Spot(
        line,
        column,
        float(np.sqrt(np.sum((each * (lines - line)) ** 2))) / total,
        float(np.sqrt(np.sum((each * (columns - column)) ** 2))) / total,
        lit,
    )


#: a level's shot noise over its root, of 10 000 electrons at 255
_SHOT = float(np.sqrt(255.0 / 10_000.0))
