"""Whether a body stands in the way of a signal: rays past ellipsoids of revolution.

Bodies are bare ellipsoids without atmosphere.  The space is stretched along the body's pole until
the body is a sphere; straight rays stay straight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.rotations import dot, length
from groundsys.geometry.time_scales import FloatArray


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid of revolution; radii in km."""

    equatorial_radius_km: float
    polar_radius_km: float

    def as_sphere(self, vector: FloatArray, pole: FloatArray) -> FloatArray:
        """`vector` stretched along the unit vector `pole`: the body is then a sphere."""
        stretch = self.equatorial_radius_km / self.polar_radius_km - 1.0
        return np.asarray(vector + stretch * dot(vector, pole) * pole)


def clearance_km(
    body: Ellipsoid, pole: FloatArray, start_km: FloatArray, ray_km: FloatArray
) -> FloatArray:
    """Negative where the body hides the end of `ray_km` from `start_km`, which is seen from it.

    All vectors (3, n) along the same axes.  It is how far `start_km` lies, along the ray, before
    the terminator that light parallel to the ray would draw around it: smooth in time, and
    for a circular orbit a sinusoid.  A ray that ends before it comes nearest is never hidden
    (its end would have to be within the body), nor is one that leaves the body.
    """
    start, ray = body.as_sphere(start_km, pole), body.as_sphere(ray_km, pole)
    distance = length(ray)
    ahead = dot(start, ray) / distance
    shadow = np.sqrt(np.maximum(dot(start, start) - body.equatorial_radius_km**2, 0.0))
    return np.asarray(np.where(-ahead < distance, ahead + shadow, np.abs(ahead)))


def stands_between(
    body: Ellipsoid, pole: FloatArray, first_km: FloatArray, second_km: FloatArray
) -> NDArray[np.bool_]:
    """Whether the body hides two places, seen from its centre, from each other; (3, n) each."""
    return np.asarray(clearance_km(body, pole, first_km, second_km - first_km) < 0.0)
