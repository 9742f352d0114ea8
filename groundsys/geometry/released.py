"""Where the ground believes a cube to be that its relay carries, and lets go.

Held, it stands a metre above the relay.  From then on it flies from there by the equations of
W. H. Clohessy and R. S. Wiltshire, *Terminal Guidance System for Satellite Rendezvous*, Journal of
the Aerospace Sciences 27, 1960, pp. 653-658 (D. A. Vallado, *Fundamentals of Astrodynamics and
Applications*, algorithm 48), begun where the relay is:

    x = (x' / n) sin nt + (2 y' / n) (1 - cos nt)
    y = (2 x' / n) (cos nt - 1) + y' ((4 / n) sin nt - 3 t)
    z = (z' / n) sin nt

x along the relay's radius from that metre on, y along its track, z across it, in km; x', y', z' the
velocity that the springs give, in km/s; n the relay's mean motion.  y is laid along the relay's
orbit, not along a straight line, so that a cube that drifts for weeks stays on an orbit.  The
equations are those of a circle about a sphere: in an orbit of eccentricity e they err by about e of
the way between the two, and by 0.3 % of it in a low orbit's J2.

From a long ellipse or a hyperbola, and past an asteroid, the way between the two is that of two
bodies: where it goes with what the springs give, less where it goes without.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.central_bodies import Center, CentralBodies
from groundsys.geometry.orbits import Trajectory, gm_km3_s2
from groundsys.geometry.rotations import length
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.two_bodies import coasted_km
from groundsys.mission.spacecraft.place_model import Release

#: the equations of a circle are not taken beyond this eccentricity
LARGEST_ECCENTRICITY = 0.1
_HELD_KM = 1e-3
_HALF_STEP_S = 0.5


class ReleasedTrajectory:
    """A cube's believed way: its relay's until the release, beside it from then on."""

    def __init__(
        self, carrier: Trajectory, release: Release, bodies: CentralBodies | None = None
    ) -> None:
        self.center: Center = carrier.center
        self.tdb_span = carrier.tdb_span
        self.epoch_tdb_s = carrier.epoch_tdb_s
        self._carrier = carrier
        self._silent_s = release.silent_s
        #: TDB since J2000; infinite for one that stays
        self.released_tdb_s = np.inf
        self._velocity_km_s = np.asarray(release.direction) * release.speed_m_s / 1000.0
        self._gm_km3_s2 = gm_km3_s2(carrier.center, bodies)
        self._mean_motion: float | None = 0.0
        if release.at is not None:
            self.released_tdb_s = float(tdb_seconds(instants_ns(release.at))[0])
            self._mean_motion = _mean_motion(carrier, self.released_tdb_s, self._gm_km3_s2)

    @property
    def speaks_from_tdb_s(self) -> float:
        """From when on its radio may be heard."""
        return self.released_tdb_s + self._silent_s

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        place = self._carrier.position_km(tdb_s)
        distance = length(place)
        out = place / distance
        across = np.cross(place, self._carrier.velocity_km_s(tdb_s), axis=0)
        across = across / length(across)
        if self._mean_motion is None:
            return np.asarray(place + _HELD_KM * out + self._apart_km(tdb_s))
        along = np.cross(across, out, axis=0)
        x, y, z = self._beside_km(np.maximum(tdb_s - self.released_tdb_s, 0.0))
        angle, height = y / distance, distance + _HELD_KM + x
        return np.asarray(height * (np.cos(angle) * out + np.sin(angle) * along) + z * across)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """By difference over a second, which errs by the third derivative: 1e-10 km/s."""
        later = self.position_km(tdb_s + _HALF_STEP_S)
        return np.asarray((later - self.position_km(tdb_s - _HALF_STEP_S)) / (2.0 * _HALF_STEP_S))

    def _beside_km(self, seconds: FloatArray) -> FloatArray:
        """(3, n) along radius, track and across, so long after the release."""
        if not np.isfinite(self.released_tdb_s):
            return np.zeros((3, seconds.size))
        n = self._mean_motion
        assert n is not None
        x_rate, y_rate, z_rate = self._velocity_km_s
        sine, cosine = np.sin(n * seconds), np.cos(n * seconds)
        return np.array(
            [
                x_rate / n * sine + 2.0 * y_rate / n * (1.0 - cosine),
                2.0 * x_rate / n * (cosine - 1.0) + y_rate * (4.0 / n * sine - 3.0 * seconds),
                z_rate / n * sine,
            ]
        )

    def _apart_km(self, tdb_s: FloatArray) -> FloatArray:
        """(3, n) along ICRF axes, on conics through the place of release."""
        at = np.array([self.released_tdb_s])
        place, motion = self._carrier.position_km(at)[:, 0], self._carrier.velocity_km_s(at)[:, 0]
        out = place / np.linalg.norm(place)
        across = np.cross(place, motion)
        across = across / np.linalg.norm(across)
        axes = np.array([out, np.cross(across, out), across])
        pushed = motion + self._velocity_km_s @ axes
        elapsed = np.maximum(tdb_s - self.released_tdb_s, 0.0)
        with_push, without = (
            coasted_km(place, one, self._gm_km3_s2, elapsed) for one in (pushed, motion)
        )
        return np.asarray(with_push - without)


def _mean_motion(carrier: Trajectory, tdb_s: float, gm: float) -> float | None:
    """Of the carrier's orbit at a time, in rad/s; None if it is far from a circle."""
    at = np.array([tdb_s])
    place, motion = carrier.position_km(at)[:, 0], carrier.velocity_km_s(at)[:, 0]
    distance, square = float(np.linalg.norm(place)), float(motion @ motion)
    shape = ((square - gm / distance) * place - float(place @ motion) * motion) / gm
    eccentricity = float(np.linalg.norm(shape))
    if eccentricity > LARGEST_ECCENTRICITY:
        return None
    semi_major_km = 1.0 / (2.0 / distance - square / gm)
    return float(np.sqrt(gm / semi_major_km**3))
