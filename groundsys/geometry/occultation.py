"""Whether a body stands in the way of a signal: rays past ellipsoids.

Bodies are bare ellipsoids without atmosphere.  The space is stretched along the body's axes until
the body is a sphere; straight rays stay straight.  Of a body of revolution nothing but its pole
need be known, of a triaxial one how it is turned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.rotations import dot, length, rotate
from groundsys.geometry.time_scales import FloatArray


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid of revolution, or a triaxial one; radii in km."""

    #: the longer of both
    equatorial_radius_km: float
    polar_radius_km: float
    #: along the prime meridian, across it and along the pole; None: of revolution
    triaxial_km: tuple[float, float, float] | None = None

    @staticmethod
    def of(radii_km: tuple[float, float, float]) -> Ellipsoid:
        """The ellipsoid of semi-axes along the prime meridian, across it and along the pole."""
        along, across, polar = radii_km
        return Ellipsoid(max(along, across), polar, None if along == across else radii_km)

    def as_sphere(self, vector: FloatArray, turn: FloatArray) -> FloatArray:
        """`vector` stretched until the body is a sphere of its equatorial radius.

        `turn` is its pole (3, n), or of a triaxial body the rotation (3, 3, n) into its axes.
        """
        if self.triaxial_km is not None:
            stretches = self.equatorial_radius_km / np.array(self.triaxial_km)
            return np.asarray(stretches[:, np.newaxis] * rotate(turn, vector))
        stretch = self.equatorial_radius_km / self.polar_radius_km - 1.0
        return np.asarray(vector + stretch * dot(vector, turn) * turn)


def clearance_km(
    body: Ellipsoid, turn: FloatArray, start_km: FloatArray, ray_km: FloatArray
) -> FloatArray:
    """Negative where the body hides the end of `ray_km` from `start_km`, which is seen from it.

    All vectors (3, n) along the same axes; `turn` as `Ellipsoid.as_sphere` takes it.  It is how
    far `start_km` lies, along the ray, before the terminator that light parallel to the ray would
    draw around it: smooth in time, and for a circular orbit a sinusoid.  A ray that ends before
    it comes nearest is never hidden (its end would have to be within the body), nor is one that
    leaves the body.
    """
    start, ray = body.as_sphere(start_km, turn), body.as_sphere(ray_km, turn)
    distance = length(ray)
    ahead = dot(start, ray) / distance
    shadow = np.sqrt(np.maximum(dot(start, start) - body.equatorial_radius_km**2, 0.0))
    return np.asarray(np.where(-ahead < distance, ahead + shadow, np.abs(ahead)))


def stands_between(
    body: Ellipsoid, turn: FloatArray, first_km: FloatArray, second_km: FloatArray
) -> NDArray[np.bool_]:
    """Whether the body hides two places, seen from its centre, from each other; (3, n) each."""
    return np.asarray(clearance_km(body, turn, first_km, second_km - first_km) < 0.0)
