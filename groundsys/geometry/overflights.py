"""When an orbiter and another craft about the same body can talk to each other.

A landed craft hears what stands above its site's mask and horizon.  A cube that its relay carries
is heard by cable until it is released, and as any other in orbit once its radio may speak.  Two
craft in orbit hear each other where no body is between them and the slowest rate of both UHF radios
closes.  Both are taken at the same instant: light crosses in some 10 ms, which moves the ends by
less than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.geometry.ephemeris import Bodies
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.geometry import Geometry
from groundsys.geometry.link import greatest_range_km
from groundsys.geometry.occultation import clearance_km
from groundsys.geometry.released import ReleasedTrajectory
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.sight import Craft, turn_of
from groundsys.geometry.stretches import Function, common_stretches, positive_stretches
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime

#: samples in the time in which the fastest of the craft would go around once
_SAMPLES_PER_TURN = 24
#: how finely the span is searched for the fastest motion
_MOTION_SAMPLES = 2000
_TOLERANCE_S = 1e-4
#: points at which a window's highest elevation and smallest distance are looked for
_POINTS = 41


@dataclass(frozen=True, slots=True)
class RelayWindow:
    """An overflight: relay and craft can talk.  Times hold at either, within 10 ms."""

    relay: str
    spacecraft: str
    interval: Interval
    minimum_range_km: float
    #: of the relay over the plane of the landed craft's horizon, or of the orbiting craft's
    maximum_elevation_deg: float
    highest_at: Instant


def relay_windows(
    geometry: Geometry, otv_id: str, cube_id: str, span: Interval, step_s: float | None = None
) -> tuple[RelayWindow, ...]:
    """Overflights within `span`, their ends to 0.1 ms.

    `step_s` is how finely time is sampled; if not given, a 24th of the fastest revolution.
    """
    start, end = (float(time) for time in tdb_seconds(instants_ns(span.start, span.end)))
    if end <= start:
        return ()
    pair = Pair(geometry, otv_id, cube_id, start, end)
    opens, closes = np.array([start]), np.array([end])
    step = pair.step_s(start, end) if step_s is None else step_s
    if pair.silences is not None:
        opens, closes = common_stretches((opens, closes), pair.silences)
    for margin in pair.margins():
        positive = positive_stretches(margin, start, end, step, _TOLERANCE_S)
        opens, closes = common_stretches((opens, closes), positive)
    if not opens.size:
        return ()
    elevation, distance, highest = pair.best(opens, closes)
    edges = tai_nanoseconds(np.concatenate([opens, closes, highest]))
    first, last, best = (part.tolist() for part in np.split(edges, 3))
    windows = []
    for number in range(opens.size):
        # the ends as they were asked for: TDB would round them
        starts = span.start.tai_ns if opens[number] == start else first[number]
        ends = span.end.tai_ns if closes[number] == end else last[number]
        windows.append(
            RelayWindow(
                otv_id,
                cube_id,
                Interval(SpacecraftEventTime(starts), SpacecraftEventTime(ends)),
                float(distance[number]),
                float(elevation[number]),
                SpacecraftEventTime(min(max(best[number], starts), ends)),
            )
        )
    return tuple(windows)


def elevation_and_range(
    geometry: Geometry, otv_id: str, cube_id: str, ns: NanosecondArray
) -> tuple[FloatArray, FloatArray]:
    """Elevation of the relay in degrees, as in `RelayWindow`, and distance in km."""
    tdb = tdb_seconds(ns)
    return Pair(geometry, otv_id, cube_id, float(tdb.min()), float(tdb.max())).look(tdb)


class Pair:
    """A relay and a craft it serves, between two times."""

    def __init__(
        self, geometry: Geometry, otv_id: str, cube_id: str, start_s: float, end_s: float
    ) -> None:
        self._otv, self._cube = geometry.craft(otv_id), geometry.craft(cube_id)
        centers = {self._otv.trajectory.center, self._cube.trajectory.center}
        if self._otv.site is not None or len(centers) > 1:
            raise DefinitionError(
                f"{otv_id} cannot relay for {cube_id}",
                expected="a relay in orbit about the body that the other is about",
                found=f"{otv_id} {_place(self._otv)}, {cube_id} {_place(self._cube)}",
                remedy="name another relay, or another trajectory",
            )
        self._center = centers.pop()
        self._bodies: Bodies = EphemerisTable(geometry.ephemeris, start_s, end_s)
        self._spacecraft = [geometry.mission.spacecraft[id] for id in (otv_id, cube_id)]

    @property
    def silences(self) -> tuple[FloatArray, FloatArray] | None:
        """Of a cube that is released: the stretches of cable and of radio, else None."""
        cube = self._cube.trajectory
        if not isinstance(cube, ReleasedTrajectory) or not np.isfinite(cube.released_tdb_s):
            return None
        return (
            np.array([-np.inf, cube.speaks_from_tdb_s]),
            np.array([cube.released_tdb_s, np.inf]),
        )

    def margins(self) -> tuple[Function, ...]:
        """In km, over TDB since J2000: the two can talk where none is negative."""
        if self._cube.site is not None:
            return (self._above_mask_km,)
        farthest = farthest_km(*self._spacecraft)

        def within_range_km(tdb_s: FloatArray) -> FloatArray:
            return farthest - self.look(tdb_s)[1]

        return within_range_km, self._clearance_km

    def look(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Elevation in degrees and distance in km."""
        otv = self._otv.trajectory.position_km(tdb_s)
        if self._cube.site is not None:
            cube, up = self._cube.site.position_and_up(tdb_s)
        else:
            cube = self._cube.trajectory.position_km(tdb_s)
            up = cube / length(cube)
        distance = length(otv - cube)
        return np.degrees(np.arcsin(np.clip(dot(otv - cube, up) / distance, -1, 1))), distance

    def best(
        self, opens: FloatArray, closes: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Per window: highest elevation (deg), smallest distance (km), when it is highest."""
        shares = np.linspace(0.0, 1.0, _POINTS)[:, np.newaxis]
        times = opens + shares * (closes - opens)
        elevation, distance = (part.reshape(times.shape) for part in self.look(times.ravel()))
        highest = _refined(times, elevation, np.argmax(elevation, axis=0))
        nearest = _refined(times, distance, np.argmin(distance, axis=0))
        return (
            np.maximum(self.look(highest)[0], elevation.max(axis=0)),
            np.minimum(self.look(nearest)[1], distance.min(axis=0)),
            highest,
        )

    def step_s(self, start_s: float, end_s: float) -> float:
        """Fine enough for the fastest motion of the two within the span."""
        times = np.linspace(start_s, end_s, _MOTION_SAMPLES)
        rate = 0.0
        for craft in (self._otv, self._cube):
            place, motion = (
                craft.trajectory.position_km(times),
                craft.trajectory.velocity_km_s(times),
            )
            turning = length(np.cross(place, motion, axis=0)) / dot(place, place)
            rate += float(turning.max())
        return 2.0 * np.pi / (rate * _SAMPLES_PER_TURN)

    def _above_mask_km(self, tdb_s: FloatArray) -> FloatArray:
        """How high the relay stands over the cone of the mask: smoother than its elevation."""
        site = self._cube.site
        assert site is not None
        (north, east, up), excess = site.look(tdb_s, self._otv.trajectory.position_km(tdb_s))
        across = np.hypot(north, east)
        mask = np.arctan2(up, across) - excess
        return np.asarray(up * np.cos(mask) - across * np.sin(mask))

    def _clearance_km(self, tdb_s: FloatArray) -> FloatArray:
        otv = self._otv.trajectory.position_km(tdb_s)
        cube = self._cube.trajectory.position_km(tdb_s)
        body = self._bodies.known.find(self._center)
        if body is None or body.definition.body_class == "star":
            return np.ones_like(tdb_s)
        turn = turn_of(self._bodies, body, tdb_s)
        return clearance_km(body.ellipsoid, turn, cube, otv - cube)


def farthest_km(otv: Spacecraft, cube: Spacecraft) -> float:
    """As far as both can hear the other's slowest UHF rate, with 3 dB to spare."""
    radios = [craft.radios["uhf"] for craft in (otv, cube)]
    for craft, radio in zip((otv, cube), radios, strict=True):
        if not radio.rates_bps:
            raise DefinitionError(
                f"the UHF radio of {craft.id} has no data rates", expected="rates_bps not empty"
            )
    first, second = radios
    return min(
        greatest_range_km(first, second, min(first.rates_bps)),
        greatest_range_km(second, first, min(second.rates_bps)),
    )


def _refined(times: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """Where the parabola through each extreme and its neighbours turns; an edge stays itself."""
    columns = np.arange(times.shape[1])
    middle = np.clip(at, 1, times.shape[0] - 2)
    left, centre, right = (values[middle + shift, columns] for shift in (-1, 0, 1))
    bend = left - 2.0 * centre + right
    shift = np.where(bend == 0.0, 0.0, (left - right) / np.where(bend == 0.0, 1.0, 2.0 * bend))
    step = times[middle + 1, columns] - times[middle, columns]
    turns = times[middle, columns] + np.clip(shift, -1.0, 1.0) * step
    return np.asarray(np.where(at == middle, turns, times[at, columns]))


def _place(craft: Craft) -> str:
    return f"{'on' if craft.site is not None else 'about'} {craft.trajectory.center}"
