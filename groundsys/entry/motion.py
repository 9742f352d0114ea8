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

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.entry.atmosphere import Atmosphere, FloatArray
from groundsys.entry.drag import drag_area_m2
from groundsys.geometry import mars
from groundsys.mission.entry_model import Aeroshell

BooleanArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Planet:
    """What pulls and turns; flattened as an ellipsoid of revolution."""

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


MARS = Planet(
    gm_m3_s2=mars.GM_KM3_S2 * 1e9,
    j2=mars.J2,
    j2_radius_m=mars.GRAVITY_RADIUS_KM * 1e3,
    rotation_rad_s=float(np.radians(mars.PRIME_MERIDIAN[1]) / 86_400.0),
    equatorial_radius_m=mars.EQUATORIAL_RADIUS_KM * 1e3,
    polar_radius_m=mars.POLAR_RADIUS_KM * 1e3,
)


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
    #: whether the second stage is open, 0 to 1
    opened: FloatArray
    landed: BooleanArray
    escaped: BooleanArray


def state_at_interface(
    planet: Planet,
    *,
    altitude_m: FloatArray,
    latitude_deg: FloatArray,
    longitude_deg: FloatArray,
    speed_m_s: FloatArray,
    flight_path_deg: FloatArray,
    azimuth_deg: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Place and velocity, both (3, n), from a speed against the turning planet.

    The flight-path angle is against the local horizontal (of a sphere), negative when going down;
    the azimuth is that of motion, from north over east.
    """
    up, east, north = _local_axes(np.radians(latitude_deg), np.radians(longitude_deg))
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
    place, motion = position_m.copy(), velocity_m_s.copy()
    count = place.shape[1]
    opened_at = np.full(count, np.inf)
    falling = np.ones(count, dtype=bool)
    rows: list[tuple[FloatArray, ...]] = []
    landed, escaped = [], []

    def open_share(time_s: float) -> FloatArray:
        return np.clip((time_s - opened_at) / shell.opening_s, 0.0, 1.0)

    def rates(time_s: float, r: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        drag = _drag(planet, air, shell, r, v, open_share(time_s), drag_scale)
        return v, _weight(planet, r) + _turning(planet, r, v) + drag.acceleration_m_s2

    steps = int(np.ceil(longest_s / step_s)) + 1
    times = np.arange(steps, dtype=np.float64) * step_s
    for time in times.tolist():
        now = _drag(planet, air, shell, place, motion, open_share(time), drag_scale)
        down = now.altitude_m <= ground_m
        away = (now.altitude_m > escape_m) & ((place * motion).sum(axis=0) > 0.0)
        landed.append(down)
        escaped.append(away)
        felt = np.sqrt((now.acceleration_m_s2**2).sum(axis=0))
        rows.append(
            (
                place,
                now.altitude_m,
                now.altitude_m - ground_m,
                np.sqrt((motion**2).sum(axis=0)),
                now.airspeed_m_s,
                now.density_kg_m3,
                now.mach,
                felt,
                open_share(time),
            )
        )
        falling = falling & ~down & ~away
        if not falling.any():
            break
        opening = falling & opens & (now.mach <= shell.opens_below_mach) & ~np.isfinite(opened_at)
        opened_at[opening] = time
        one_v, one_a = rates(time, place, motion)
        half = step_s / 2.0
        two_v, two_a = rates(time + half, place + half * one_v, motion + half * one_a)
        three_v, three_a = rates(time + half, place + half * two_v, motion + half * two_a)
        four_v, four_a = rates(time + step_s, place + step_s * three_v, motion + step_s * three_a)
        sixth = step_s / 6.0
        new_place = place + sixth * (one_v + 2.0 * two_v + 2.0 * three_v + four_v)
        new_motion = motion + sixth * (one_a + 2.0 * two_a + 2.0 * three_a + four_a)
        place = np.where(falling, new_place, place)
        motion = np.where(falling, new_motion, motion)

    def history(column: int) -> FloatArray:
        return np.array([row[column] for row in rows])

    return Flights(
        time_s=times[: len(rows)],
        position_m=history(0),
        altitude_m=history(1),
        height_m=history(2),
        speed_m_s=history(3),
        airspeed_m_s=history(4),
        density_kg_m3=history(5),
        mach=history(6),
        deceleration_m_s2=history(7),
        opened=history(8),
        landed=np.array(landed),
        escaped=np.array(escaped),
    )


@dataclass(frozen=True, slots=True)
class _Drag:
    altitude_m: FloatArray
    airspeed_m_s: FloatArray
    density_kg_m3: FloatArray
    mach: FloatArray
    acceleration_m_s2: FloatArray


def _drag(
    planet: Planet,
    air: Air,
    shell: Aeroshell,
    place: FloatArray,
    motion: FloatArray,
    opened: FloatArray,
    drag_scale: FloatArray,
) -> _Drag:
    radius = np.sqrt((place**2).sum(axis=0))
    sine = place[2] / radius
    altitude = radius - planet.surface_radius_m(sine)
    horizontal = np.sqrt(place[0] ** 2 + place[1] ** 2)
    zero = np.zeros_like(radius)
    east = np.array([-place[1], place[0], zero]) / horizontal
    north = np.cross(place / radius, east, axis=0)
    against = motion - air.wind_east_m_s * east - air.wind_north_m_s * north
    speed = np.sqrt((against**2).sum(axis=0))
    density = air.profile.density_kg_m3(altitude) * air.density_scale
    mach = speed / air.profile.speed_of_sound_m_s(altitude)
    force_m2 = drag_area_m2(shell, mach, opened) * drag_scale
    acceleration = -0.5 * density * speed * force_m2 / shell.mass_kg * against
    return _Drag(altitude, speed, density, mach, acceleration)


def _weight(planet: Planet, place: FloatArray) -> FloatArray:
    """Gravity of the point mass and its oblateness (Vallado, *Fundamentals*, §8.6)."""
    squared = (place**2).sum(axis=0)
    pull = -planet.gm_m3_s2 / squared**1.5
    bulge = 1.5 * planet.j2 * planet.j2_radius_m**2 / squared
    tilt = 5.0 * place[2] ** 2 / squared
    factor = np.array([1.0 + bulge * (1.0 - tilt)] * 2 + [1.0 + bulge * (3.0 - tilt)])
    return np.asarray(pull * place * factor)


def _turning(planet: Planet, place: FloatArray, motion: FloatArray) -> FloatArray:
    """Coriolis and centrifugal acceleration."""
    rate = planet.rotation_rad_s
    return np.array(
        [
            2.0 * rate * motion[1] + rate**2 * place[0],
            -2.0 * rate * motion[0] + rate**2 * place[1],
            np.zeros(place.shape[1]),
        ]
    )


def _local_axes(latitude: FloatArray, longitude: FloatArray) -> tuple[FloatArray, ...]:
    up = np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )
    east = np.array([-np.sin(longitude), np.cos(longitude), np.zeros_like(longitude)])
    return up, east, np.cross(up, east, axis=0)
