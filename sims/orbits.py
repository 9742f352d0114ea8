"""Conics and pushes: elements to place and motion, an impulse, and elements again.

Two-body formulas (D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, section 2.2,
algorithms 9 and 10) in the frame of the orbit; lengths in km, speeds in km/s, gm in km³/s².  A
hyperbola has a negative semi-major axis.  A push is an impulse at one instant.  A burn of T
seconds is as good as one at its centroid but for (n·T)² / 24 of its Δv, n being the mean motion of
a circle there (H. M. Robbins, *An Analytical Study of the Impulsive Approximation*, AIAA Journal 4,
1966): of a burn of 30 s at 4 000 km about Mars 3e-5.  Longer burns are many pushes.

Elements that drift by J2 are taken as mean before and after: the place is continuous, and the
change of velocity is the push within 0.5 % of it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

Vector3 = NDArray[np.float64]
#: gravity parameters of the centres, km³/s² (JPL DE440, Park et al. 2021, table 2)
GM_KM3_S2 = {
    "MARS": 42_828.375_214,  # Mars alone: its moons add 3e-8 of it
    "EARTH": 398_600.435507,
    "SUN": 132_712_440_041.279419,
}
#: below this eccentricity periapsis, below this sine of inclination the node, is where we say
_ROUND = 1e-10


def mean_motion(orbit: KeplerOrbit) -> float:
    """Rad/s; of a hyperbola, of the mean anomaly that grows for ever."""
    gm = _gm_km3_s2(orbit)
    return math.sqrt(gm / abs(orbit.semi_major_axis_km) ** 3)


def carried_to(
    orbit: KeplerOrbit,
    at: Instant,
    *,
    raan_rate: float = 0.0,
    periapsis_rate: float = 0.0,
    mean_rate: float,
) -> KeplerOrbit:
    """The same orbit with the epoch `at`; rates of its elements in rad/s."""
    elapsed_s = at.seconds_since(orbit.epoch)

    def drifted(angle_deg: float, rate: float) -> float:
        return float(angle_deg + np.degrees(rate * elapsed_s))

    anomaly_deg = drifted(orbit.mean_anomaly_deg, mean_rate)
    return replace(
        orbit,
        epoch=at,
        raan_deg=drifted(orbit.raan_deg, raan_rate) % 360.0,
        argument_of_periapsis_deg=drifted(orbit.argument_of_periapsis_deg, periapsis_rate) % 360.0,
        mean_anomaly_deg=anomaly_deg % 360.0 if orbit.eccentricity < 1.0 else anomaly_deg,
    )


def anomaly_of(mean: float, eccentricity: float) -> float:
    """Eccentric anomaly, or the hyperbolic one, by Newton's method; radians."""
    closed = eccentricity < 1.0
    if closed:
        anomaly = mean if eccentricity < 0.8 else math.pi
    else:
        anomaly = math.asinh(mean / eccentricity)
    for _ in range(60):
        if closed:
            step = (anomaly - eccentricity * math.sin(anomaly) - mean) / (
                1.0 - eccentricity * math.cos(anomaly)
            )
        else:
            step = (eccentricity * math.sinh(anomaly) - anomaly - mean) / (
                eccentricity * math.cosh(anomaly) - 1.0
            )
        anomaly -= step
        if abs(step) < 1e-14 * max(1.0, abs(anomaly)):
            break
    return anomaly


def place_in_plane(orbit: KeplerOrbit, mean: float) -> tuple[float, float, float, float]:
    """Towards periapsis and across in km, and both a radian of mean anomaly."""
    e, a = orbit.eccentricity, orbit.semi_major_axis_km
    anomaly = anomaly_of(mean, e)
    if e < 1.0:
        sine, cosine = math.sin(anomaly), math.cos(anomaly)
        b, rate = a * math.sqrt(1.0 - e * e), 1.0 / (1.0 - e * cosine)
        return a * (cosine - e), b * sine, -a * sine * rate, b * cosine * rate
    sine, cosine = math.sinh(anomaly), math.cosh(anomaly)
    b, rate = -a * math.sqrt(e * e - 1.0), 1.0 / (e * cosine - 1.0)
    return a * (cosine - e), b * sine, a * sine * rate, b * cosine * rate


def state_of(orbit: KeplerOrbit) -> tuple[Vector3, Vector3]:
    """Place and velocity at the orbit's epoch."""
    x, y, x_rate, y_rate = place_in_plane(orbit, math.radians(orbit.mean_anomaly_deg))
    towards, across = axes_of(orbit)
    n = mean_motion(orbit)
    return x * towards + y * across, n * (x_rate * towards + y_rate * across)


def orbit_of(place: Vector3, motion: Vector3, like: KeplerOrbit) -> KeplerOrbit:
    """The elements of a state at the epoch, about the centre and in the frame of `like`."""
    gm = _gm_km3_s2(like)
    distance = float(np.linalg.norm(place))
    energy = float(motion @ motion) / 2.0 - gm / distance
    momentum = np.cross(place, motion)
    normal = momentum / np.linalg.norm(momentum)
    shape = np.cross(motion, momentum) / gm - place / distance
    e = float(np.linalg.norm(shape))
    if abs(e - 1.0) < _ROUND:
        raise DefinitionError(
            "a burn has left a parabola, which has no elements here",
            expected="an ellipse or a hyperbola",
            found=f"{np.linalg.norm(motion):.6f} km/s at {distance:.3f} km",
            remedy="burn a little less or more",
        )
    tilt = float(np.hypot(normal[0], normal[1]))
    node = np.array([-normal[1], normal[0], 0.0]) / tilt if tilt > _ROUND else np.eye(3)[0]
    periapsis = shape / e if e > _ROUND else node
    beside = np.cross(normal, periapsis)
    a = -gm / (2.0 * energy)
    if e < 1.0:
        # r = a (1 - e cos E), and towards periapsis x = a (cos E - e)
        cosine = float(place @ periapsis) / a + e
        sine = float(place @ beside) / (a * np.sqrt(1.0 - e * e))
        anomaly = np.arctan2(sine, cosine)
        mean_deg = float(np.degrees(anomaly - e * np.sin(anomaly)) % 360.0)
    else:
        # across, y = -a √(e² - 1) sinh H
        anomaly = np.arcsinh(float(place @ beside) / (-a * np.sqrt(e * e - 1.0)))
        mean_deg = float(np.degrees(e * np.sinh(anomaly) - anomaly))
    argument = np.arctan2(float(np.cross(node, periapsis) @ normal), float(node @ periapsis))
    return replace(
        like,
        semi_major_axis_km=float(a),
        eccentricity=e,
        inclination_deg=float(np.degrees(np.arctan2(tilt, normal[2]))),
        raan_deg=float(np.degrees(np.arctan2(node[1], node[0])) % 360.0),
        argument_of_periapsis_deg=float(np.degrees(argument) % 360.0),
        mean_anomaly_deg=mean_deg,
    )


def pushed(orbit: KeplerOrbit, delta_v_km_s: Vector3) -> KeplerOrbit:
    """The orbit after an impulse at its epoch, the Δv along its frame's axes."""
    place, motion = state_of(orbit)
    return orbit_of(place, motion + delta_v_km_s, orbit)


def axes_of(orbit: KeplerOrbit) -> tuple[Vector3, Vector3]:
    """Unit vectors to periapsis, and 90° ahead of it."""
    node, tilt, turn = np.radians(
        [orbit.raan_deg, orbit.inclination_deg, orbit.argument_of_periapsis_deg]
    )
    to_node = np.array([np.cos(node), np.sin(node), 0.0])
    ahead = np.array([-np.sin(node) * np.cos(tilt), np.cos(node) * np.cos(tilt), np.sin(tilt)])
    return (
        np.cos(turn) * to_node + np.sin(turn) * ahead,
        -np.sin(turn) * to_node + np.cos(turn) * ahead,
    )


def _gm_km3_s2(orbit: KeplerOrbit) -> float:
    gm = GM_KM3_S2.get(orbit.center.upper())
    if gm is None:
        raise DefinitionError(
            f"no simulator flies about {orbit.center}",
            expected="an orbit about one of " + ", ".join(GM_KM3_S2),
            found=f"one about {orbit.center}",
            remedy="rehearse with an orbit about one of these; the ground needs no simulator",
        )
    return gm
