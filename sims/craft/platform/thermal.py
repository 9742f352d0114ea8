"""Temperature of a craft: one or more lumps that relax towards their surroundings.

    dT/dt = (T_sink − T) / τ + P / C,    P = heat set free inside + heater

T in °C, τ = C/G the time constant in s, C in J/K, G in W/K.  Over a step with constant sink and
power the solution is exact: T → T_sink + P/G with exp(−t/τ).  The lumped-node method of
D. G. Gilmore (ed.), *Spacecraft Thermal Control Handbook*, vol. 1, ch. 15, radiation linearised
about the working temperature; one node because one thermistor a place is what comes home.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

HeaterMode = Literal["OFF", "ON", "AUTO"]
#: a thermostat switches on this far below its set point and off this far above, K
HYSTERESIS_K = 1.0


@dataclass(slots=True)
class ThermalNode:
    """One lump."""

    temperature_c: float
    time_constant_s: float
    conductance_w_k: float

    def advance(self, seconds: float, sink_c: float, power_w: float) -> None:
        """Let `seconds` pass with constant surroundings and power."""
        settled_c = sink_c + power_w / self.conductance_w_k
        remaining = math.exp(-seconds / self.time_constant_s)
        self.temperature_c = settled_c + (self.temperature_c - settled_c) * remaining


@dataclass(slots=True)
class Heater:
    """A heater with a thermostat of two points."""

    power_w: float
    setpoint_c: float
    mode: HeaterMode = "AUTO"
    heating: bool = False

    def regulate(self, temperature_c: float) -> float:
        """Watts drawn, given the temperature just measured."""
        if self.mode == "AUTO":
            if temperature_c < self.setpoint_c - HYSTERESIS_K:
                self.heating = True
            elif temperature_c > self.setpoint_c + HYSTERESIS_K:
                self.heating = False
        else:
            self.heating = self.mode == "ON"
        return self.power_w if self.heating else 0.0
