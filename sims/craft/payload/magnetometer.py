"""The magnetic field at a landing site, as a fluxgate magnetometer beside a cube measures it.

    B(t) = B_crust + B_day · f(hour) · (1 + r(t)) + waves(t) + c · (T_sensor − T₀) + noise

in nT along local north, east and down.  B_crust is the site's own, constant, from the payload's
settings (`crustal_field_nt`).  The day's variation is that of ionospheric currents 120 to 180 km
above: it follows the Sun, strongest in the middle of the morning (f is a bell of ±2.5 h about
9 h local time, less its mean), and its strength swings by a quarter (r) with the Sun's 26 sols.
Waves of 100 to 1000 s are there at night alone.  So C. L. Johnson et al., Nature Geoscience 13,
2020 (InSight: about 2000 nT of crust, ten times what satellites had told; a day of tens of nT) and
A. Mittelholz et al., J. Geophys. Res. Planets 128, 2023 (26 sols, waves); sizes rounded by us.
The sensor's offset moves with its temperature, about the day's mean, by 0.1 nT/K, an estimate of
ours.  Simple because nobody sounds a crust with it: real variations depend on the solar wind, which
is not modelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.instants import SOL_S
from sims.craft.nature.climate import ZERO_CELSIUS_K, climate_at
from sims.craft.nature.mars import days_since_j2000, local_solar_hours, sun_from_mars
from sims.draws import generator, uniform

Values = npt.NDArray[np.float64]

COMPONENTS = ("b_north", "b_east", "b_down")
_DAY_NT = (12.0, -18.0, 6.0)
_PEAK_HOUR = 9.0
_WIDTH_H = 2.5
_ROTATION_SOLS = 26.0
_ROTATION_SHARE = 0.25
_WAVES_NT = 1.0
_WAVES = 6
_SHORTEST_S, _LONGEST_S = 100.0, 1_000.0
_OFFSET_NT_PER_K = 0.1
_NOISE_NT = 0.05


@dataclass(frozen=True, slots=True)
class MagneticField:
    """The field at one site; everything by seed and time alone.  The sensor stands in the open."""

    seed: int
    craft: str
    site: LandingSite
    crust_nt: tuple[float, float, float]

    def sample(self, tai_ns: npt.NDArray[np.int64], file_number: int) -> dict[str, Values]:
        """Engineering values by quantity at the instants `tai_ns` (true TAI) of one file."""
        noise = generator(self.seed, self.craft, "magnetic noise", file_number)
        seconds = days_since_j2000(tai_ns) * 86_400.0
        hours = local_solar_hours(self.site, sun_from_mars(int(tai_ns[0])), tai_ns)
        day = self._day(hours) * (1.0 + _ROTATION_SHARE * self._rotation(seconds))
        night = np.clip(-np.cos(2.0 * np.pi * (hours - 12.0) / 24.0), 0.0, None)
        climate = climate_at(self.site, int(tai_ns[0]))
        sensor_c = climate.at(hours)
        offset = _OFFSET_NT_PER_K * (sensor_c - climate.mean_c)
        found = {
            name: crust
            + size * day
            + _WAVES_NT * night * self._waves(seconds, name)
            + offset
            + noise.normal(0.0, _NOISE_NT, len(tai_ns))
            for name, crust, size in zip(COMPONENTS, self.crust_nt, _DAY_NT, strict=True)
        }
        return {
            **found,
            "sensor_temperature": ZERO_CELSIUS_K + sensor_c,
            "quality": np.zeros(len(tai_ns)),
        }

    @staticmethod
    def _day(hours: Values) -> Values:
        """A bell about the peak hour, without the mean that it has over a day."""
        away_h = (hours - _PEAK_HOUR + 12.0) % 24.0 - 12.0
        mean = math.sqrt(2.0 * math.pi) * _WIDTH_H / 24.0
        return np.asarray(np.exp(-0.5 * (away_h / _WIDTH_H) ** 2) - mean)

    def _rotation(self, seconds: Values) -> Values:
        phase = 2.0 * np.pi * uniform(self.seed, "the Sun's rotation")
        return np.asarray(np.sin(2.0 * np.pi * seconds / (_ROTATION_SOLS * SOL_S) + phase))

    def _waves(self, seconds: Values, name: str) -> Values:
        """Zero mean, unit variance, periods spread evenly in logarithm."""
        total = np.zeros_like(seconds)
        for wave in range(_WAVES):
            spread = (wave + uniform(self.seed, self.craft, name, "period", wave)) / _WAVES
            period_s = _SHORTEST_S * (_LONGEST_S / _SHORTEST_S) ** spread
            phase = 2.0 * np.pi * uniform(self.seed, self.craft, name, "phase", wave)
            total += np.sin(2.0 * np.pi * seconds / period_s + phase)
        return total * math.sqrt(2.0 / _WAVES)
