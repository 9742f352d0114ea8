"""What accelerates a small body, each as a function of its own: km, s and km/s² along ICRF axes.

* Gravity of point masses after Newton and, with it, general relativity to first order for a body
  without mass of its own among n others: the Einstein–Infeld–Hoffmann equations in isotropic
  coordinates with β = γ = 1 (T. D. Moyer, *Formulation for Observed and Computed Values of Deep
  Space Network Data Types*, JPL 2000, equation 4-26), the form that JPL's ephemerides are made by.
* Oblateness J2 of a body about its pole (D. A. Vallado, *Fundamentals of Astrodynamics and
  Applications*, section 8.6).
* What comes from sunlight, Yarkovsky's effect above all: radial and transverse accelerations A1 and
  A2 at 1 au, falling with the distance r as α (r/r₀)^−m (1 + (r/r₀)^n)^−k (B. G. Marsden,
  Z. Sekanina, D. K. Yeomans, Astron. J. 78, 1973, as JPL's orbit solutions state it).
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import SECONDS_PER_DAY, FloatArray
from groundsys.mission.celestial.body_model import NonGravitational

SPEED_OF_LIGHT_KM_S = 299_792.458
#: IAU 2012, resolution B2
ASTRONOMICAL_UNIT_KM = 149_597_870.7


def gravity(
    place: FloatArray,
    motion: FloatArray,
    gm_km3_s2: FloatArray,
    places: FloatArray,
    motions: FloatArray,
) -> FloatArray:
    """Newton's and Einstein's pull (3,) of m bodies at `places` (m, 3) that move by `motions`."""
    squared_c = SPEED_OF_LIGHT_KM_S**2
    away = place - places
    distance = np.sqrt(np.einsum("mi,mi->m", away, away))
    pull = gm_km3_s2 / distance**3
    accelerations, potentials = _among_themselves(gm_km3_s2, places)
    along = np.einsum("mi,mi->m", away, motions)
    factor = (
        1.0
        + (
            -4.0 * float((gm_km3_s2 / distance).sum())
            - potentials
            + float(motion @ motion)
            + 2.0 * np.einsum("mi,mi->m", motions, motions)
            - 4.0 * (motions @ motion)
            - 1.5 * (along / distance) ** 2
            - 0.5 * np.einsum("mi,mi->m", away, accelerations)
        )
        / squared_c
    )
    drag = pull * np.einsum("mi,mi->m", away, 4.0 * motion - 3.0 * motions) / squared_c
    return np.asarray(
        -(pull * factor) @ away
        + drag @ (motion - motions)
        + 3.5 / squared_c * ((gm_km3_s2 / distance) @ accelerations)
    )


def _among_themselves(gm_km3_s2: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Newton's accelerations (m, 3) of the bodies by one another, and the potential at each."""
    apart = places[np.newaxis] - places[:, np.newaxis]
    distance = np.sqrt(np.einsum("kmi,kmi->km", apart, apart))
    np.fill_diagonal(distance, np.inf)
    accelerations = np.einsum("m,km,kmi->ki", gm_km3_s2, distance**-3, apart)
    return accelerations, (gm_km3_s2 / distance).sum(axis=1)


def oblateness(
    away: FloatArray, pole: FloatArray, gm_km3_s2: float, j2: float, radius_km: float
) -> FloatArray:
    """What J2 adds (3,) at `away` (3,) from the centre of a body with that `pole`."""
    squared = float(away @ away)
    height = float(away @ pole)
    strength = 1.5 * gm_km3_s2 * j2 * radius_km**2 / squared**2.5
    share = height**2 / squared
    return np.asarray(strength * ((5.0 * share - 1.0) * away - 2.0 * height * pole))


def sunlight(away: FloatArray, motion: FloatArray, given: NonGravitational) -> FloatArray:
    """A1 and A2's accelerations (3,), from place and motion about the Sun."""
    distance = float(np.sqrt(away @ away))
    outwards = away / distance
    across = np.cross(np.cross(away, motion), away)
    across = across / np.sqrt(across @ across)
    ratio = distance / (given.scale_au * ASTRONOMICAL_UNIT_KM)
    strength = (
        given.normalisation
        * ratio**-given.near_exponent
        * (1.0 + ratio**given.far_exponent) ** -given.far_power
    )
    au_d2 = ASTRONOMICAL_UNIT_KM / SECONDS_PER_DAY**2
    return np.asarray(
        strength * au_d2 * (given.radial_au_d2 * outwards + given.transverse_au_d2 * across)
    )
