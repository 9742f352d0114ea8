"""Mars: size, gravity and rotation.

Rotation and radii: B. A. Archinal et al., *Report of the IAU Working Group on Cartographic
Coordinates and Rotational Elements: 2015*, Celest. Mech. Dyn. Astr. 130:22 (2018), table 1 and 4.
Gravity: A. S. Konopliv et al., *An improved JPL Mars gravity field …*, Icarus 274 (2016), MRO120D.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import DAYS_PER_CENTURY, SECONDS_PER_DAY, FloatArray

EQUATORIAL_RADIUS_KM = 3396.19
POLAR_RADIUS_KM = 3376.20

GM_KM3_S2 = 42_828.375_214
#: Unnormalised, for GRAVITY_RADIUS_KM.
J2 = 1.956_6e-3
GRAVITY_RADIUS_KM = 3396.0

#: constant (deg), rate (deg per Julian century, prime meridian: per day)
POLE_RIGHT_ASCENSION = (317.269202, -0.10927547)
POLE_DECLINATION = (54.432516, -0.05827105)
PRIME_MERIDIAN = (176.049863, 350.891982443297)

#: amplitude (deg), phase (deg), rate (deg per Julian century); sines, cosines for the declination
RIGHT_ASCENSION_TERMS = (
    (0.000068, 198.991226, 19139.4819985),
    (0.000238, 226.292679, 38280.8511281),
    (0.000052, 249.663391, 57420.7251593),
    (0.000009, 266.183510, 76560.6367950),
    (0.419057, 79.398797, 0.5042615),
)
DECLINATION_TERMS = (
    (0.000051, 122.433576, 19139.9407476),
    (0.000141, 43.058401, 38280.8753272),
    (0.000031, 57.663379, 57420.7517205),
    (0.000005, 79.476401, 76560.6495004),
    (1.591274, 166.325722, 0.5042615),
)
PRIME_MERIDIAN_TERMS = (
    (0.000145, 129.071773, 19140.0328244),
    (0.000157, 36.352167, 38281.0473591),
    (0.000040, 56.668646, 57420.9295360),
    (0.000001, 67.364003, 76560.2552215),
    (0.000001, 104.792680, 95700.4387578),
    (0.584542, 95.391654, 0.5042615),
)


def pole_angles_deg(tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination of the pole in ICRF."""
    centuries = tdb_s / (SECONDS_PER_DAY * DAYS_PER_CENTURY)
    right_ascension = POLE_RIGHT_ASCENSION[0] + POLE_RIGHT_ASCENSION[1] * centuries
    for amplitude, phase, rate in RIGHT_ASCENSION_TERMS:
        right_ascension = right_ascension + amplitude * np.sin(np.radians(phase + rate * centuries))
    declination = POLE_DECLINATION[0] + POLE_DECLINATION[1] * centuries
    for amplitude, phase, rate in DECLINATION_TERMS:
        declination = declination + amplitude * np.cos(np.radians(phase + rate * centuries))
    return right_ascension, declination


def pole(tdb_s: FloatArray) -> FloatArray:
    """The unit vector to the north pole along ICRF axes, shape (3, n)."""
    right_ascension, declination = (np.radians(angle) for angle in pole_angles_deg(tdb_s))
    return np.array(
        [
            np.cos(declination) * np.cos(right_ascension),
            np.cos(declination) * np.sin(right_ascension),
            np.sin(declination),
        ]
    )


def rotation_angles_deg(tdb_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Right ascension and declination of the pole in ICRF, and the prime meridian's angle W."""
    right_ascension, declination = pole_angles_deg(tdb_s)
    days = tdb_s / SECONDS_PER_DAY
    centuries = days / DAYS_PER_CENTURY
    meridian = PRIME_MERIDIAN[0] + PRIME_MERIDIAN[1] * days
    for amplitude, phase, rate in PRIME_MERIDIAN_TERMS:
        meridian = meridian + amplitude * np.sin(np.radians(phase + rate * centuries))
    return right_ascension, declination, np.mod(meridian, 360.0)


def body_fixed_rotation(tdb_s: FloatArray) -> FloatArray:
    """ICRF → Mars body-fixed (IAU_MARS), shape (3, 3, n)."""
    right_ascension, declination, meridian = rotation_angles_deg(tdb_s)
    return euler_313(
        np.radians(right_ascension + 90.0), np.radians(90.0 - declination), np.radians(meridian)
    )


def equator_rotation(tdb_s: FloatArray) -> FloatArray:
    """ICRF → Mars' equator and node on the ICRF equator at that time, shape (3, 3, n)."""
    right_ascension, declination, _ = rotation_angles_deg(tdb_s)
    return euler_313(
        np.radians(right_ascension + 90.0),
        np.radians(90.0 - declination),
        np.zeros_like(right_ascension),
    )
