"""Battery and solar panels: an energy balance.

    dE/dt = η · (P_solar − P_load)   while charging, E ≤ capacity
    dE/dt =      P_solar − P_load    while discharging, E ≥ 0
    U     = U_empty + (U_full − U_empty) · E / capacity + R · I,   I = P_battery / U

E in Wh, P in W, U in V, I in A (into the battery positive), R the inner resistance.  The linear
open-circuit voltage and one charging efficiency η = 0.96 are the energy-balance method of
J. R. Wertz & W. J. Larson (eds.), *Space Mission Analysis and Design*, §11.4.  Simple because
what the ground can see is a charge in half percents; cell chemistry below that stays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CHARGING_EFFICIENCY = 0.96
#: solar irradiance that panels of Mars craft are rated at, W/m² (1.524 au)
RATED_IRRADIANCE_W_M2 = 586.0

ChargeMode = Literal["DISCHARGING", "CHARGING", "FULL"]


@dataclass(slots=True)
class Battery:
    """State of charge and what flows; `advance` moves it on."""

    capacity_wh: float
    charge_wh: float
    empty_v: float
    full_v: float
    resistance_ohm: float
    power_w: float = 0.0

    @classmethod
    def of(cls, platform: Mapping[str, float], *, resistance_ohm: float) -> Battery:
        """From a craft's platform numbers `battery_…`."""
        capacity_wh = platform["battery_wh"]
        return cls(
            capacity_wh,
            capacity_wh * platform["battery_initial_percent"] / 100.0,
            platform["battery_empty_v"],
            platform["battery_full_v"],
            resistance_ohm,
        )

    def advance(self, seconds: float, solar_w: float, load_w: float) -> None:
        """Let `seconds` pass with constant power in and out."""
        surplus_w = solar_w - load_w
        gain_wh = surplus_w * seconds / 3600.0
        if gain_wh > 0.0:
            gain_wh *= CHARGING_EFFICIENCY
        before_wh = self.charge_wh
        self.charge_wh = min(self.capacity_wh, max(0.0, before_wh + gain_wh))
        full = self.charge_wh >= self.capacity_wh and surplus_w > 0.0
        self.power_w = 0.0 if full else surplus_w

    def take(self, watt_hours: float) -> None:
        """What is taken out at once, in a time too short to matter."""
        self.charge_wh = max(0.0, self.charge_wh - watt_hours)

    @property
    def percent(self) -> float:
        return 100.0 * self.charge_wh / self.capacity_wh

    @property
    def current_a(self) -> float:
        return self.power_w / self._open_circuit_v

    @property
    def voltage_v(self) -> float:
        return self._open_circuit_v + self.resistance_ohm * self.current_a

    @property
    def mode(self) -> ChargeMode:
        if self.power_w < 0.0:
            return "DISCHARGING"
        return "CHARGING" if self.power_w > 0.0 else "FULL"

    @property
    def _open_circuit_v(self) -> float:
        return self.empty_v + (self.full_v - self.empty_v) * self.charge_wh / self.capacity_wh
