"""How uncertain a craft's place is, and what that makes of the ends of windows.

The sizes are the craft's `navigation`: one sigma along its track, across it and towards the
centre of its orbit.  Along the track it grows with every day before or after the trajectory's
epoch (an orbit's own, an OEM's creation, an SPK kernel's start).  Ends of windows move by what
each displacement moves the function that crosses zero there, divided by how fast it crosses:
first order, and without bound where a window only grazes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.central_bodies import Center
from groundsys.geometry.geometry import Geometry
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.overflights import Pair
from groundsys.geometry.rotations import length
from groundsys.geometry.sight import RECEIVING, Direction
from groundsys.geometry.solutions.covariances import track_axes
from groundsys.geometry.time_scales import (
    SECONDS_PER_DAY,
    FloatArray,
    NanosecondArray,
    instants_ns,
    tdb_seconds,
)
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from groundsys.values.predicts import unit_vectors

#: functions are differentiated over so long before and after
_HALF_STEP_NS = NANOSECONDS_PER_SECOND
_HALF_STEP_S = _HALF_STEP_NS / NANOSECONDS_PER_SECOND
#: and range over so many times as long
_RATE_STEPS = 10

#: functions of time, one per thing that can end a window: not negative within it
_Margins = Callable[[Geometry, NanosecondArray], Sequence[FloatArray]]


@dataclass(frozen=True, slots=True)
class TrackSigma:
    """One-sigma sizes in km, of n instants each."""

    along_km: FloatArray
    cross_km: FloatArray
    radial_km: FloatArray


class DisplacedTrajectory:
    """A trajectory moved aside by fixed lengths along its track, across it and outwards."""

    def __init__(
        self, trajectory: Trajectory, along_km: float, cross_km: float, radial_km: float
    ) -> None:
        self.center: Center = trajectory.center
        self.tdb_span: tuple[float, float] | None = trajectory.tdb_span
        self.epoch_tdb_s = trajectory.epoch_tdb_s
        self._trajectory = trajectory
        self._lengths = (along_km, cross_km, radial_km)

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        position = self._trajectory.position_km(tdb_s)
        axes = track_axes(position, self._trajectory.velocity_km_s(tdb_s))
        return np.asarray(position + np.einsum("a,ain->in", np.array(self._lengths), axes))

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """The undisplaced one: a kilometre turns it by less than a thousandth."""
        return self._trajectory.velocity_km_s(tdb_s)


def track_sigma(geometry: Geometry, craft_id: str, ns: NanosecondArray) -> TrackSigma:
    """How well the craft's place is known at `ns`."""
    navigation = geometry.mission.spacecraft[craft_id].navigation
    epoch_s = geometry.craft(craft_id).trajectory.epoch_tdb_s
    days = np.abs(tdb_seconds(ns) - epoch_s) / SECONDS_PER_DAY
    still = np.ones_like(days)
    return TrackSigma(
        navigation.along_track_km + navigation.along_track_growth_km_per_day * days,
        navigation.cross_track_km * still,
        navigation.radial_km * still,
    )


def timing_sigma_s(geometry: Geometry, craft_id: str, at: Instant) -> float:
    """How early or late the craft may be on its track, one sigma in seconds.

    By as much move the ends that its own motion makes: occultations, and overflights of a site
    beneath its track.  `view_sigmas_s` and `overflight_sigmas_s` tell of each end.
    """
    return float(timing_sigmas_s(geometry, craft_id, instants_ns(at))[0])


def timing_sigmas_s(geometry: Geometry, craft_id: str, ns: NanosecondArray) -> FloatArray:
    """As `timing_sigma_s`, at n instants."""
    speed = length(geometry.craft(craft_id).trajectory.velocity_km_s(tdb_seconds(ns)))
    return np.asarray(track_sigma(geometry, craft_id, ns).along_km / speed)


def view_sigmas_s(
    geometry: Geometry,
    antenna_id: str,
    craft_id: str,
    ends: Sequence[Instant],
    direction: Direction = RECEIVING,
) -> tuple[float, ...]:
    """One-sigma uncertainty in seconds of ends of view periods, by time at the antenna."""

    def margins(changed: Geometry, ns: NanosecondArray) -> Sequence[FloatArray]:
        return (
            changed.mask_excess_deg(antenna_id, craft_id, ns, direction),
            changed.clearance_km(antenna_id, craft_id, ns, direction),
        )

    def by_figure(ns: NanosecondArray) -> FloatArray:
        """What the sizes of bodies that may hide the craft leave open of its clearance, in km.

        Of a sphere R of the same clearance it changes by R / √(r² − R²) of what R does, r away.
        """
        craft, times = geometry.craft(craft_id), tdb_seconds(ns)
        variance = np.zeros(ns.size)
        for body in craft.hidden_by:
            size = max(body.definition.one_sigma.radii_km)
            if craft.site is not None and craft.site.body.id == body.id:
                continue  # it stands on the body, whatever that measures
            radius = body.ellipsoid.equatorial_radius_km
            far = length(craft.from_body_km(geometry.ephemeris, body.id, times))
            shadow = np.sqrt(np.maximum(far**2 - radius**2, radius**2))
            variance += (size * radius / shadow) ** 2
        return np.asarray(np.sqrt(variance))

    return _sigmas(geometry, [craft_id], margins, instants_ns(*ends), (None, by_figure))


def sky_sigma(geometry: Geometry, antenna_id: str, craft_id: str, ns: int) -> tuple[float, float]:
    """One sigma of where on an antenna's sky the craft is, and of its range rate.

    In degrees and km/s: by what each displacement of the track changes them, and the rate by as
    much as the error along the track grows.
    """
    craft = geometry.craft(craft_id)
    sigma = track_sigma(geometry, craft_id, np.array([ns], dtype=np.int64))
    sizes = [float(size[0]) for size in (sigma.along_km, sigma.cross_km, sigma.radial_km)]
    around = np.array([-_HALF_STEP_NS, 0, _HALF_STEP_NS], dtype=np.int64) * _RATE_STEPS + ns

    def look(changed: Geometry) -> tuple[FloatArray, float]:
        azimuth, elevation = changed.azimuth_elevation_deg(antenna_id, craft_id, around[1:2])
        before, _, after = changed.range_km(antenna_id, craft_id, around)
        rate = (after - before) / (2.0 * _HALF_STEP_S * _RATE_STEPS)
        return unit_vectors(azimuth, elevation)[:, 0], float(rate)

    direction, rate_km_s = look(geometry)
    growth = geometry.mission.spacecraft[craft_id].navigation.along_track_growth_km_per_day
    off, faster = [0.0], [growth / SECONDS_PER_DAY]
    for axis, size in enumerate(sizes):
        if size > 0.0:
            lengths = [size if one == axis else 0.0 for one in range(3)]
            moved = DisplacedTrajectory(craft.trajectory, *lengths)
            there, its_rate = look(geometry.with_trajectory(craft_id, moved))
            off.append(float(np.linalg.norm(np.cross(direction, there))))
            faster.append(its_rate - rate_km_s)
    return float(np.degrees(np.hypot.reduce(off))), float(np.hypot.reduce(faster))


def overflight_sigmas_s(
    geometry: Geometry, otv_id: str, cube_id: str, ends: Sequence[Instant]
) -> tuple[float, ...]:
    """One-sigma uncertainty in seconds of ends of overflights."""

    def margins(changed: Geometry, ns: NanosecondArray) -> Sequence[FloatArray]:
        tdb = tdb_seconds(ns)
        pair = Pair(changed, otv_id, cube_id, float(tdb.min()), float(tdb.max()))
        return tuple(margin(tdb) for margin in pair.margins())

    return _sigmas(geometry, [otv_id, cube_id], margins, instants_ns(*ends))


def _sigmas(
    geometry: Geometry,
    craft_ids: Sequence[str],
    margins: _Margins,
    ns: NanosecondArray,
    own: Sequence[Callable[[NanosecondArray], FloatArray] | None] = (),
) -> tuple[float, ...]:
    """`own` tells of each margin how uncertain it is by itself."""
    if not ns.size:
        return ()
    around = np.concatenate([ns - _HALF_STEP_NS, ns, ns + _HALF_STEP_NS])
    values, rates = [], []
    for margin in margins(geometry, around):
        before, here, after = np.split(margin, 3)
        values.append(here)
        rates.append((after - before) / (2.0 * _HALF_STEP_S))
    # what ends the window there is what crosses zero soonest
    tiny = np.finfo(np.float64).tiny
    soonest = np.argmin(np.abs(np.array(values)) / np.maximum(np.abs(rates), tiny), axis=0)
    every = np.arange(ns.size)
    rate = np.maximum(np.abs(np.array(rates)[soonest, every]), tiny)
    variance = np.zeros(ns.size)
    for number, itself in enumerate(own):
        if itself is not None and (soonest == number).any():
            variance += np.where(soonest == number, (itself(ns) / rate) ** 2, 0.0)
    for craft_id in craft_ids:
        craft = geometry.craft(craft_id)
        if craft.site is not None:
            continue
        sigma = track_sigma(geometry, craft_id, ns)
        for sizes, moved in (
            (sigma.along_km, (1.0, 0.0, 0.0)),
            (sigma.cross_km, (0.0, 1.0, 0.0)),
            (sigma.radial_km, (0.0, 0.0, 1.0)),
        ):
            displaced = DisplacedTrajectory(craft.trajectory, *moved)
            changed = margins(geometry.with_trajectory(craft_id, displaced), ns)
            per_km = np.array(changed)[soonest, every] - np.array(values)[soonest, every]
            variance += (sizes * per_km / rate) ** 2
    return tuple(float(sigma) for sigma in np.sqrt(variance))
