"""When a body can be observed from a craft that passes it: by light, range, turning and volume.

A moment is good while the phase angle, the range and the rate at which the line of sight turns are
all within limits.  If that is longer than there is room for pictures, the farthest moments are left
out: what is seen from nearest by resolves most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from groundsys.geometry.rotations import dot, length
from groundsys.geometry.stretches import positive_stretches
from groundsys.geometry.time_scales import FloatArray

#: (3, n) in km along ICRF axes, at n times of TDB since J2000
Way = Callable[[FloatArray], FloatArray]

_STEP_S = 60.0
_TOLERANCE_S = 0.5
_HALF_STEP_S = 5.0
#: of halvings of the range from which what there is room for is seen
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class ObservationLimits:
    """What a picture of a body needs, and how many there is room for.

    The phase angle is that between the Sun and the craft as seen from the body.
    """

    highest_phase_deg: float
    nearest_km: float
    farthest_km: float
    fastest_deg_s: float
    picture_every_s: float
    picture_bits: float
    room_bits: float

    @property
    def longest_s(self) -> float:
        """So much time there is room for."""
        return self.room_bits // self.picture_bits * self.picture_every_s


@dataclass(frozen=True, slots=True)
class ObservationWindow:
    """A stretch of good moments, TDB since J2000, and the extremes in it."""

    start_tdb_s: float
    end_tdb_s: float
    pictures: int
    bits: float
    nearest_km: float
    farthest_km: float
    lowest_phase_deg: float
    highest_phase_deg: float
    fastest_deg_s: float


def observation_windows(
    from_body_km: Way, sun_km: Way, limits: ObservationLimits, start_tdb_s: float, end_tdb_s: float
) -> tuple[ObservationWindow, ...]:
    """All windows within a span, in order; ends are good to half a second.

    `from_body_km` is the way of the craft from the body, `sun_km` that from the body to the Sun.
    """

    def stretches(farthest_km: float) -> tuple[FloatArray, FloatArray]:
        narrowed = replace(limits, farthest_km=farthest_km)

        def margin(tdb_s: FloatArray) -> FloatArray:
            return _margin(from_body_km, sun_km, narrowed, tdb_s)

        return positive_stretches(margin, start_tdb_s, end_tdb_s, _STEP_S, _TOLERANCE_S)

    def seconds(found: tuple[FloatArray, FloatArray]) -> float:
        return float(np.sum(found[1] - found[0]))

    found = stretches(limits.farthest_km)
    if seconds(found) > limits.longest_s:
        near, far = limits.nearest_km, limits.farthest_km
        for _ in range(_HALVINGS):
            middle = 0.5 * (near + far)
            if seconds(stretches(middle)) <= limits.longest_s:
                near = middle
            else:
                far = middle
        found = stretches(near)
    return tuple(
        _window(from_body_km, sun_km, limits, float(start), float(end))
        for start, end in zip(*found, strict=True)
        if end > start
    )


def look(
    from_body_km: Way, sun_km: Way, tdb_s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Range in km, phase angle in degrees, and how fast the line of sight turns in deg/s, (n,)."""
    place, sun = from_body_km(tdb_s), sun_km(tdb_s)
    later = from_body_km(tdb_s + _HALF_STEP_S) - from_body_km(tdb_s - _HALF_STEP_S)
    away = length(place)
    turning = length(np.cross(place, later / (2.0 * _HALF_STEP_S), axis=0)) / away**2
    cosine = np.clip(dot(place, sun) / (away * length(sun)), -1.0, 1.0)
    return away, np.degrees(np.arccos(cosine)), np.degrees(turning)


def _margin(
    from_body_km: Way, sun_km: Way, limits: ObservationLimits, tdb_s: FloatArray
) -> FloatArray:
    """Not negative where all limits are kept: the least of their shares that are left."""
    away, phase_deg, turning_deg_s = look(from_body_km, sun_km, tdb_s)
    shares = [
        1.0 - phase_deg / limits.highest_phase_deg,
        1.0 - away / limits.farthest_km,
        1.0 - turning_deg_s / limits.fastest_deg_s,
    ]
    if limits.nearest_km > 0.0:
        shares.append(away / limits.nearest_km - 1.0)
    return np.asarray(np.min(shares, axis=0))


def _window(
    from_body_km: Way, sun_km: Way, limits: ObservationLimits, start: float, end: float
) -> ObservationWindow:
    times = np.linspace(start, end, max(2, int((end - start) / _STEP_S) + 2))
    away, phase_deg, turning_deg_s = look(from_body_km, sun_km, times)
    pictures = int((end - start) / limits.picture_every_s)
    return ObservationWindow(
        *(start, end, pictures, pictures * limits.picture_bits),
        *(float(away.min()), float(away.max())),
        *(float(phase_deg.min()), float(phase_deg.max()), float(turning_deg_s.max())),
    )
