"""The drag of a capsule with two inflatable stages.

The hypersonic value of a 60° to 70° sphere-cone is 1.6 to 1.7, falling towards Mach 1 and to about
1.0 below (R. D. Braun & R. M. Manning, *Mars Exploration Entry, Descent and Landing Challenges*,
J. Spacecraft and Rockets 44, 2007); the numbers are a craft's data.  Rarefied air, in which drag is
up to a third larger, is left out: above 75 km, where a capsule of 1 m meets Knudsen numbers over
0.01, it has lost 30 m/s of 5.6 km/s; below, the difference is within drag's stated uncertainty.
"""

from __future__ import annotations

import numpy as np

from groundsys.entry.atmosphere import FloatArray
from groundsys.mission.arrival.entry_model import Aeroshell


def drag_area_m2(shell: Aeroshell, mach: FloatArray, opened: FloatArray) -> FloatArray:
    """C_D·A with the second stage open by a share `opened` of its way."""
    first = np.interp(mach, shell.mach, shell.drag_coefficients) * _disc_m2(shell.diameter_m)
    second = shell.second_drag_coefficient * _disc_m2(shell.second_diameter_m)
    return np.asarray(first + opened * (second - first))


def ballistic_coefficient_kg_m2(shell: Aeroshell, mach: float) -> float:
    """β = m / (C_D·A) before the second stage opens."""
    return shell.mass_kg / float(drag_area_m2(shell, np.array([mach]), np.zeros(1))[0])


def _disc_m2(diameter_m: float) -> float:
    return float(np.pi) * diameter_m**2 / 4.0
