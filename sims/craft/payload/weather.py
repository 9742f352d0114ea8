"""The air at a landing site, as the weather station samples it.

    T(t)    = the season's and the day's (see `climate`), warmest at 14 h local + eddies
    p(t)    = p₀ · season · exp(−h / 11.1 km) + travelling waves + tides of 24 h and 12 h
    wind(t) = katabatic mean + day wind + eddies; its vertical part is eddies alone
    RH(t)   = vapour pressure 0.08 Pa / saturation over ice, 611 Pa · exp(22.5 · (1 − 273.16/T));
              1 at most: what is more lies on the ground as frost
    flux(t) = irradiance · share of sunlight that reaches the ground (see `sunlight`)

Eddies and waves are sums of sinusoids of keyed phases, so that they run on from file to file,
plus noise keyed by file.  Sizes after the Viking landers (S. L. Hess et al., J. Geophys. Res. 82,
1977; R. W. Zurek et al. in *Mars*, 1992): waves of 2 to 7 sols and several Pa in northern autumn
and winter, tides of 1 to 3 Pa, saturation after A. P. Ingersoll, Science 168, 1970.  Simple
because the customer's product shows what was measured, and no forecast is judged by it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.instants import SOL_S
from sims.craft.nature.climate import ZERO_CELSIUS_K, Climate, climate_at, surface_pressure_pa
from sims.craft.nature.dust import Dust
from sims.craft.nature.mars import (
    days_since_j2000,
    local_solar_hours,
    sun_elevations_deg,
    sun_from_mars,
)
from sims.craft.nature.seasons import solar_longitude_deg
from sims.craft.nature.sunlight import surface_sunlight
from sims.draws import generator, uniform

Values = npt.NDArray[np.float64]

#: by how much more than the air the ground swings, and how much colder it is
_GROUND_SHARE, _GROUND_COLDER_K = 0.16, 3.0
_VAPOUR_PRESSURE_PA = 0.08
_WARMEST_HOUR = 14.0
_SUNLIGHT_STEPS = 200


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather at one site; everything by seed and time alone."""

    seed: int
    craft: str
    site: LandingSite
    dust: Dust

    def sample(self, tai_ns: npt.NDArray[np.int64], file_number: int) -> dict[str, Values]:
        """Engineering values by quantity at the instants `tai_ns` (true TAI) of one file."""
        noise = generator(self.seed, self.craft, "weather", file_number)
        count = len(tai_ns)
        seconds = days_since_j2000(tai_ns) * 86_400.0
        sun = sun_from_mars(int(tai_ns[0]))
        climate = climate_at(self.site, int(tai_ns[0]))
        elevation = sun_elevations_deg(self.site, sun, tai_ns)
        hours = local_solar_hours(self.site, sun, tai_ns)
        day = np.cos(2.0 * np.pi * (hours - _WARMEST_HOUR) / 24.0)
        air_k = (
            ZERO_CELSIUS_K
            + climate.at(hours)
            + 0.8 * self._eddies(seconds, "temperature", 40.0, 900.0)
            + noise.normal(0.0, 0.05, count)
        )
        east = 1.5 + 1.2 * day + 1.8 * self._eddies(seconds, "east", 20.0, 1_500.0)
        north = -4.5 + 1.8 * self._eddies(seconds, "north", 20.0, 1_500.0)
        east += noise.normal(0.0, 0.3, count)
        north += noise.normal(0.0, 0.3, count)
        opacity = self.dust.optical_depths(tai_ns)
        saturation = 611.0 * np.exp(22.5 * (1.0 - 273.16 / air_k))
        return {
            "air_temperature": air_k,
            "ground_temperature": self._ground_k(climate, air_k, day),
            "relative_humidity": 100.0 * np.minimum(1.0, _VAPOUR_PRESSURE_PA / saturation),
            "pressure": self._pressure_pa(int(tai_ns[0]), seconds, hours)
            + noise.normal(0.0, 0.02, count),
            "wind_speed": np.hypot(east, north),
            "wind_direction": np.degrees(np.arctan2(-east, -north)) % 360.0,
            "vertical_wind": 0.3 * self._eddies(seconds, "vertical", 15.0, 300.0),
            "solar_flux": sun.irradiance_w_m2 * _sunlight(elevation, opacity),
            "dust_opacity": opacity + 0.02 * self._eddies(seconds, "dust", 9e3, 9e4),
            "sensor_temperature": air_k + 4.0,
            "quality": np.zeros(count),
        }

    @staticmethod
    def _ground_k(climate: Climate, air_k: Values, day: Values) -> Values:
        """Warmer than the air by day and colder by night, but no colder than frost."""
        warmer_k = _GROUND_SHARE * climate.swing_c * day - _GROUND_COLDER_K
        return np.maximum(ZERO_CELSIUS_K + climate.frost_c, air_k + warmer_k)

    def _pressure_pa(self, start_ns: int, seconds: Values, hours: Values) -> Values:
        mean = surface_pressure_pa(self.site.altitude_m, solar_longitude_deg(start_ns))
        day = 2.0 * np.pi * hours / 24.0
        return (
            mean
            + 4.0 * self._eddies(seconds, "waves", 2.0 * SOL_S, 7.0 * SOL_S)
            + 1.6 * np.cos(day - 1.2)
            + 1.1 * np.cos(2.0 * day - 0.4)
        )

    def _eddies(self, seconds: Values, name: str, shortest_s: float, longest_s: float) -> Values:
        """Zero mean, unit variance, periods spread evenly in logarithm."""
        waves = 8
        total = np.zeros_like(seconds)
        for wave in range(waves):
            spread = (wave + uniform(self.seed, self.craft, name, "period", wave)) / waves
            period_s = shortest_s * (longest_s / shortest_s) ** spread
            phase = 2.0 * np.pi * uniform(self.seed, self.craft, name, "phase", wave)
            total += np.sin(2.0 * np.pi * seconds / period_s + phase)
        return total * math.sqrt(2.0 / waves)


def _sunlight(elevation_deg: Values, opacity: Values) -> Values:
    """The share that reaches the ground: within one file both change slowly, so that few are
    worked out and the others lie on straight lines between."""
    few = np.unique(np.linspace(0, len(opacity) - 1, _SUNLIGHT_STEPS).astype(np.int64))
    shares = [surface_sunlight(float(elevation_deg[at]), float(opacity[at])) for at in few]
    return np.interp(np.arange(len(opacity)), few, shares)
