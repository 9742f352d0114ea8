"""Trajectories by formula: conics with secular J2, and sites on turning bodies."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from groundsys.geometry.central_bodies import (
    Center,
    CentralBodies,
    CentralBody,
    known_bodies,
)
from groundsys.geometry.horizons import Horizon, north_and_east
from groundsys.geometry.rotations import rotate_back
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission.spacecraft.place_model import KeplerOrbit, LandingSite
from groundsys.values.errors import DefinitionError


class Trajectory(Protocol):
    """Where something is and how it moves, seen from `center` along ICRF axes."""

    @property
    def center(self) -> Center: ...

    @property
    def tdb_span(self) -> tuple[float, float] | None:
        """First and last time (TDB since J2000) for which it is known; None if for all."""
        ...

    @property
    def epoch_tdb_s(self) -> float:
        """When it was known best: the uncertainty of navigation grows from here."""
        ...

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        """Positions (3, n) at n times; those outside `tdb_span` raise `DefinitionError`."""
        ...

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """Velocities (3, n) about the centre, as positions."""
        ...


#: cosine of how far the pole may stand off the axis of the elements for J2's drift to be theirs
_UPRIGHT = float(np.cos(np.radians(1.0)))


def gm_km3_s2(center: Center, bodies: CentralBodies | None = None) -> float:
    """The gravitational parameter of what a trajectory is about."""
    return (bodies or known_bodies())[center].gm_km3_s2


class SecularOrbit:
    """A Keplerian orbit whose node, periapsis and mean anomaly drift by J2's secular part.

    The elements are taken as mean elements; periodic J2 terms, drag and third bodies are left
    out.  Rates: D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, section 9.6.
    With an eccentricity above 1 and a semi-major axis below zero it is a hyperbola, which comes
    by once: two bodies alone, as J2 has no secular part there.  It holds inside the sphere of
    influence, some 0.9 million km about Earth and 0.6 million km about Mars.
    They refer to the body's equator of epoch or to ICRF axes, as its definition says.  Earth's pole
    stands 0.17° off those in 2031: a low orbit's node, which J2 turns about the pole, is then
    3 km off after a day.  Where it stands more than a degree off, as the Sun's, nothing drifts.
    """

    tdb_span: tuple[float, float] | None = None

    def __init__(self, orbit: KeplerOrbit, bodies: CentralBodies | None = None) -> None:
        """`bodies` are the mission's, or those of groundsys' own definitions."""
        #: what it is about
        self.body = body = _orbited(orbit, bodies or known_bodies())
        self._is_closed = 0.0 <= orbit.eccentricity < 1.0 and orbit.semi_major_axis_km > 0.0
        if not self._is_closed and not (orbit.eccentricity > 1.0 and orbit.semi_major_axis_km < 0):
            raise DefinitionError(
                "an orbit that is neither an ellipse nor a hyperbola",
                expected="eccentricity from 0 up to but without 1, or above 1 with a semi-major"
                " axis below zero",
                found=f"{orbit.eccentricity} and {orbit.semi_major_axis_km:g} km",
            )
        self.center: Center = body.id
        epoch = tdb_seconds(instants_ns(orbit.epoch))
        self.epoch_tdb_s = float(epoch[0])
        self._semi_major_axis_km = orbit.semi_major_axis_km
        self._eccentricity = orbit.eccentricity
        self._inclination = np.radians(orbit.inclination_deg)
        self._raan = np.radians(orbit.raan_deg)
        self._argument_of_periapsis = np.radians(orbit.argument_of_periapsis_deg)
        self._mean_anomaly = np.radians(orbit.mean_anomaly_deg)
        axes = body.orbit_axes(self.epoch_tdb_s)
        self._to_icrf = axes.T

        mean_motion = np.sqrt(body.gm_km3_s2 / abs(orbit.semi_major_axis_km) ** 3)
        #: rad/s
        self.raan_rate = self.periapsis_rate = 0.0
        self.mean_anomaly_rate = float(mean_motion)
        upright = float(axes[2] @ body.pole(epoch)[:, 0])
        if self._is_closed and upright > _UPRIGHT:
            self._drift(orbit, body, mean_motion)

    def _drift(self, orbit: KeplerOrbit, body: CentralBody, mean_motion: float) -> None:
        shape = np.sqrt(1.0 - orbit.eccentricity**2)
        parameter_km = orbit.semi_major_axis_km * shape**2
        strength = 1.5 * mean_motion * body.j2 * (body.gravity_radius_km / parameter_km) ** 2
        sine_squared = np.sin(self._inclination) ** 2
        self.raan_rate = float(-strength * np.cos(self._inclination))
        self.periapsis_rate = float(strength * (2.0 - 2.5 * sine_squared))
        self.mean_anomaly_rate = float(mean_motion + strength * shape * (1.0 - 1.5 * sine_squared))

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        along, across, _, _ = self._in_plane(tdb_s)
        periapsis, raan = self._angles(tdb_s)
        x, y = _turned(periapsis, along, across)
        return np.asarray(self._to_icrf @ self._equatorial(raan, x, y))

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        along, across, along_rate, across_rate = self._in_plane(tdb_s)
        periapsis, raan = self._angles(tdb_s)
        x, y = _turned(periapsis, along, across)
        x_rate, y_rate = _turned(periapsis, along_rate, across_rate)
        place = self._equatorial(raan, x, y)
        motion = self._equatorial(
            raan, x_rate - self.periapsis_rate * y, y_rate + self.periapsis_rate * x
        )
        motion[0] -= self.raan_rate * place[1]
        motion[1] += self.raan_rate * place[0]
        return np.asarray(self._to_icrf @ motion)

    def _in_plane(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Towards periapsis and across, in km, and their rates in km/s."""
        eccentricity, semi_major = self._eccentricity, self._semi_major_axis_km
        mean = self._mean_anomaly + self.mean_anomaly_rate * (tdb_s - self.epoch_tdb_s)
        if not self._is_closed:
            return self._in_plane_of_hyperbola(mean)
        semi_minor = semi_major * np.sqrt(1.0 - eccentricity**2)
        eccentric = _eccentric_anomaly(mean, eccentricity)
        sine, cosine = np.sin(eccentric), np.cos(eccentric)
        rate = self.mean_anomaly_rate / (1.0 - eccentricity * cosine)
        return (
            semi_major * (cosine - eccentricity),
            semi_minor * sine,
            -semi_major * sine * rate,
            semi_minor * cosine * rate,
        )

    def _in_plane_of_hyperbola(
        self, mean: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Vallado, section 2.2: the semi-major axis is negative, and counts so."""
        eccentricity, semi_major = self._eccentricity, self._semi_major_axis_km
        semi_minor = -semi_major * np.sqrt(eccentricity**2 - 1.0)
        anomaly = _hyperbolic_anomaly(mean, eccentricity)
        sine, cosine = np.sinh(anomaly), np.cosh(anomaly)
        rate = self.mean_anomaly_rate / (eccentricity * cosine - 1.0)
        return (
            semi_major * (cosine - eccentricity),
            semi_minor * sine,
            semi_major * sine * rate,
            semi_minor * cosine * rate,
        )

    def _angles(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        elapsed = tdb_s - self.epoch_tdb_s
        return (
            self._argument_of_periapsis + self.periapsis_rate * elapsed,
            self._raan + self.raan_rate * elapsed,
        )

    def _equatorial(self, raan: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
        """From the orbit's plane (x to its node) to the equator."""
        turned_x, turned_y = _turned(raan, x, np.cos(self._inclination) * y)
        return np.array([turned_x, turned_y, np.sin(self._inclination) * y])


class SurfaceSite:
    """A place on a body, turning with it; `up` is the ellipsoid's normal."""

    tdb_span: tuple[float, float] | None = None
    epoch_tdb_s = 0.0

    def __init__(self, site: LandingSite, bodies: CentralBodies | None = None) -> None:
        """`bodies` are the mission's, or those of groundsys' own definitions."""
        known = bodies or known_bodies()
        body = known.find(site.body.lower())
        if body is None or body.definition.surface is None:
            raise DefinitionError(
                "a landing site on a body that geometry does not know",
                expected=", ".join(
                    id for id, one in known.items() if one.definition.surface is not None
                ),
                found=site.body,
            )
        self.center: Center = body.id
        #: what is stood on
        self.body = body
        latitude, longitude = np.radians(site.latitude_deg), np.radians(site.longitude_deg)
        direction = np.array(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
        radii = body.radii_km
        surface = direction / np.linalg.norm(direction / radii)
        normal = surface / radii**2
        self._up = normal / np.linalg.norm(normal)
        self._fixed_km = surface + self._up * site.altitude_m / 1000.0
        self._axes = np.array([*north_and_east(self._up), self._up])
        self.elevation_mask_deg = site.elevation_mask_deg
        #: the site's skyline: constant mask and table by azimuth
        self.horizon = Horizon(site.elevation_mask_deg, site.horizon)

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return rotate_back(self.body.body_fixed_rotation(tdb_s), self._fixed_km)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """The pole is taken to stand still: Mars' own motion adds less than 1e-9 km/s."""
        pole = self.body.body_fixed_rotation(tdb_s)[2]
        return np.asarray(np.cross(pole * self.body.rotation_rate, self.position_km(tdb_s), axis=0))

    def position_and_up(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Position in km and the unit vector to the zenith, both along ICRF axes."""
        rotation = self.body.body_fixed_rotation(tdb_s)
        return rotate_back(rotation, self._fixed_km), rotate_back(rotation, self._up)

    def look(self, tdb_s: FloatArray, other_km: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is seen from here in the direction of `other_km` (from the body's centre).

        Its components to north, east and zenith in km (3, n), and how far it stands above the
        site's mask in radians (n,).
        """
        fixed = np.einsum("ijn,jn->in", self.body.body_fixed_rotation(tdb_s), other_km)
        north, east, up = local = np.asarray(self._axes @ (fixed - self._fixed_km[:, np.newaxis]))
        return local, self.horizon.excess(north, east, up)


def _orbited(orbit: KeplerOrbit, bodies: CentralBodies) -> CentralBody:
    """What elements are about; `DefinitionError` if it, or their frame, is not known."""
    body = bodies.find(orbit.center.lower())
    limits = None if body is None else body.definition.orbits
    if body is None or limits is None or orbit.frame not in ("", limits.frame):
        raise DefinitionError(
            "an orbit in a frame that geometry does not know",
            expected=" or ".join(
                f"center {id.upper()}, frame {one.definition.orbits.frame}"
                for id, one in bodies.items()
                if one.definition.orbits is not None
            ),
            found=f"center {orbit.center}, frame {orbit.frame}",
        )
    return body


def _turned(angle: FloatArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    sine, cosine = np.sin(angle), np.cos(angle)
    return cosine * x - sine * y, sine * x + cosine * y


def _eccentric_anomaly(mean_anomaly: FloatArray, eccentricity: float) -> FloatArray:
    """Solve Kepler's equation by Newton's method, to 1e-13 rad."""
    mean = np.mod(mean_anomaly, 2.0 * np.pi)
    eccentric = mean + eccentricity * np.sin(mean) / (
        1.0 - np.sin(mean + eccentricity) + np.sin(mean)
    )
    for _ in range(20):
        residual = eccentric - eccentricity * np.sin(eccentric) - mean
        correction = residual / (1.0 - eccentricity * np.cos(eccentric))
        eccentric = eccentric - correction
        if np.max(np.abs(correction), initial=0.0) < 1e-13:
            break
    return np.asarray(eccentric)


def _hyperbolic_anomaly(mean_anomaly: FloatArray, eccentricity: float) -> FloatArray:
    """Solve e sinh H - H = M by Newton's method, to 1e-13 of H."""
    anomaly = np.arcsinh(mean_anomaly / eccentricity)
    for _ in range(50):
        residual = eccentricity * np.sinh(anomaly) - anomaly - mean_anomaly
        correction = residual / (eccentricity * np.cosh(anomaly) - 1.0)
        anomaly = anomaly - correction
        if np.max(np.abs(correction) - 1e-13 * np.abs(anomaly), initial=0.0) < 1e-13:
            break
    return np.asarray(anomaly)
