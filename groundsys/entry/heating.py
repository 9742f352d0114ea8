"""What hot gas does to a blunt body: heat at the nose, and a sheath of plasma that stops radio.

Heat flux: K. Sutton & R. A. Graves, *A General Stagnation-Point Convective-Heating Equation for
Arbitrary Gas Mixtures*, NASA TR R-376 (1971): q = k √(ρ / r) V³, k that of the body's air.  What
the shock layer radiates is left out: above some 10 km/s the heat is told too low, by how much is
not known here.
The wall is taken to radiate what it receives: T = (q / (ε σ))^¼.

Plasma: radio of frequency f passes while there are fewer electrons than n_c = (f / 8.98 Hz)² per
m³ (D. D. Morabito, *The Spacecraft Communications Blackout Problem …*, IPN PR 42-150, 2002).
Electrons in the wake are taken as proportional to the air's density and, as the temperature behind
a shock goes with the square of speed, to a Boltzmann factor:

    n = n₀ (ρ / 1 kg/m³) exp(−(V₀ / V)²)

Both constants are the body's.  Those of Mars are fitted to one flight, InSight's, along the
trajectory that `entry.motion` gives that craft.  For Pathfinder, which entered at 7.5 km/s, they
give 30 s without X-band, as long as was observed (Morabito 2002), and for InSight none.  So the
model is empirical, for blunt bodies between 4 and 8 km/s; brownout counts as blackout; the body's
shape and what it sheds are not in it.  Where nobody has fitted them, no blackout is told.
"""

from __future__ import annotations

import numpy as np

from groundsys.entry.atmosphere import FloatArray
from groundsys.mission.celestial.body_model import PlasmaSheath

_STEFAN_BOLTZMANN = 5.670374e-8  # W/(m²·K⁴)
_PLASMA_HZ = 8.98  # √(electrons per m³)


def heat_flux_w_m2(
    density_kg_m3: FloatArray, speed_m_s: FloatArray, nose_m: float, sutton_graves: float
) -> FloatArray:
    """Convective heat flux at the stagnation point of a nose of radius `nose_m`, cold wall."""
    return np.asarray(sutton_graves * np.sqrt(density_kg_m3 / nose_m) * speed_m_s**3)


def wall_temperature_k(flux_w_m2: FloatArray, emissivity: float) -> FloatArray:
    """The temperature at which a wall radiates what it receives."""
    return np.asarray((flux_w_m2 / (emissivity * _STEFAN_BOLTZMANN)) ** 0.25)


def critical_electrons_per_m3(frequency_hz: float) -> float:
    """More of them, and a wave of this frequency is reflected."""
    return (frequency_hz / _PLASMA_HZ) ** 2


def electrons_per_m3(
    density_kg_m3: FloatArray, speed_m_s: FloatArray, sheath: PlasmaSheath | None
) -> FloatArray:
    """Electron density in the wake; none without a sheath."""
    if sheath is None:
        return np.zeros_like(density_kg_m3)
    warmth = np.exp(-((sheath.speed_m_s / np.maximum(speed_m_s, 1.0)) ** 2))
    return np.asarray(sheath.electrons_per_m3 * density_kg_m3 * warmth)
