"""The main engine: hydrazine over a catalyst, thrust by the tank's pressure; the rocket equation.

    F  = F_low + (F_high − F_low) · (p − p_low) / (p_high − p_low)      thrust, N
    ṁ  = F / (g₀ · Isp)                                                 mass flow, kg/s
    Δv = g₀ · Isp · ln(m / (m − ṁ·t))                                   over t of constant F and Isp

Isp lies between its two ends as F does.  The craft file states the ends; those of the OTV are the
published range of ArianeGroup's 400 N hydrazine thruster: 120 to 420 N, 212 to 220 s and 58 to
190 g/s at an inlet pressure of 5.5 to 26 bar (data sheet *400 N monopropellant thruster*); its
flow and thrust agree within 3 %.  Simple because a blow-down engine's thrust is nearly
proportional to its inlet pressure; the rise at ignition (some 0.1 s) and the tail after cut-off
are left out and belong to the fixed part of the execution error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

#: standard gravity, m/s²
G0_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class Engine:
    """The ends of the engine's range."""

    low_pa: float
    high_pa: float
    low_thrust_n: float
    high_thrust_n: float
    low_isp_s: float
    high_isp_s: float

    @classmethod
    def of(cls, platform: Mapping[str, float]) -> Engine:
        """From a craft's platform numbers `engine_…`."""
        return cls(
            platform["engine_low_bar"] * 1e5,
            platform["engine_high_bar"] * 1e5,
            platform["engine_low_thrust_n"],
            platform["engine_high_thrust_n"],
            platform["engine_low_isp_s"],
            platform["engine_high_isp_s"],
        )

    def thrust_n(self, pressure_pa: float) -> float:
        share = self._share(pressure_pa)
        return self.low_thrust_n + share * (self.high_thrust_n - self.low_thrust_n)

    def isp_s(self, pressure_pa: float) -> float:
        share = self._share(pressure_pa)
        return self.low_isp_s + share * (self.high_isp_s - self.low_isp_s)

    def flow_kg_s(self, pressure_pa: float) -> float:
        return self.thrust_n(pressure_pa) / (G0_M_S2 * self.isp_s(pressure_pa))

    def _share(self, pressure_pa: float) -> float:
        share = (pressure_pa - self.low_pa) / (self.high_pa - self.low_pa)
        return min(1.0, max(0.0, share))


def delta_v_m_s(isp_s: float, mass_kg: float, propellant_kg: float) -> float:
    """What `propellant_kg` gives a craft that weighs `mass_kg` with it."""
    return G0_M_S2 * isp_s * math.log(mass_kg / (mass_kg - propellant_kg))


def propellant_kg(isp_s: float, mass_kg: float, delta_v_m_s: float) -> float:
    """What a craft of `mass_kg` needs for a Δv."""
    return mass_kg * -math.expm1(-delta_v_m_s / (G0_M_S2 * isp_s))
