"""Trajectories about Mars: Keplerian orbits with secular J2, and sites on its turning surface."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from groundsys.geometry import mars
from groundsys.geometry.rotations import rotate_back
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.mission.model import KeplerOrbit, LandingSite
from groundsys.values.errors import DefinitionError


class Trajectory(Protocol):
    """Where something is, seen from Mars' centre along ICRF axes."""

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        """Positions (3, n) at n times of TDB since J2000."""
        ...


class SecularOrbit:
    """A Keplerian orbit whose node, periapsis and mean anomaly drift by J2's secular part.

    The elements are taken as mean elements; periodic J2 terms, drag and third bodies are left
    out.  Rates: D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, section 9.6.
    """

    def __init__(self, orbit: KeplerOrbit) -> None:
        if orbit.center.lower() != "mars" or orbit.frame != "MARS_IAU_OF_EPOCH":
            raise DefinitionError(
                "an orbit in a frame that geometry does not know",
                expected="center mars, frame MARS_IAU_OF_EPOCH",
                found=f"center {orbit.center}, frame {orbit.frame}",
            )
        if not 0.0 <= orbit.eccentricity < 1.0:
            raise DefinitionError(
                "an orbit that is not closed",
                expected="eccentricity from 0 up to but without 1",
                found=f"{orbit.eccentricity}",
            )
        self._epoch_tdb_s = tdb_seconds(instants_ns(orbit.epoch))
        self._semi_major_axis_km = orbit.semi_major_axis_km
        self._eccentricity = orbit.eccentricity
        self._inclination = np.radians(orbit.inclination_deg)
        self._raan = np.radians(orbit.raan_deg)
        self._argument_of_periapsis = np.radians(orbit.argument_of_periapsis_deg)
        self._mean_anomaly = np.radians(orbit.mean_anomaly_deg)
        self._from_icrf = mars.equator_rotation(self._epoch_tdb_s)[:, :, 0]

        mean_motion = np.sqrt(mars.GM_KM3_S2 / orbit.semi_major_axis_km**3)
        shape = np.sqrt(1.0 - orbit.eccentricity**2)
        parameter_km = orbit.semi_major_axis_km * shape**2
        strength = 1.5 * mean_motion * mars.J2 * (mars.GRAVITY_RADIUS_KM / parameter_km) ** 2
        sine_squared = np.sin(self._inclination) ** 2
        #: rad/s
        self.raan_rate = float(-strength * np.cos(self._inclination))
        self.periapsis_rate = float(strength * (2.0 - 2.5 * sine_squared))
        self.mean_anomaly_rate = float(mean_motion + strength * shape * (1.0 - 1.5 * sine_squared))

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        elapsed = tdb_s - self._epoch_tdb_s
        eccentricity = self._eccentricity
        eccentric = _eccentric_anomaly(
            self._mean_anomaly + self.mean_anomaly_rate * elapsed, eccentricity
        )
        along = self._semi_major_axis_km * (np.cos(eccentric) - eccentricity)
        across = self._semi_major_axis_km * np.sqrt(1 - eccentricity**2) * np.sin(eccentric)

        periapsis = self._argument_of_periapsis + self.periapsis_rate * elapsed
        raan = self._raan + self.raan_rate * elapsed
        in_plane_x = np.cos(periapsis) * along - np.sin(periapsis) * across
        in_plane_y = np.sin(periapsis) * along + np.cos(periapsis) * across
        tilted_y = np.cos(self._inclination) * in_plane_y
        equatorial = np.array(
            [
                np.cos(raan) * in_plane_x - np.sin(raan) * tilted_y,
                np.sin(raan) * in_plane_x + np.cos(raan) * tilted_y,
                np.sin(self._inclination) * in_plane_y,
            ]
        )
        return np.asarray(self._from_icrf.T @ equatorial)


class SurfaceSite:
    """A place on Mars, turning with it; `up` is the ellipsoid's normal."""

    def __init__(self, site: LandingSite) -> None:
        if site.body.lower() != "mars":
            raise DefinitionError(
                "a landing site on a body that geometry does not know",
                expected="mars",
                found=site.body,
            )
        latitude, longitude = np.radians(site.latitude_deg), np.radians(site.longitude_deg)
        direction = np.array(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
        radii = np.array(
            [mars.EQUATORIAL_RADIUS_KM, mars.EQUATORIAL_RADIUS_KM, mars.POLAR_RADIUS_KM]
        )
        surface = direction / np.linalg.norm(direction / radii)
        normal = surface / radii**2
        self._up = normal / np.linalg.norm(normal)
        self._fixed_km = surface + self._up * site.altitude_m / 1000.0
        self.elevation_mask_deg = site.elevation_mask_deg

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return rotate_back(mars.body_fixed_rotation(tdb_s), self._fixed_km)

    def position_and_up(self, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Position in km and the unit vector to the zenith, both along ICRF axes."""
        rotation = mars.body_fixed_rotation(tdb_s)
        return rotate_back(rotation, self._fixed_km), rotate_back(rotation, self._up)


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
