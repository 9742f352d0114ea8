"""A closed orbit given a push: elements to place and motion, the push, and elements again.

Two-body formulas (D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, algorithms 9
and 10) in the frame of the orbit; lengths in km, speeds in km/s, gm in km³/s².  The push is an
impulse at one instant.  A burn of T seconds is as good as one at its centroid but for
(n·T)² / 24 of its Δv, n being the mean motion (H. M. Robbins, *An Analytical Study of the
Impulsive Approximation*, AIAA Journal 4, 1966): at 5 600 km about Mars 1e-6 of a burn of 10 s,
and 0.2 % of one of 450 s.

Elements that drift by J2 are taken as mean before and after: the place is continuous, and the
change of velocity is the push within 0.5 % of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant

Vector3 = NDArray[np.float64]
#: below this eccentricity periapsis, below this sine of inclination the node, is where we say
_ROUND = 1e-10


def carried_to(
    orbit: KeplerOrbit, at: Instant, *, raan_rate: float, periapsis_rate: float, mean_rate: float
) -> KeplerOrbit:
    """The same orbit with the epoch `at`; rates of its elements in rad/s."""
    elapsed_s = at.seconds_since(orbit.epoch)

    def drifted(angle_deg: float, rate: float) -> float:
        return float((angle_deg + np.degrees(rate * elapsed_s)) % 360.0)

    return replace(
        orbit,
        epoch=at,
        raan_deg=drifted(orbit.raan_deg, raan_rate),
        argument_of_periapsis_deg=drifted(orbit.argument_of_periapsis_deg, periapsis_rate),
        mean_anomaly_deg=drifted(orbit.mean_anomaly_deg, mean_rate),
    )


def state_of(orbit: KeplerOrbit, gm: float) -> tuple[Vector3, Vector3]:
    """Place and velocity at the orbit's epoch."""
    e, a = orbit.eccentricity, orbit.semi_major_axis_km
    mean = np.radians(orbit.mean_anomaly_deg)
    anomaly = mean if e < 0.8 else np.pi
    for _ in range(50):
        step = (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-14:
            break
    semi_minor = a * np.sqrt(1.0 - e * e)
    rate = np.sqrt(gm / a**3) / (1.0 - e * np.cos(anomaly))
    towards, across = _axes(orbit)
    place = a * (np.cos(anomaly) - e) * towards + semi_minor * np.sin(anomaly) * across
    motion = (-a * np.sin(anomaly) * towards + semi_minor * np.cos(anomaly) * across) * rate
    return np.asarray(place), np.asarray(motion)


def orbit_of(place: Vector3, motion: Vector3, gm: float, like: KeplerOrbit) -> KeplerOrbit:
    """The elements of a state at the epoch, about the centre and in the frame of `like`."""
    distance = float(np.linalg.norm(place))
    energy = float(motion @ motion) / 2.0 - gm / distance
    if energy >= 0.0:
        raise DefinitionError(
            "a burn has left no closed orbit",
            expected=f"less than {np.sqrt(2.0 * gm / distance):.3f} km/s there",
            found=f"{np.linalg.norm(motion):.3f} km/s",
            remedy="burn less, or fly the escape as a trajectory file",
        )
    momentum = np.cross(place, motion)
    normal = momentum / np.linalg.norm(momentum)
    shape = np.cross(motion, momentum) / gm - place / distance
    e = float(np.linalg.norm(shape))
    tilt = float(np.hypot(normal[0], normal[1]))
    node = np.array([-normal[1], normal[0], 0.0]) / tilt if tilt > _ROUND else np.eye(3)[0]
    periapsis = shape / e if e > _ROUND else node
    beside = np.cross(normal, periapsis)
    a = -gm / (2.0 * energy)
    # r = a (1 - e cos E), and towards periapsis x = a (cos E - e)
    cosine = float(place @ periapsis) / a + e
    sine = float(place @ beside) / (a * np.sqrt(1.0 - e * e))
    anomaly = np.arctan2(sine, cosine)
    argument = np.arctan2(float(np.cross(node, periapsis) @ normal), float(node @ periapsis))
    return replace(
        like,
        semi_major_axis_km=float(a),
        eccentricity=e,
        inclination_deg=float(np.degrees(np.arctan2(tilt, normal[2]))),
        raan_deg=float(np.degrees(np.arctan2(node[1], node[0])) % 360.0),
        argument_of_periapsis_deg=float(np.degrees(argument) % 360.0),
        mean_anomaly_deg=float(np.degrees(anomaly - e * np.sin(anomaly)) % 360.0),
    )


def pushed(orbit: KeplerOrbit, delta_v_km_s: Vector3, gm: float) -> KeplerOrbit:
    """The orbit after an impulse at its epoch, the Δv along its frame's axes."""
    place, motion = state_of(orbit, gm)
    return orbit_of(place, motion + delta_v_km_s, gm, orbit)


def _axes(orbit: KeplerOrbit) -> tuple[Vector3, Vector3]:
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
