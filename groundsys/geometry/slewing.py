"""How an antenna on an azimuth-elevation mount turns and follows: at its drives' rates.

Each axis makes for what it is told, and no faster than its drive:

    a(t + Δt) = a(t) + clip(A(t + Δt) − a(t), −r Δt, r Δt)

a the axis' angle, A that of the direction told, r the rate, Δt one second.  So a slew takes

    t = max(|ΔA| / r_A, |Δe| / r_e)

and a direction that moves across the sky by ω and passes the zenith at a distance z asks of azimuth
ω / sin z where it is nearest: more than r_A within the keyhole, sin z < ω / r_A.  There the mount
falls behind, and catches up on the other side.  Above its highest elevation it looks beside.

Azimuth goes the shorter way round.  Left out: how far cables may be wound, and the seconds that an
axis takes to reach its rate (0.2 to 0.4 °/s² and 2.5 to 5 °/s² back at the DSN's antennas: SCHED's
catalogue of them, National Radio Astronomy Observatory, after DSN 810-005, module 302).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.ground.drives import Drive
from groundsys.values.predicts import angle_deg, unit_vectors

STEP_NS = 1_000_000_000

#: azimuth and elevation, degrees
Pointing = tuple[float, float]


def slew_s(drive: Drive, start: Pointing, end: Pointing) -> float:
    """How long it takes from one direction to another that stands still."""
    across_deg = (end[0] - start[0] + 180.0) % 360.0 - 180.0
    up_deg = min(end[1], drive.highest_elevation_deg) - min(start[1], drive.highest_elevation_deg)
    return max(abs(across_deg) / drive.azimuth_deg_s, abs(up_deg) / drive.elevation_deg_s)


def keyhole_deg(drive: Drive, sky_deg_s: float) -> float:
    """Within how much of the zenith azimuth cannot follow what moves so fast across the sky."""
    return float(np.degrees(np.arcsin(min(1.0, sky_deg_s / drive.azimuth_deg_s))))


@dataclass(frozen=True, slots=True)
class Motion:
    """Where an antenna looks, second by second, and how far that is from what it was told."""

    start_ns: int
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    #: on the sky
    behind_deg: FloatArray

    @property
    def end_ns(self) -> int:
        return self.start_ns + (len(self.azimuth_deg) - 1) * STEP_NS

    def at(self, ns: int) -> Pointing:
        """Where it looks; before and after, as at its ends."""
        return self._value(self.azimuth_deg, ns), self._value(self.elevation_deg, ns)

    def behind_at(self, ns: int) -> float:
        return self._value(self.behind_deg, ns)

    def settled_ns(self, within_deg: float) -> int | None:
        """Since when it stays so near to what it was told; None if it is not there at the end."""
        off = np.flatnonzero(self.behind_deg > within_deg)
        if not len(off):
            return self.start_ns
        last = int(off[-1])
        return None if last == len(self.behind_deg) - 1 else self.start_ns + (last + 1) * STEP_NS

    def changes_ns(self, within_deg: float) -> list[int]:
        """When it comes so near to what it was told, or is so near no longer."""
        near = self.behind_deg <= within_deg
        return [
            self.start_ns + (int(step) + 1) * STEP_NS
            for step in np.flatnonzero(near[1:] != near[:-1])
        ]

    def _value(self, values: FloatArray, ns: int) -> float:
        steps = np.arange(len(values), dtype=np.float64)
        return float(np.interp((ns - self.start_ns) / STEP_NS, steps, values))


def seconds_from(ns: int, seconds: int) -> NanosecondArray:
    """The instants of a motion that begins at `ns`, the last one included."""
    return ns + np.arange(seconds + 1, dtype=np.int64) * STEP_NS


def follow(drive: Drive, start: Pointing, start_ns: int, told: FloatArray) -> Motion:
    """The motion from `start` after directions `told` (3, n), north, east and up, each second."""
    north, east, up = told
    level = np.hypot(north, east)
    azimuth = np.degrees(np.unwrap(np.arctan2(east, north)))
    turns = round((azimuth[0] - start[0]) / 360.0)  # begin by the shorter way round
    azimuth -= 360.0 * turns
    elevation = np.minimum(np.degrees(np.arctan2(up, level)), drive.highest_elevation_deg)
    moved_azimuth = _chased(azimuth, start[0], drive.azimuth_deg_s)
    first = min(start[1], drive.highest_elevation_deg)
    moved_elevation = _chased(elevation, first, drive.elevation_deg_s)
    looks = unit_vectors(moved_azimuth, moved_elevation)
    return Motion(start_ns, moved_azimuth, moved_elevation, angle_deg(looks, told))


def _chased(told_deg: FloatArray, start_deg: float, most_deg: float) -> FloatArray:
    """An axis' angles as it makes for those told, from `start_deg` at the first of them.

    Wherever it is not behind it is where it was told; only the rest is gone through step by step.
    """
    moved, last = told_deg.copy(), len(told_deg)
    moved[0] = start_deg
    too_fast = np.flatnonzero(np.abs(np.diff(told_deg)) > most_deg) + 1
    step = 1 if start_deg != told_deg[0] else _next(too_fast, 1, last)
    while step < last:
        angle = float(moved[step - 1])
        while step < last and abs(float(told_deg[step]) - angle) > most_deg:
            angle += most_deg if told_deg[step] > angle else -most_deg
            moved[step] = angle
            step += 1
        step = _next(too_fast, step + 1, last)
    return moved


def _next(steps: NDArray[np.int64], first: int, last: int) -> int:
    """The first of `steps`, which rise, that is not before `first`; else `last`."""
    place = int(np.searchsorted(steps, first))
    return int(steps[place]) if place < len(steps) else last
