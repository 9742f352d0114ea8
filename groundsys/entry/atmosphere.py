"""Mars' atmosphere from the ground to 150 km: temperature, density, speed of sound.

Temperatures up to 100 km are those of the COSPAR reference atmosphere, mean of the northern
summer's middle latitudes (A. Seiff, *Post-Viking models for the structure of the summer atmosphere
of Mars*, Adv. Space Res. 2, 1982; table also in D. I. Kaplan, *Environment of Mars, 1988*, NASA
TM-100470).  Above, where the table ends, a rise of 1 K/km is an estimate of ours; what is there
(2e-7 kg/m³ and less) brakes a capsule by no more than 1 m/s.  Pressure follows from 6.36 hPa at
altitude zero by dp/dh = −ρ g, with g = g₀ (R / (R + h))², and density by ρ = p / (R_s T).

One vertical profile for all of Mars; of season, dust and place, only a factor on the density is
told (`density_scale`), in which the simulators' truth differs from what the ground takes.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: J/(kg·K): 8314.46 J/(kmol·K) / 43.49 kg/kmol, Seiff's mean molecular mass
GAS_CONSTANT_J_KG_K = 191.18
#: cp / cv of that mixture at 200 K
RATIO_OF_SPECIFIC_HEATS = 1.33
SURFACE_PRESSURE_PA = 636.0

_SURFACE_GRAVITY_M_S2 = 3.7279  # Seiff's, at a radius of 3389.5 km
_RADIUS_M = 3_389_500.0
_HIGHEST_KM = 150.0
_COSPAR_STEP_KM = 2.0
# fmt: off
_COSPAR_K = (
    214.0, 213.8, 213.4, 212.4, 209.2, 205.0, 201.4, 197.8, 194.6, 191.4,  # 0 to 18 km
    188.2, 185.2, 182.5, 180.0, 177.5, 175.0, 172.5, 170.0, 167.5, 164.8,  # 20 to 38 km
    162.4, 160.0, 158.0, 156.0, 154.1, 152.2, 150.3, 148.7, 147.2, 145.7,  # 40 to 58 km
    144.2, 143.0, 142.0, 141.0, 140.0, 139.5, 139.0, 139.0, 139.0, 139.0,  # 60 to 78 km
    139.0, 139.0, 139.0, 139.0, 139.0, 139.0, 139.0, 139.0, 139.0, 139.0,  # 80 to 98 km
    139.0,
)
# fmt: on
_THERMOSPHERE_K_KM = 1.0


class Atmosphere(Protocol):
    """What an entry needs to know of the air; altitudes in m, all arrays of one shape."""

    def density_kg_m3(self, altitude_m: FloatArray) -> FloatArray: ...

    def speed_of_sound_m_s(self, altitude_m: FloatArray) -> FloatArray: ...


class MarsAtmosphere:
    """The profile, tabulated at each kilometre; log-linear in density between."""

    def __init__(self) -> None:
        low_km = np.arange(len(_COSPAR_K)) * _COSPAR_STEP_KM
        self._altitude_m = np.arange(-8.0, _HIGHEST_KM + 1.0) * 1000.0
        height_km = self._altitude_m / 1000.0
        self._temperature_k = np.interp(height_km, low_km, _COSPAR_K) + _THERMOSPHERE_K_KM * (
            np.maximum(height_km - low_km[-1], 0.0)
        )
        self._log_density = np.log(self._pressures_pa()) - np.log(
            GAS_CONSTANT_J_KG_K * self._temperature_k
        )

    def temperature_k(self, altitude_m: FloatArray) -> FloatArray:
        return np.asarray(np.interp(altitude_m, self._altitude_m, self._temperature_k))

    def density_kg_m3(self, altitude_m: FloatArray) -> FloatArray:
        """Zero above 150 km; below −8 km, where Mars has no ground, that at −8 km."""
        logarithm = np.interp(altitude_m, self._altitude_m, self._log_density)
        return np.where(altitude_m > self._altitude_m[-1], 0.0, np.exp(logarithm))

    def speed_of_sound_m_s(self, altitude_m: FloatArray) -> FloatArray:
        warmth = RATIO_OF_SPECIFIC_HEATS * GAS_CONSTANT_J_KG_K * self.temperature_k(altitude_m)
        return np.asarray(np.sqrt(warmth))

    def _pressures_pa(self) -> FloatArray:
        """Hydrostatic, by the trapezoidal rule over g / (R_s T)."""
        gravity = _SURFACE_GRAVITY_M_S2 * (_RADIUS_M / (_RADIUS_M + self._altitude_m)) ** 2
        inverse_scale_height = gravity / (GAS_CONSTANT_J_KG_K * self._temperature_k)
        steps = np.diff(self._altitude_m)
        means = (inverse_scale_height[1:] + inverse_scale_height[:-1]) / 2.0
        depth = np.concatenate(([0.0], np.cumsum(means * steps)))
        at_zero = np.interp(0.0, self._altitude_m, depth)
        return np.asarray(SURFACE_PRESSURE_PA * np.exp(at_zero - depth))
