"""Sunlight that reaches level ground through dust: the delta-Eddington two-stream approximation.

    F(ground) / F(above) = μ · T(μ, τ) / (1 − A · R(τ)),   μ = sin(elevation)

T is the share of the beam that arrives, direct and scattered, R the share of what goes up from the
ground that dust sends back, A = 0.2 the ground's albedo: W. E. Meador & W. R. Weaver, J. Atmos.
Sci. 37, 1980, equations 14 and 15 and table 1, with optical depth, single-scattering albedo and
asymmetry scaled as in J. H. Joseph, W. J. Wiscombe & J. A. Weinman, J. Atmos. Sci. 33, 1976.  Dust:
albedo 0.86 and asymmetry 0.79, as the Viking landers saw it (J. B. Pollack et al., J. Geophys. Res.
84, 1979), which J. Appelbaum & D. J. Flood, *Solar Radiation on Mars*, Solar Energy 45, 1990, is
made from.  One layer, flat: there is no twilight.
"""

from __future__ import annotations

import math
from functools import cache

_SINGLE_SCATTERING_ALBEDO = 0.86
_ASYMMETRY = 0.79
_GROUND_ALBEDO = 0.2
#: a Sun lower than this gives no more than one that stands there (the layer is flat)
_LOWEST_SINE = 0.01
#: the formula has no value where k · μ is 1
_AWAY_FROM_POLE = 1e-5


def surface_sunlight(elevation_deg: float, optical_depth: float) -> float:
    """Global flux on level ground as a share of the flux above the atmosphere, 0 to 1."""
    sine = math.sin(math.radians(elevation_deg))
    if sine <= 0.0:
        return 0.0
    return sine * _transmission(max(sine, _LOWEST_SINE), optical_depth)


@cache
def _scaled() -> tuple[float, float, float, float]:
    """How optical depth scales, and ω', g' and k of the scaled dust."""
    forward = _ASYMMETRY**2
    factor = 1.0 - _SINGLE_SCATTERING_ALBEDO * forward
    albedo = (1.0 - forward) * _SINGLE_SCATTERING_ALBEDO / factor
    asymmetry = _ASYMMETRY / (1.0 + _ASYMMETRY)
    gamma_1, gamma_2 = _gammas(albedo, asymmetry)
    return factor, albedo, asymmetry, math.sqrt(gamma_1**2 - gamma_2**2)


def _gammas(albedo: float, asymmetry: float) -> tuple[float, float]:
    """Eddington's, of table 1."""
    return (
        (7.0 - albedo * (4.0 + 3.0 * asymmetry)) / 4.0,
        -(1.0 - albedo * (4.0 - 3.0 * asymmetry)) / 4.0,
    )


def _transmission(sine: float, optical_depth: float) -> float:
    factor, albedo, asymmetry, k = _scaled()
    depth, mu = factor * optical_depth, sine
    if abs(1.0 - k * mu) < _AWAY_FROM_POLE:
        mu *= 1.0 + 2.0 * _AWAY_FROM_POLE
    gamma_1, gamma_2 = _gammas(albedo, asymmetry)
    gamma_3 = (2.0 - 3.0 * asymmetry * mu) / 4.0
    gamma_4 = 1.0 - gamma_3
    alpha_1 = gamma_1 * gamma_4 + gamma_2 * gamma_3
    grown, shrunk = math.exp(k * depth), math.exp(-k * depth)
    both = (k + gamma_1) * grown + (k - gamma_1) * shrunk
    beam = math.exp(-depth / mu)
    scattered = (
        albedo
        / ((1.0 - (k * mu) ** 2) * both)
        * (
            (1.0 + k * mu) * (alpha_1 + k * gamma_4) * grown * beam
            - (1.0 - k * mu) * (alpha_1 - k * gamma_4) * shrunk * beam
            - 2.0 * k * (gamma_4 + alpha_1 * mu)
        )
    )
    sent_back = gamma_2 * (grown - shrunk) / both
    return (beam - scattered) / (1.0 - _GROUND_ALBEDO * sent_back)
