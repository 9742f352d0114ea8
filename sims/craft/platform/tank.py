"""A propellant tank in blow-down: gas above hydrazine, which expands as the propellant leaves.

    p · (V − m/ρ) = p₀ · (V − m₀/ρ) · T/T₀

p in Pa, V the tank's volume in m³, m the propellant in kg, ρ its density, T the tank's
temperature in K; index 0 is the start of the scenario.  Ideal gas that keeps the tank's
temperature (J. R. Wertz & W. J. Larson (eds.), *Space Mission Analysis and Design*, §17.4).  A
long burn cools the gas by some ten kelvins, which would take a few percent off the pressure for
an hour; Δv does not feel it, since the accelerometer ends a burn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: of hydrazine at 20 °C, kg/m³ (E. W. Schmidt, *Hydrazine and Its Derivatives*, 2nd ed., 2001)
HYDRAZINE_KG_M3 = 1_008.0
#: stays behind when the tank is as good as empty, kg (ours: a percent of a full one)
UNUSABLE_KG = 0.6
_ZERO_CELSIUS_K = 273.15


@dataclass(slots=True)
class Tank:
    """The one tank of a craft, which engine and thrusters empty."""

    propellant_kg: float
    volume_m3: float
    #: at the start, with `first_propellant_kg` and `first_temperature_c`
    first_pressure_pa: float
    first_propellant_kg: float
    first_temperature_c: float
    temperature_c: float
    #: the regulator's; 0: none
    regulator_pa: float = 0.0

    @classmethod
    def of(cls, platform: Mapping[str, float], temperature_c: float) -> Tank:
        """From a craft's platform numbers `propellant_kg` and `tank_…`."""
        propellant_kg = platform["propellant_kg"]
        return cls(
            propellant_kg,
            platform["tank_volume_l"] / 1000.0,
            platform["tank_pressure_bar"] * 1e5,
            propellant_kg,
            temperature_c,
            temperature_c,
            platform["tank_regulator_bar"] * 1e5,
        )

    @property
    def usable_kg(self) -> float:
        return max(0.0, self.propellant_kg - UNUSABLE_KG)

    def draw(self, propellant_kg: float) -> None:
        """Let so much propellant leave, or what is left."""
        self.propellant_kg -= min(propellant_kg, self.propellant_kg)

    @property
    def pressure_pa(self) -> float:
        return self.pressure_with(self.propellant_kg)

    def pressure_with(self, propellant_kg: float) -> float:
        """The pressure once so much propellant is left."""
        first_gas_m3 = self.volume_m3 - self.first_propellant_kg / HYDRAZINE_KG_M3
        gas_m3 = self.volume_m3 - propellant_kg / HYDRAZINE_KG_M3
        warmth = (self.temperature_c + _ZERO_CELSIUS_K) / (
            self.first_temperature_c + _ZERO_CELSIUS_K
        )
        return max(self.regulator_pa, self.first_pressure_pa * first_gas_m3 / gas_m3 * warmth)
