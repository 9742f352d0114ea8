"""What pulls and turns: gravity, rotation and figure of the planet that bodies fall to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from groundsys.entry.atmosphere import FloatArray, LayeredAtmosphere, layered
from groundsys.geometry.central_bodies import CentralBody, known_bodies
from groundsys.values.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Planet:
    """A point mass with J2 that turns, flattened as an ellipsoid of revolution.

    Places and velocities are (3, n), in axes that turn with it: z its pole, x its prime meridian.
    """

    gm_m3_s2: float
    j2: float
    j2_radius_m: float
    rotation_rad_s: float
    equatorial_radius_m: float
    polar_radius_m: float

    def surface_radius_m(self, sine_of_latitude: FloatArray) -> FloatArray:
        """Distance of the ellipsoid from the centre, at a planetocentric latitude."""
        flattening = (self.equatorial_radius_m / self.polar_radius_m) ** 2 - 1.0
        return np.asarray(
            self.equatorial_radius_m / np.sqrt(1.0 + flattening * sine_of_latitude**2)
        )

    def free_fall_m_s2(self, place: FloatArray, motion: FloatArray) -> FloatArray:
        """All accelerations but the air's: weight, Coriolis and centrifugal."""
        return self._weight(place) + self._turning(place, motion)

    def _weight(self, place: FloatArray) -> FloatArray:
        """Gravity of the point mass and its oblateness (Vallado, *Fundamentals*, §8.6)."""
        squared = (place**2).sum(axis=0)
        pull = -self.gm_m3_s2 / squared**1.5
        bulge = 1.5 * self.j2 * self.j2_radius_m**2 / squared
        tilt = 5.0 * place[2] ** 2 / squared
        factor = np.array([1.0 + bulge * (1.0 - tilt)] * 2 + [1.0 + bulge * (3.0 - tilt)])
        return np.asarray(pull * place * factor)

    def _turning(self, place: FloatArray, motion: FloatArray) -> FloatArray:
        rate = self.rotation_rad_s
        return np.array(
            [
                2.0 * rate * motion[1] + rate**2 * place[0],
                -2.0 * rate * motion[0] + rate**2 * place[1],
                np.zeros(place.shape[1]),
            ]
        )


def planet_of(body: CentralBody) -> Planet:
    """A body of a mission as what capsules fall to."""
    return Planet(
        gm_m3_s2=body.gm_km3_s2 * 1e9,
        j2=body.j2,
        j2_radius_m=body.gravity_radius_km * 1e3,
        rotation_rad_s=body.rotation_rate,
        equatorial_radius_m=body.ellipsoid.equatorial_radius_km * 1e3,
        polar_radius_m=body.ellipsoid.polar_radius_km * 1e3,
    )


@dataclass(frozen=True, slots=True)
class World:
    """A body that capsules enter: what pulls them, and the air that brakes them."""

    planet: Planet
    air: LayeredAtmosphere


def world_of(body: CentralBody) -> World:
    """What capsules fall to; `DefinitionError` for a body of whose air nothing is said."""
    profile = body.definition.atmosphere
    if profile is None:
        raise DefinitionError(
            f"nobody can enter at {body.id}: nothing is said of its air",
            expected="a section atmosphere in its file",
            found="none",
            remedy="add it (mission_db/bodies), or let nobody enter there",
        )
    return World(planet_of(body), layered(profile))


@cache
def known_world(body: str) -> World:
    """The world of that id among groundsys' own definitions."""
    return world_of(known_bodies()[body])


def local_axes(
    latitude_rad: FloatArray, longitude_rad: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Unit vectors up, east and north, on a sphere."""
    up = np.array(
        [
            np.cos(latitude_rad) * np.cos(longitude_rad),
            np.cos(latitude_rad) * np.sin(longitude_rad),
            np.sin(latitude_rad),
        ]
    )
    zero = np.zeros_like(longitude_rad)
    east = np.array([-np.sin(longitude_rad), np.cos(longitude_rad), zero])
    return up, east, np.cross(up, east, axis=0)
