"""Air from the ground up: temperature, density, speed of sound, by what a body's file says of it.

Pressure follows from that at altitude zero by dp/dh = −ρ g, with g = g₀ (R / (R + h))², and density
by ρ = p / (R_s T).  Temperatures are those of a reference atmosphere; which one, and what is
estimated where it ends, each body's file says.

One vertical profile for all of a body; of season, dust and place, only a factor on the density is
told (`density_scale`), in which the simulators' truth differs from what the ground takes.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.celestial.body_model import AtmosphereProfile, PlasmaSheath

FloatArray = NDArray[np.float64]


class Atmosphere(Protocol):
    """What an entry needs to know of the air; altitudes in m, all arrays of one shape."""

    @property
    def sutton_graves(self) -> float:
        """√(kg/m), of the stagnation point's convective heat."""
        ...

    @property
    def plasma(self) -> PlasmaSheath | None: ...

    def density_kg_m3(self, altitude_m: FloatArray) -> FloatArray: ...

    def speed_of_sound_m_s(self, altitude_m: FloatArray) -> FloatArray: ...


class LayeredAtmosphere:
    """A profile, tabulated at each kilometre; log-linear in density between."""

    def __init__(self, profile: AtmosphereProfile) -> None:
        self._profile = profile
        self.sutton_graves = profile.sutton_graves
        self.plasma = profile.plasma
        self._altitude_m = np.arange(profile.lowest_km, profile.highest_km + 1.0) * 1000.0
        known_km, known_k = np.array(profile.temperature_k).T
        self._temperature_k = np.interp(self._altitude_m / 1000.0, known_km, known_k)
        self._log_density = np.log(self._pressures_pa()) - np.log(
            profile.gas_constant_j_kg_k * self._temperature_k
        )

    def temperature_k(self, altitude_m: FloatArray) -> FloatArray:
        return np.asarray(np.interp(altitude_m, self._altitude_m, self._temperature_k))

    def density_kg_m3(self, altitude_m: FloatArray) -> FloatArray:
        """Zero above the profile; below it, where there is no ground, that at its foot."""
        logarithm = np.interp(altitude_m, self._altitude_m, self._log_density)
        return np.where(altitude_m > self._altitude_m[-1], 0.0, np.exp(logarithm))

    def speed_of_sound_m_s(self, altitude_m: FloatArray) -> FloatArray:
        gas = self._profile.ratio_of_specific_heats * self._profile.gas_constant_j_kg_k
        return np.asarray(np.sqrt(gas * self.temperature_k(altitude_m)))

    def _pressures_pa(self) -> FloatArray:
        """Hydrostatic, by the trapezoidal rule over g / (R_s T)."""
        profile = self._profile
        radius_m = profile.gravity_radius_km * 1000.0
        gravity = profile.gravity_m_s2 * (radius_m / (radius_m + self._altitude_m)) ** 2
        inverse_scale_height = gravity / (profile.gas_constant_j_kg_k * self._temperature_k)
        steps = np.diff(self._altitude_m)
        means = (inverse_scale_height[1:] + inverse_scale_height[:-1]) / 2.0
        depth = np.concatenate(([0.0], np.cumsum(means * steps)))
        at_zero = np.interp(0.0, self._altitude_m, depth)
        return np.asarray(profile.pressure_pa * np.exp(at_zero - depth))


@cache
def layered(profile: AtmosphereProfile) -> LayeredAtmosphere:
    """The atmosphere of a profile, tabulated once."""
    return LayeredAtmosphere(profile)
