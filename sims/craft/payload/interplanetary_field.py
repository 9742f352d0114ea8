"""The magnetic field that a cube in flight measures: the Sun's, in the solar wind.

E. N. Parker's spiral (*Dynamics of the Interplanetary Gas and Magnetic Fields*, Astrophysical
Journal 128, 1958): at r au,

    B_r = ± B₁ / r²,    B_t = - B_r · Ω r / v

B₁ the radial part at 1 au, Ω the Sun's sidereal rotation (25.38 days, Carrington), v the wind's
speed; 4.0 nT and 400 km/s, of the size of means at 1 au.  It is tested against what J. A. Slavin &
R. E. Holzer (*Solar Wind Flow about the Terrestrial Planets*, J. Geophys. Res. 86, 1981) tell of
Mars: 3.3 nT in all, 57° from the Sun's line.  The
sign changes from sector to sector, four to a synodic rotation of 26.4 days at Mars.  Upon it lie
waves of 100 s to an hour, a third of the field in size (an estimate of ours).  Components are along
x to the Sun, y against the planet's motion, z to ecliptic north; the sensor's offset is that of the
magnetometer on the ground.  Left out: Mars' own sheath and crust, within some 1 000 km of it, and
Earth's field, within some 60 000 km towards the Sun.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sims.craft.nature.mars import days_since_j2000
from sims.draws import generator, uniform

Values = npt.NDArray[np.float64]

COMPONENTS = ("b_sunward", "b_dusk", "b_north")
RADIAL_AT_1_AU_NT = 4.0
WIND_KM_S = 400.0
_AU_KM = 149_597_870.7
_ROTATION_RAD_S = 2.0 * math.pi / (25.38 * 86_400.0)
_SYNODIC_DAYS = 26.4
_SECTORS = 4
_WAVES = 8
_WAVES_SHARE = 1.0 / 3.0
_SHORTEST_S, _LONGEST_S = 100.0, 3_600.0
_NOISE_NT = 0.05
_SENSOR_K = 240.0


def spiral_nt(distance_au: float) -> tuple[float, float]:
    """Of a sector that points away from the Sun: the part along its line, and the part across."""
    radial = RADIAL_AT_1_AU_NT / distance_au**2
    return radial, -radial * _ROTATION_RAD_S * distance_au * _AU_KM / WIND_KM_S


@dataclass(frozen=True, slots=True)
class InterplanetaryField:
    """The field at one cube; everything by seed and time alone, sectors the same for all."""

    seed: int
    craft: str
    #: from the Sun, by true TAI nanoseconds
    distance_au: Callable[[int], float]

    def sample(self, tai_ns: npt.NDArray[np.int64], file_number: int) -> dict[str, Values]:
        """Engineering values by quantity at the instants `tai_ns` (true TAI) of one file."""
        noise = generator(self.seed, self.craft, "magnetic noise", file_number)
        seconds = days_since_j2000(tai_ns) * 86_400.0
        radial, across = spiral_nt(self.distance_au(int(tai_ns[0])))
        size = math.hypot(radial, across)
        away = self._away(seconds)
        # outwards is away from the Sun, and the transverse part is along the planet's motion
        steady = (-radial * away, -across * away, np.zeros_like(away))
        found = {
            name: part
            + _WAVES_SHARE * size * self._waves(seconds, name)
            + noise.normal(0.0, _NOISE_NT, len(tai_ns))
            for name, part in zip(COMPONENTS, steady, strict=True)
        }
        return {
            **found,
            "sensor_temperature": np.full(len(tai_ns), _SENSOR_K),
            "quality": np.zeros(len(tai_ns)),
        }

    def _away(self, seconds: Values) -> Values:
        """1 in sectors that point away from the Sun, -1 in the others."""
        phase = uniform(self.seed, "the Sun's sectors")
        turns = seconds / (_SYNODIC_DAYS * 86_400.0) + phase
        return np.where(np.floor(turns * _SECTORS) % 2 == 0, 1.0, -1.0)

    def _waves(self, seconds: Values, name: str) -> Values:
        """Zero mean, unit variance over all three components, periods even in logarithm."""
        total = np.zeros_like(seconds)
        for wave in range(_WAVES):
            spread = (wave + uniform(self.seed, self.craft, name, "period", wave)) / _WAVES
            period_s = _SHORTEST_S * (_LONGEST_S / _SHORTEST_S) ** spread
            phase = 2.0 * np.pi * uniform(self.seed, self.craft, name, "phase", wave)
            total += np.sin(2.0 * np.pi * seconds / period_s + phase)
        return total * math.sqrt(2.0 / _WAVES / 3.0)
