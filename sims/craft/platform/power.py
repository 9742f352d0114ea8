"""Battery and solar panels: an energy balance of lithium-ion cells that feel the cold.

    dE/dt = η·P                  charging, E ≤ C; P = P_solar − P_load, at the terminals
    dE/dt = P − R·I²             discharging, E ≥ E_held
    E_held = C·k·(20 °C − T)     what cells below 20 °C hold back until they are warm again
    R = R_20 · exp(E_a / R_gas · (1/T − 1/293.15 K))
    U = U_0 + R·I,  U·I = P,  U_0 = U_empty + (U_full − U_empty)·E / C

E and C in Wh, P in W, U in V, I in A (into the battery positive), R in Ω, T that of the cells (in
kelvins in the exponent).  What telemetry calls the charge is (E − E_held) / (C − E_held): what they
have to give, of what they could give when as cold.  Below a temperature they take none, as lithium
would plate the anode.  The heat, (1 − η)·P or R·I², stays in the cells.

The linear open-circuit voltage and one charging efficiency η = 0.96 are the energy-balance method
of J. R. Wertz & W. J. Larson (eds.), *Space Mission Analysis and Design*, §11.4.  In the cold:

* k = 0.4 / 60 K: graphite and NMC in an electrolyte of methyl propionate, as a fifth of InSight's
  is, give 60 % of their capacity at −40 °C (Y.-G. Cho et al., ACS Energy Letters 6, 2021); linear
  in between, and beyond.
* E_a = 30 kJ/mol, the lower end of the 30 to 60 of electrodes (RSC Advances 13, 2023, 21667), as of
  cells made for the cold.  With 60 kJ/mol impedance rises fifty-fold from 20 to −20 °C, as that of
  common C-LiCoO₂ cells does (*Studies on rate capability of lithium-ion cells at low temperatures*,
  1999).  R_20 is an estimate of ours, harness and all.
* No charge below −30 °C: down to there InSight's battery had to be charged, at C/5 (M. C. Smart et
  al., *The use of low temperature lithium-ion batteries to enable the NASA InSight mission*).

A craft's platform may state numbers of its own (`battery_…`).  How fast cold cells can be charged,
and how they age, stay out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CHARGING_EFFICIENCY = 0.96
#: solar irradiance that panels of Mars craft are rated at, W/m² (1.524 au)
RATED_IRRADIANCE_W_M2 = 586.0
_GAS_KJ_MOL_K = 8.314_462_6e-3
_ZERO_CELSIUS_K = 273.15
#: where capacity and resistance are rated
RATED_C = 20.0

ChargeMode = Literal["DISCHARGING", "CHARGING", "FULL", "TOO_COLD"]


@dataclass(frozen=True, slots=True)
class Cells:
    """How a battery's cells follow temperature; the usual ones are those of a Mars lander."""

    #: of the battery at 20 °C
    resistance_ohm: float = 0.02
    activation_kj_mol: float = 30.0
    #: share of the capacity that a kelvin below 20 °C holds back
    held_per_k: float = 0.4 / 60.0
    no_charge_below_c: float = -30.0

    @classmethod
    def of(cls, platform: Mapping[str, float]) -> Cells:
        """The usual cells, or what a craft's platform numbers `battery_…` say."""
        usual = cls()
        return cls(
            platform.get("battery_resistance_ohm", usual.resistance_ohm),
            platform.get("battery_activation_kj_mol", usual.activation_kj_mol),
            platform.get("battery_held_per_k", usual.held_per_k),
            platform.get("battery_no_charge_below_c", usual.no_charge_below_c),
        )

    def held_share(self, temperature_c: float) -> float:
        """Of the capacity: what cannot be drawn at this temperature."""
        return min(1.0, max(0.0, self.held_per_k * (RATED_C - temperature_c)))

    def resistance_at_ohm(self, temperature_c: float) -> float:
        """Of the whole battery."""
        colder = 1.0 / (temperature_c + _ZERO_CELSIUS_K) - 1.0 / (RATED_C + _ZERO_CELSIUS_K)
        return self.resistance_ohm * math.exp(self.activation_kj_mol / _GAS_KJ_MOL_K * colder)


@dataclass(slots=True)
class Battery:
    """State of charge and what flows; `advance` moves it on."""

    capacity_wh: float
    charge_wh: float
    empty_v: float
    full_v: float
    cells: Cells = field(default_factory=Cells)
    #: of its cells, as it was told last
    temperature_c: float = RATED_C
    power_w: float = 0.0
    #: what it set free in the last step
    heat_w: float = 0.0
    #: it was offered power that it could not take
    refuses: bool = False

    @classmethod
    def of(cls, platform: Mapping[str, float], temperature_c: float) -> Battery:
        """From a craft's platform numbers `battery_…`, with cells as warm as this."""
        battery = cls(
            platform["battery_wh"],
            0.0,
            platform["battery_empty_v"],
            platform["battery_full_v"],
            Cells.of(platform),
            temperature_c,
        )
        battery.percent = platform["battery_initial_percent"]
        return battery

    def advance(self, seconds: float, solar_w: float, load_w: float, temperature_c: float) -> None:
        """Let `seconds` pass with constant power in and out and constant temperature."""
        self.temperature_c = temperature_c
        surplus_w = solar_w - load_w
        self.refuses = surplus_w > 0.0 and self.is_too_cold
        self.power_w = 0.0 if self.refuses else surplus_w
        if self.power_w > 0.0:
            self.heat_w = (1.0 - CHARGING_EFFICIENCY) * self.power_w
        else:
            self.heat_w = self.resistance_ohm * self.current_a**2
        gain_wh = (self.power_w - self.heat_w) * seconds / 3600.0
        lowest_wh = min(self.charge_wh, self.held_wh)
        self.charge_wh = min(self.capacity_wh, max(lowest_wh, self.charge_wh + gain_wh))
        if self.charge_wh >= self.capacity_wh and self.power_w > 0.0:
            self.power_w = self.heat_w = 0.0

    def take(self, watt_hours: float) -> None:
        """What is taken out at once, what its cells lose by that included."""
        lowest_wh = min(self.charge_wh, self.held_wh)
        self.charge_wh = max(lowest_wh, self.charge_wh - watt_hours)

    @property
    def is_too_cold(self) -> bool:
        """Whether its cells can take no charge."""
        return self.temperature_c < self.cells.no_charge_below_c

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing to give at its temperature."""
        return self.charge_wh <= self.held_wh

    @property
    def held_wh(self) -> float:
        return self.capacity_wh * self.cells.held_share(self.temperature_c)

    @property
    def percent(self) -> float:
        """What it has to give, of what it could give at its temperature."""
        could_wh = self.capacity_wh - self.held_wh
        return 0.0 if self.is_empty else 100.0 * (self.charge_wh - self.held_wh) / could_wh

    @percent.setter
    def percent(self, percent: float) -> None:
        could_wh = self.capacity_wh - self.held_wh
        self.charge_wh = self.held_wh + could_wh * percent / 100.0

    @property
    def most_w(self) -> float:
        """The most power that it can give: at half its open-circuit voltage."""
        return 0.0 if self.is_empty else self._open_circuit_v**2 / (4.0 * self.resistance_ohm)

    @property
    def resistance_ohm(self) -> float:
        return self.cells.resistance_at_ohm(self.temperature_c)

    @property
    def current_a(self) -> float:
        """The root of U·I = P."""
        open_v, resistance = self._open_circuit_v, self.resistance_ohm
        root = math.sqrt(max(0.0, open_v**2 + 4.0 * resistance * self.power_w))
        return (root - open_v) / (2.0 * resistance)

    @property
    def voltage_v(self) -> float:
        return self._open_circuit_v + self.resistance_ohm * self.current_a

    @property
    def mode(self) -> ChargeMode:
        if self.refuses:
            return "TOO_COLD"
        if self.power_w > 0.0:
            return "CHARGING"
        return "FULL" if self.charge_wh >= self.capacity_wh else "DISCHARGING"

    @property
    def _open_circuit_v(self) -> float:
        return self.empty_v + (self.full_v - self.empty_v) * self.charge_wh / self.capacity_wh
