"""A body falling through a turning planet's air: three degrees of freedom, many bodies at once.

In axes that turn with the planet (z its pole, x its prime meridian), for r and v there:

    v' = g(r) − 2 ω × v − ω × (ω × r) − ρ V (v − w) / (2 β(M)),    β = m / (C_D A)

with gravity of the point mass and J2, the wind w along the ground's east and north, V = |v − w|.
No lift: the capsules spin.  These are the equations of N. X. Vinh, A. Busemann & R. D. Culp,
*Hypersonic and Planetary Entry Flight Mechanics* (1980), ch. 2, in Cartesian form, which has no
singularity in vertical fall.  Integrated by Runge and Kutta's fourth order with a fixed step; the
shortest time in which anything changes is some ten seconds, so half a second errs by 1e-6.

Arrays are (3, n) for vectors and (n) else, n bodies; histories have time as first axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.entry.atmosphere import Atmosphere, FloatArray
from groundsys.entry.drag import drag_area_m2
from groundsys.entry.planet import Planet, local_axes
from groundsys.mission.arrival.entry_model import Aeroshell

BooleanArray = NDArray[np.bool_]
State = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Air:
    """The air that each body meets: a profile, a factor on its density, a steady wind."""

    profile: Atmosphere
    density_scale: FloatArray
    wind_east_m_s: FloatArray
    wind_north_m_s: FloatArray


@dataclass(frozen=True, slots=True)
class Flights:
    """How bodies fell; time in s since the beginning, altitudes above the ellipsoid in m.

    `position_m` is (steps, 3, n); all else (steps, n).  A body that has reached its ground, or has
    left the air again, stays where it then was: `landed` and `escaped` say so.
    """

    time_s: FloatArray
    position_m: FloatArray
    altitude_m: FloatArray
    #: above the ground of the landing site
    height_m: FloatArray
    #: against the turning planet, and against the air
    speed_m_s: FloatArray
    airspeed_m_s: FloatArray
    density_kg_m3: FloatArray
    mach: FloatArray
    deceleration_m_s2: FloatArray
    #: how far the second stage is open, 0 to 1
    opened: FloatArray
    landed: BooleanArray
    escaped: BooleanArray
    #: what they fell through
    air: Atmosphere


def state_at_interface(
    planet: Planet,
    *,
    altitude_m: FloatArray,
    latitude_deg: FloatArray,
    longitude_deg: FloatArray,
    speed_m_s: FloatArray,
    flight_path_deg: FloatArray,
    azimuth_deg: FloatArray,
) -> State:
    """Place and velocity, both (3, n), from a speed against the turning planet.

    The flight-path angle is against the local horizontal (of a sphere), negative when going down;
    the azimuth is that of motion, from north over east.
    """
    up, east, north = local_axes(np.radians(latitude_deg), np.radians(longitude_deg))
    path, azimuth = np.radians(flight_path_deg), np.radians(azimuth_deg)
    radius = planet.surface_radius_m(np.sin(np.radians(latitude_deg))) + altitude_m
    along = np.cos(azimuth) * north + np.sin(azimuth) * east
    return radius * up, speed_m_s * (np.sin(path) * up + np.cos(path) * along)


def fly(
    planet: Planet,
    air: Air,
    shell: Aeroshell,
    position_m: FloatArray,
    velocity_m_s: FloatArray,
    *,
    ground_m: FloatArray,
    drag_scale: FloatArray,
    opens: BooleanArray,
    longest_s: float = 1800.0,
    step_s: float = 0.5,
    escape_m: float = 130_000.0,
) -> Flights:
    """Let all bodies fall until each has landed at the altitude `ground_m` or has left the air.

    `drag_scale` is a factor on each body's drag coefficient; `opens` says whose second stage works.
    """
    place, motion = position_m, velocity_m_s
    opened_at = np.full(place.shape[1], np.inf)
    falling = np.ones(place.shape[1], dtype=bool)
    steps: list[_Step] = []

    def opened(time_s: float) -> FloatArray:
        return np.clip((time_s - opened_at) / shell.opening_s, 0.0, 1.0)

    def acceleration(time_s: float, r: FloatArray, v: FloatArray) -> FloatArray:
        drag = _meet(planet, air, shell, r, v, opened(time_s), drag_scale).drag_m_s2
        return planet.free_fall_m_s2(r, v) + drag

    for time_s in (np.arange(int(np.ceil(longest_s / step_s)) + 1) * step_s).tolist():
        flow = _meet(planet, air, shell, place, motion, opened(time_s), drag_scale)
        landed = flow.altitude_m <= ground_m
        escaped = (flow.altitude_m > escape_m) & ((place * motion).sum(axis=0) > 0.0)
        steps.append(_Step(time_s, place, motion, opened(time_s), flow, landed, escaped))
        falling = falling & ~landed & ~escaped
        if not falling.any():
            break
        opening = falling & opens & (flow.mach <= shell.opens_below_mach) & np.isinf(opened_at)
        opened_at[opening] = time_s
        after = _stepped(acceleration, time_s, place, motion, step_s)
        place, motion = (
            np.where(falling, new, old) for new, old in zip(after, (place, motion), strict=True)
        )
    return _history(steps, ground_m, air.profile)


def _stepped(
    acceleration: Callable[[float, FloatArray, FloatArray], FloatArray],
    time_s: float,
    place: FloatArray,
    motion: FloatArray,
    step_s: float,
) -> State:
    """One step by Runge and Kutta's fourth order."""
    half_s = step_s / 2.0
    a1 = acceleration(time_s, place, motion)
    v2 = motion + half_s * a1
    a2 = acceleration(time_s + half_s, place + half_s * motion, v2)
    v3 = motion + half_s * a2
    a3 = acceleration(time_s + half_s, place + half_s * v2, v3)
    v4 = motion + step_s * a3
    a4 = acceleration(time_s + step_s, place + step_s * v3, v4)
    sixth_s = step_s / 6.0
    return (
        place + sixth_s * (motion + 2.0 * v2 + 2.0 * v3 + v4),
        motion + sixth_s * (a1 + 2.0 * a2 + 2.0 * a3 + a4),
    )


@dataclass(frozen=True, slots=True)
class _Flow:
    """The air that bodies meet at an instant, and what it does to them."""

    altitude_m: FloatArray
    airspeed_m_s: FloatArray
    density_kg_m3: FloatArray
    mach: FloatArray
    drag_m_s2: FloatArray


@dataclass(frozen=True, slots=True)
class _Step:
    time_s: float
    place: FloatArray
    motion: FloatArray
    opened: FloatArray
    flow: _Flow
    landed: BooleanArray
    escaped: BooleanArray


def _meet(
    planet: Planet,
    air: Air,
    shell: Aeroshell,
    place: FloatArray,
    motion: FloatArray,
    opened: FloatArray,
    drag_scale: FloatArray,
) -> _Flow:
    radius = _length(place)
    altitude = radius - planet.surface_radius_m(place[2] / radius)
    east = np.array([-place[1], place[0], np.zeros_like(radius)]) / np.hypot(place[0], place[1])
    north = np.cross(place / radius, east, axis=0)
    against = motion - air.wind_east_m_s * east - air.wind_north_m_s * north
    speed = _length(against)
    density = air.profile.density_kg_m3(altitude) * air.density_scale
    mach = speed / air.profile.speed_of_sound_m_s(altitude)
    area_m2 = drag_area_m2(shell, mach, opened) * drag_scale
    drag = -0.5 * density * speed * area_m2 / shell.mass_kg * against
    return _Flow(altitude, speed, density, mach, drag)


def _history(steps: list[_Step], ground_m: FloatArray, air: Atmosphere) -> Flights:
    altitude = np.array([one.flow.altitude_m for one in steps])
    return Flights(
        time_s=np.array([one.time_s for one in steps]),
        position_m=np.array([one.place for one in steps]),
        altitude_m=altitude,
        height_m=altitude - ground_m,
        speed_m_s=np.array([_length(one.motion) for one in steps]),
        airspeed_m_s=np.array([one.flow.airspeed_m_s for one in steps]),
        density_kg_m3=np.array([one.flow.density_kg_m3 for one in steps]),
        mach=np.array([one.flow.mach for one in steps]),
        deceleration_m_s2=np.array([_length(one.flow.drag_m_s2) for one in steps]),
        opened=np.array([one.opened for one in steps]),
        landed=np.array([one.landed for one in steps]),
        escaped=np.array([one.escaped for one in steps]),
        air=air,
    )


def _length(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((vectors**2).sum(axis=0)))
