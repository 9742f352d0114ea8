"""The way between two craft in orbit about a body: a mothership and a cube that it has let go."""

from __future__ import annotations

import math

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.occultation import clearance_km
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.time_scales import FloatArray, NanosecondArray, tdb_seconds
from groundsys.values.errors import DefinitionError
from sims.craft.nature.planets import Vector
from sims.space.paths import Sampled

#: sampled so finely, from the cube's release on
_STEP_S = 20


class BesidePath:
    """As an `Overflight`: in sight wherever the body is not between the two."""

    def __init__(self, geometry: Geometry, orbiter_id: str, cube_id: str, from_ns: int) -> None:
        orbiter, cube = (geometry.craft(id).trajectory for id in (orbiter_id, cube_id))
        body = geometry.bodies.find(orbiter.center)
        if body is None or cube.center != orbiter.center:
            raise DefinitionError(
                f"no way between {orbiter_id} and {cube_id} is modelled",
                expected="both in orbit about one body",
                found=f"about {orbiter.center} and {cube.center}",
            )

        def range_km(ns: NanosecondArray) -> FloatArray:
            tdb_s = tdb_seconds(ns)
            return length(orbiter.position_km(tdb_s) - cube.position_km(tdb_s))

        def free_km(ns: NanosecondArray) -> FloatArray:
            tdb_s = tdb_seconds(ns)
            place = cube.position_km(tdb_s)
            line = orbiter.position_km(tdb_s) - place
            return clearance_km(body.ellipsoid, body.turn(tdb_s), place, line)

        def sine(ns: NanosecondArray) -> FloatArray:
            tdb_s = tdb_seconds(ns)
            place = cube.position_km(tdb_s)
            line = orbiter.position_km(tdb_s) - place
            return np.asarray(dot(place, line) / (length(place) * length(line)))

        self._from_ns = from_ns
        self._sine = Sampled(sine, _STEP_S)
        self._range_km = Sampled(range_km, _STEP_S)
        self._free_km = Sampled(free_km, _STEP_S)

    def is_seen(self, ns: int) -> bool:
        """Whether the two can hear each other, if their signals are strong enough."""
        return ns >= self._from_ns and self._free_km.at_once(ns) >= 0.0

    def elevation_deg(self, ns: int) -> float:
        """Of the orbiter over the plane across the cube's radius."""
        return math.degrees(math.asin(max(-1.0, min(1.0, self._sine.at_once(ns)))))

    def range_km(self, ns: int) -> float:
        return self._range_km.at_once(ns)


def along_icrf(carrier: Trajectory, tdb_s: float, velocity: Vector) -> np.ndarray:
    """A velocity along the carrier's radial, along-track and cross-track axes, along ICRF's."""
    at = np.array([tdb_s])
    place, motion = carrier.position_km(at)[:, 0], carrier.velocity_km_s(at)[:, 0]
    radial = place / np.linalg.norm(place)
    across = np.cross(place, motion)
    across /= np.linalg.norm(across)
    along = np.cross(across, radial)
    radial_part, along_part, across_part = velocity
    return np.asarray(radial_part * radial + along_part * along + across_part * across)
