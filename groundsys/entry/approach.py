"""From a hyperbola to the entry interface: many states at once, as surely as they are known.

Two bodies' law carries each state to the altitude at which an entry is said to begin (D. A.
Vallado, *Fundamentals of Astrodynamics and Applications*, section 2.2).  The planet's oblateness,
some kilometres of place by then, and the pull of other bodies are left out, alike in what is
foretold and in what is flown; the fall itself (`entry.motion`) has J2.  Places at the interface are
in axes that turn with the body by its definition's rotation, without nutation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.entry.atmosphere import FloatArray
from groundsys.geometry.central_bodies import CentralBody
from groundsys.geometry.rotations import dot, length
from groundsys.mission.spacecraft.place_model import Navigation

#: the interface is an ellipsoid: the radius at the latitude found settles within
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Interfaces:
    """Where and how n states meet the interface; NaN for one that passes above it.

    `place_m` and `motion_m_s` (3, n) are along and against axes that turn with the body; speed,
    flight-path angle and azimuth are inertial; the latitude is geodetic.
    """

    after_s: FloatArray
    place_m: FloatArray
    motion_m_s: FloatArray
    speed_m_s: FloatArray
    flight_path_deg: FloatArray
    azimuth_deg: FloatArray
    latitude_deg: FloatArray
    longitude_deg: FloatArray


def sampled_states(
    place_km: FloatArray,
    motion_km_s: FloatArray,
    gm_km3_s2: float,
    sizes: Navigation,
    generator: np.random.Generator,
    count: int,
) -> tuple[FloatArray, FloatArray]:
    """States (3, n) that scatter about one on a hyperbola as navigation says that it is known.

    The sizes hold at a distance of the semi-major axis, as everywhere for a hyperbola: along the
    path they shift its time, radial they change its eccentricity, and across it they tilt its
    plane about two axes within it.
    """
    distance = float(np.linalg.norm(place_km))
    size_km = 1.0 / (float(motion_km_s @ motion_km_s) / gm_km3_s2 - 2.0 / distance)
    momentum = np.cross(place_km, motion_km_s)
    shape = np.cross(motion_km_s, momentum) / gm_km3_s2 - place_km / distance
    eccentricity = float(np.linalg.norm(shape))
    towards, across = shape / eccentricity, momentum / np.linalg.norm(momentum)
    ahead = np.cross(across, towards)
    anomaly = np.arcsinh(float(place_km @ ahead) / (size_km * np.sqrt(eccentricity**2 - 1.0)))
    mean = eccentricity * np.sinh(anomaly) - anomaly
    along, radial, tilt, turn = generator.standard_normal((4, count)) / size_km
    e = eccentricity + sizes.radial_km * radial
    places, motions = _states(mean + sizes.along_track_km * along, e, size_km, gm_km3_s2)
    # small turns about the two axes within the plane
    lift = sizes.cross_track_km * np.array([tilt, turn])

    def laid(inner: FloatArray) -> FloatArray:
        x, y = inner
        height = lift[0] * y - lift[1] * x
        return np.asarray(np.outer(towards, x) + np.outer(ahead, y) + np.outer(across, height))

    return laid(places), laid(motions)


def meet_interface(
    body: CentralBody,
    tdb_s: float,
    place_km: FloatArray,
    motion_km_s: FloatArray,
    interface_km: float,
) -> Interfaces:
    """Where states (3, n) on hyperbolas at one time, all coming nearer, pass the interface."""
    gm = body.gm_km3_s2
    distance = length(place_km)
    size = 1.0 / (dot(motion_km_s, motion_km_s) / gm - 2.0 / distance)
    momentum = np.cross(place_km, motion_km_s, axis=0)
    shape = np.cross(motion_km_s, momentum, axis=0) / gm - place_km / distance
    e = length(shape)
    towards, across = shape / e, momentum / length(momentum)
    ahead = np.cross(across, towards, axis=0)
    rate = np.sqrt(gm / size**3)
    start = np.arcsinh(dot(place_km, ahead) / (size * np.sqrt(e**2 - 1.0)))
    radius = np.full_like(distance, body.ellipsoid.equatorial_radius_km + interface_km)
    with np.errstate(invalid="ignore"):
        for _ in range(_ROUNDS):
            anomaly = -np.arccosh((radius / size + 1.0) / e)
            after_s = (e * np.sinh(anomaly) - anomaly - e * np.sinh(start) + start) / rate
            x, y, x_rate, y_rate = _in_plane(anomaly, e, size, rate)
            place, motion = x * towards + y * ahead, x_rate * towards + y_rate * ahead
            turn = body.body_fixed_rotation(np.where(np.isnan(after_s), 0.0, after_s) + tdb_s)
            fixed = np.einsum("ijn,jn->in", turn, place)
            radius = _surface_km(body, fixed[2] / radius) + interface_km
    swept = np.einsum("ijn,jn->in", turn, motion)
    turning = body.rotation_rate * np.array([-fixed[1], fixed[0], np.zeros_like(radius)])
    up = fixed / length(fixed)
    east = np.array([-fixed[1], fixed[0], np.zeros_like(radius)]) / np.hypot(fixed[0], fixed[1])
    north = np.cross(up, east, axis=0)
    speed = length(swept)
    return Interfaces(
        after_s=after_s,
        place_m=fixed * 1000.0,
        motion_m_s=(swept - turning) * 1000.0,
        speed_m_s=speed * 1000.0,
        flight_path_deg=np.degrees(np.arcsin(dot(swept, up) / speed)),
        azimuth_deg=np.degrees(np.arctan2(dot(swept, east), dot(swept, north))) % 360.0,
        latitude_deg=geodetic_deg(body, np.degrees(np.arcsin(up[2]))),
        longitude_deg=np.degrees(np.arctan2(fixed[1], fixed[0])),
    )


def clearance_km(body: CentralBody, place_km: FloatArray, motion_km_s: FloatArray) -> float:
    """How high above the equator's radius a state (3,) is at periapsis; below zero it hits."""
    gm, distance = body.gm_km3_s2, float(np.linalg.norm(place_km))
    momentum = float(np.linalg.norm(np.cross(place_km, motion_km_s)))
    energy = float(motion_km_s @ motion_km_s) / 2.0 - gm / distance
    e = np.sqrt(1.0 + 2.0 * energy * (momentum / gm) ** 2)
    return float(momentum**2 / gm / (1.0 + e) - body.ellipsoid.equatorial_radius_km)


def geodetic_deg(body: CentralBody, planetocentric_deg: FloatArray) -> FloatArray:
    """Geodetic latitude of a place on the ellipsoid; 150 km above it errs by 0.005°."""
    ratio = (body.ellipsoid.equatorial_radius_km / body.ellipsoid.polar_radius_km) ** 2
    return np.degrees(np.arctan(ratio * np.tan(np.radians(planetocentric_deg))))


def _surface_km(body: CentralBody, sine: FloatArray) -> FloatArray:
    flattening = (body.ellipsoid.equatorial_radius_km / body.ellipsoid.polar_radius_km) ** 2 - 1.0
    return np.asarray(body.ellipsoid.equatorial_radius_km / np.sqrt(1.0 + flattening * sine**2))


def _states(
    mean: FloatArray, e: FloatArray, size_km: float, gm_km3_s2: float
) -> tuple[FloatArray, FloatArray]:
    """Places and velocities (2, n) within the plane, from mean anomalies."""
    anomaly = np.arcsinh(mean / e)
    for _ in range(50):
        step = (e * np.sinh(anomaly) - anomaly - mean) / (e * np.cosh(anomaly) - 1.0)
        anomaly = anomaly - step
        if np.max(np.abs(step) - 1e-13 * np.abs(anomaly)) <= 0.0:
            break
    rate = np.sqrt(gm_km3_s2 / size_km**3)
    x, y, x_rate, y_rate = _in_plane(anomaly, e, np.full_like(e, size_km), rate)
    return np.array([x, y]), np.array([x_rate, y_rate])


def _in_plane(
    anomaly: FloatArray, e: FloatArray, size: FloatArray, rate: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Towards periapsis and ahead of it, and their rates; `size` is −a of the hyperbola."""
    sine, cosine = np.sinh(anomaly), np.cosh(anomaly)
    semi_minor = size * np.sqrt(e**2 - 1.0)
    swift = rate / (e * cosine - 1.0)
    return size * (e - cosine), semi_minor * sine, -size * sine * swift, semi_minor * cosine * swift
