"""Ground that a drone flies over: plains with craters and rocks, by seed and place alone.

Heights in m over a local plane, x east and y north in m from the landing site, as a sum of

* waves: a wave of length λ has a height of `0.0025 · λ`, all slopes alike (an estimate of ours);
* craters: N(>D) = s · 0.079 · D⁻² a m² (N. J. Trask, JPL Technical Report 32-800, 1966: the Moon's
  saturated surface, 10^10.9 · D⁻² a 10⁶ km²), of which Mars' winds leave s = 0.03 (ours); a bowl
  within a rim that falls as r⁻³ (H. J. Melosh, *Impact Cratering*, 1989, ch. 5 and 6), half as deep
  and high as fresh ones, 0.2 D and 0.036 D (R. J. Pike, *Impact and Explosion Cratering*, 1977);
* rocks: the share of ground covered by rocks wider than D is k · exp(−(1.79 + 0.152/k) · D) (M. P.
  Golombek & D. Rapp, J. Geophys. Res. 102, 1997), k from the payload's settings; half-spheroids
  half as high as wide.

Craters are 1 to 60 m, rocks 0.1 to 2 m wide: smaller ones a picture does not show.  Simple because
pictures are to look like the ground, and to have places where nobody should land.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sims.draws import generator, uniform

Grid = npt.NDArray[np.float64]

#: craters and rocks are drawn by square cells of these sides, m
CRATER_CELL_M, ROCK_CELL_M = 60.0, 8.0
SMALLEST_CRATER_M, LARGEST_CRATER_M = 1.0, 60.0
SMALLEST_ROCK_M, LARGEST_ROCK_M = 0.1, 2.0
_SATURATION, _MARTIAN_SHARE = 0.079, 0.03
_DEPTH, _RIM = 0.1, 0.018
#: a rim is followed so far out, in radii
_RIM_REACH = 3.0
_WAVES_M = (120.0, 67.0, 37.0, 20.0, 11.0, 6.0)
_WAVE_STEEPNESS = 0.0025
_ROCK_HEIGHT = 0.5
_ROCK_CLASSES = 40


@dataclass(frozen=True, slots=True)
class Feature:
    """A crater or a rock; `diameter_m` across."""

    x_m: float
    y_m: float
    diameter_m: float


def craters_per_m2(diameter_m: float) -> float:
    """Craters a m² that are wider."""
    return _MARTIAN_SHARE * _SATURATION / diameter_m**2


def rock_cover(diameter_m: float, k: float) -> float:
    """The share of the ground that rocks wider than `diameter_m` cover."""
    return k * math.exp(-(1.79 + 0.152 / k) * diameter_m)


@dataclass(frozen=True, slots=True)
class Terrain:
    """The ground about one site; `rock_share` is k."""

    seed: int
    site: str
    rock_share: float

    def heights(self, x_m: Grid, y_m: Grid) -> Grid:
        """Heights on the grid of all `y_m` (rows) and `x_m` (columns), both evenly spaced."""
        total = self._waves(x_m, y_m)
        for crater in self.craters(x_m[0], x_m[-1], y_m[0], y_m[-1]):
            _dig(total, crater, x_m, y_m)
        for rock in self.rocks(x_m[0], x_m[-1], y_m[0], y_m[-1]):
            _lay(total, rock, x_m, y_m)
        return total

    def craters(self, west: float, east: float, south: float, north: float) -> Iterator[Feature]:
        """Those whose bowls or rims reach into a rectangle."""
        reach = _RIM_REACH * LARGEST_CRATER_M / 2.0
        for cell in _cells(CRATER_CELL_M, west - reach, east + reach, south - reach, north + reach):
            yield from _craters_of(self.seed, self.site, cell)

    def rocks(self, west: float, east: float, south: float, north: float) -> Iterator[Feature]:
        """Those that reach into a rectangle."""
        reach = LARGEST_ROCK_M / 2.0
        for cell in _cells(ROCK_CELL_M, west - reach, east + reach, south - reach, north + reach):
            yield from _rocks_of(self.seed, self.site, self.rock_share, cell)

    def _waves(self, x_m: Grid, y_m: Grid) -> Grid:
        total = np.zeros((len(y_m), len(x_m)))
        for number, length_m in enumerate(_WAVES_M):
            angle = 2.0 * math.pi * uniform(self.seed, self.site, "wave", number, "angle")
            phase = 2.0 * math.pi * uniform(self.seed, self.site, "wave", number, "phase")
            wave = 2.0 * math.pi / length_m
            along_x, along_y = wave * math.cos(angle) * x_m, wave * math.sin(angle) * y_m
            total += _WAVE_STEEPNESS * length_m * np.sin(along_x + along_y[:, None] + phase)
        return total


@lru_cache(maxsize=1024)
def _craters_of(seed: int, site: str, cell: tuple[int, int]) -> tuple[Feature, ...]:
    """By the inverse of N(>D), cut at both ends."""
    draw = generator(seed, site, "craters", *cell)
    most, least = craters_per_m2(SMALLEST_CRATER_M), craters_per_m2(LARGEST_CRATER_M)
    count = draw.poisson((most - least) * CRATER_CELL_M**2)
    per_m2 = draw.uniform(least, most, count)
    widths = np.sqrt(_MARTIAN_SHARE * _SATURATION / per_m2)
    return _placed(draw, cell, CRATER_CELL_M, widths)


@lru_cache(maxsize=4096)
def _rocks_of(seed: int, site: str, k: float, cell: tuple[int, int]) -> tuple[Feature, ...]:
    """Class by class: the ground that a class of widths covers, over what one of them covers."""
    draw = generator(seed, site, "rocks", *cell)
    edges = np.geomspace(SMALLEST_ROCK_M, LARGEST_ROCK_M, _ROCK_CLASSES + 1)
    covered = -np.diff([rock_cover(float(edge), k) for edge in edges])
    middles = np.sqrt(edges[1:] * edges[:-1])
    counts = draw.poisson(covered * ROCK_CELL_M**2 / (np.pi / 4.0 * middles**2))
    return _placed(draw, cell, ROCK_CELL_M, np.repeat(middles, counts))


def _placed(
    draw: np.random.Generator, cell: tuple[int, int], side_m: float, widths: Grid
) -> tuple[Feature, ...]:
    places = (np.array(cell) + draw.uniform(0.0, 1.0, (len(widths), 2))) * side_m
    return tuple(
        Feature(x, y, width) for (x, y), width in zip(places.tolist(), widths.tolist(), strict=True)
    )


def _cells(
    side_m: float, west: float, east: float, south: float, north: float
) -> Iterator[tuple[int, int]]:
    for column in range(math.floor(west / side_m), math.floor(east / side_m) + 1):
        for row in range(math.floor(south / side_m), math.floor(north / side_m) + 1):
            yield column, row


def _window(
    feature: Feature, reach_m: float, x_m: Grid, y_m: Grid
) -> tuple[slice, slice, Grid] | None:
    """Rows and columns within reach of a feature, and their distances from it; None: none is."""
    columns = slice(*np.searchsorted(x_m, (feature.x_m - reach_m, feature.x_m + reach_m)))
    rows = slice(*np.searchsorted(y_m, (feature.y_m - reach_m, feature.y_m + reach_m)))
    if columns.start == columns.stop or rows.start == rows.stop:
        return None
    distance = np.hypot(x_m[columns] - feature.x_m, (y_m[rows] - feature.y_m)[:, None])
    return rows, columns, distance


def _dig(heights: Grid, crater: Feature, x_m: Grid, y_m: Grid) -> None:
    radius = crater.diameter_m / 2.0
    if (found := _window(crater, _RIM_REACH * radius, x_m, y_m)) is None:
        return
    rows, columns, distance = found
    r = distance / radius
    rim = _RIM * crater.diameter_m
    bowl = (_DEPTH * crater.diameter_m) * (r**2 - 1.0) + rim
    apron = rim * (np.maximum(r, 1.0) ** -3.0 - _RIM_REACH**-3.0)
    heights[rows, columns] += np.where(r < 1.0, bowl, np.where(r < _RIM_REACH, apron, 0.0))


def _lay(heights: Grid, rock: Feature, x_m: Grid, y_m: Grid) -> None:
    radius = rock.diameter_m / 2.0
    if (found := _window(rock, radius, x_m, y_m)) is None:
        return
    rows, columns, distance = found
    inside = np.clip(1.0 - (distance / radius) ** 2, 0.0, None)
    heights[rows, columns] += _ROCK_HEIGHT * rock.diameter_m * np.sqrt(inside)
