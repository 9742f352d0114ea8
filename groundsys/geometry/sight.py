"""Lines of sight between places on Earth and craft: light time, aberration, bodies in the way.

Light time is Newtonian, iterated until it stands still (the Sun's Shapiro delay, at most 0.2 ms
near conjunction, is left out).  Stellar aberration turns the direction of what is received towards
the antenna's velocity about the solar system's barycentre, and that of what is transmitted away
from it, as SPICE's CN+S and XCN+S do.  A body in the way is taken where it is when the light
passes it, which aberration cannot change.  Refraction (0.1° at 10° of elevation, which shows the
craft earlier) is left out: masks are stated for the direction in a vacuum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from groundsys.geometry.central_bodies import EARTH, Center, CentralBody
from groundsys.geometry.ephemeris import Bodies
from groundsys.geometry.occultation import clearance_km
from groundsys.geometry.orbits import SurfaceSite, Trajectory
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.time_scales import FloatArray

SPEED_OF_LIGHT_KM_S = 299_792.458
#: of Earth about its axis, rad/s
EARTH_ROTATION_RATE = 7.292_115e-5

#: light comes from the craft, or goes to it
Direction = Literal[-1, 1]
RECEIVING: Direction = -1
TRANSMITTING: Direction = 1

#: The first, without motion, is 0.1 s off; each gains four digits (v/c = 1e-4): 1 ns at last.
_LIGHT_TIME_ROUNDS = 3


class Craft:
    """A craft's trajectory, wherever it is given from."""

    def __init__(self, trajectory: Trajectory, hidden_by: Sequence[CentralBody]) -> None:
        #: of a landed craft
        self.site = trajectory if isinstance(trajectory, SurfaceSite) else None
        self.trajectory = trajectory
        #: bodies that may stand between it and an antenna
        self.hidden_by = hidden_by

    def position_km(self, bodies: Bodies, tdb_s: FloatArray) -> FloatArray:
        """From the solar system's barycentre."""
        center = bodies.position_km(self.trajectory.center, tdb_s)
        return np.asarray(center + self.trajectory.position_km(tdb_s))

    def from_body_km(self, bodies: Bodies, body: Center, tdb_s: FloatArray) -> FloatArray:
        """From a body's centre."""
        if self.trajectory.center == body:
            return self.trajectory.position_km(tdb_s)
        return self.position_km(bodies, tdb_s) - bodies.position_km(body, tdb_s)


def station_state(
    bodies: Bodies, fixed_km: FloatArray, tdb_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Position (km) and velocity (km/s) of Earth-fixed places about the barycentre."""
    position, velocity = bodies.state(EARTH, tdb_s)
    place = bodies.from_earth_fixed(tdb_s, fixed_km)
    axis = bodies.from_earth_fixed(tdb_s, np.array([0.0, 0.0, EARTH_ROTATION_RATE]))
    return position + place, velocity + np.cross(axis, place, axis=0)


def light_time_to_craft(
    bodies: Bodies,
    craft: Craft,
    station_km: FloatArray,
    tdb_s: FloatArray,
    direction: Direction,
    guess_s: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Light time (s) and where the craft is at the other end of the light's way (km).

    The position belongs to the light time of the last round but one: 0.3 mm off without a guess;
    with one that is off by 0.1 s, as much.
    """
    light_time = np.zeros_like(tdb_s) if guess_s is None else guess_s
    position = np.zeros((3, tdb_s.size))
    for _ in range(_LIGHT_TIME_ROUNDS if guess_s is None else _LIGHT_TIME_ROUNDS - 1):
        position = craft.position_km(bodies, tdb_s + direction * light_time)
        light_time = length(position - station_km) / SPEED_OF_LIGHT_KM_S
    return light_time, position


def aberrated(sight: FloatArray, velocity_km_s: FloatArray, direction: Direction) -> FloatArray:
    """`sight` as an antenna with that velocity must point, its length kept."""
    distance = length(sight)
    unit = sight / distance
    velocity = velocity_km_s * (-direction / SPEED_OF_LIGHT_KM_S)
    across = velocity - dot(velocity, unit) * unit
    return np.asarray(distance * (unit * np.sqrt(1.0 - dot(across, across)) + across))


def clearance_of_bodies_km(
    bodies: Bodies,
    craft: Craft,
    tdb_s: FloatArray,
    to_station_km: FloatArray,
    direction: Direction,
) -> FloatArray:
    """Negative where one of the bodies that may hide the craft does; the least of all of them."""
    if not craft.hidden_by:
        return length(to_station_km)
    found = [
        clearance_of_body_km(bodies, craft, one, tdb_s, to_station_km, direction)
        for one in craft.hidden_by
    ]
    return found[0] if len(found) == 1 else np.asarray(np.min(found, axis=0))


def clearance_of_body_km(
    bodies: Bodies,
    craft: Craft,
    body: CentralBody,
    tdb_s: FloatArray,
    to_station_km: FloatArray,
    direction: Direction,
) -> FloatArray:
    """Negative where the body hides the antenna from the craft that emits or receives at `tdb_s`.

    Of an orbiter: how far it is before the body's terminator as seen from the antenna.  Of a craft
    landed there: how high the antenna stands over its horizon, times the body's radius.
    """
    if craft.site is not None and craft.site.body.id == body.id:
        place = craft.site.position_km(tdb_s)
        _, above = craft.site.look(tdb_s, place + to_station_km)
        return np.asarray(above * body.ellipsoid.equatorial_radius_km)
    start = craft.from_body_km(bodies, body.id, tdb_s)
    _, velocity = bodies.state(body.id, tdb_s)
    along = -dot(start, to_station_km) / length(to_station_km)
    moved = velocity * (along * direction / SPEED_OF_LIGHT_KM_S)
    turn = turn_of(bodies, body, tdb_s)
    return clearance_km(body.ellipsoid, turn, start + moved, to_station_km)


def turn_of(bodies: Bodies, body: CentralBody, tdb_s: FloatArray) -> FloatArray:
    """How a body is turned, as far as its shape needs it: see `Ellipsoid.as_sphere`."""
    return bodies.pole(body.id, tdb_s) if body.is_of_revolution else body.turn(tdb_s)
