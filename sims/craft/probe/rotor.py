"""Power that a rotorcraft hovers with, by momentum theory.

    P = T^1.5 / (FM · η · √(2 ρ A)) + P_avionics,    T = m g

T the weight in N, A the area of the rotor's disk in m² (two rotors on one axis count as one), ρ
the air's density in kg/m³, FM = 0.45 the figure of merit of such a pair in air so thin, η = 0.7 of
motor and its electronics: W. Johnson, *Rotorcraft Aeromechanics*, 2013, ch. 3 and 4; FM and η are
estimates of ours that meet Ingenuity's power.  Slow forward flight is taken to cost as much as
hovering.
"""

from __future__ import annotations

import math

#: of Mars at its surface, m/s²
GRAVITY_M_S2 = 3.71
_FIGURE_OF_MERIT = 0.45
_DRIVE_EFFICIENCY = 0.7
_AVIONICS_W = 40.0


def hover_power_w(mass_kg: float, rotor_diameter_m: float, density_kg_m3: float) -> float:
    """Electrical power while it hovers."""
    area_m2 = math.pi / 4.0 * rotor_diameter_m**2
    ideal_w = math.pow(mass_kg * GRAVITY_M_S2, 1.5) / math.sqrt(2.0 * density_kg_m3 * area_m2)
    return ideal_w / (_FIGURE_OF_MERIT * _DRIVE_EFFICIENCY) + _AVIONICS_W
