"""What a body looks like from near by: a triaxial ellipsoid in sunlight.

The surface scatters by the law of Lommel and Seeliger, as dark airless bodies do (H. Seeliger,
Abhandlungen der Bayerischen Akademie der Wissenschaften 16, 1887; B. Hapke, *Theory of Reflectance
and Emittance Spectroscopy*, section 8.7.3): a facet whose normal is μ₀ = cos i to the Sun and
μ = cos e to the observer is as bright as μ₀ / (μ₀ + μ), times a constant and a function of the
phase angle, neither of which moves anything in a picture.  A convex body throws no shadow on
itself.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray

#: rays a side of the square that holds the whole disk: the centre of light to 1e-4 of the radius
_RAYS = 200
#: the square is so much larger than the largest radius seen from the body's distance
_MARGIN = 1.1


def radiance(
    radii_km: FloatArray, place_km: FloatArray, rays: FloatArray, sun: FloatArray
) -> FloatArray:
    """How bright an ellipsoid is along n rays, 0 to 1, and 0 where a ray passes it.

    All along the body's axes: the observer's place (3,) from its centre, the rays (3, n) of any
    length, the unit vector (3,) to the Sun.
    """
    scale = 1.0 / np.asarray(radii_km)
    start, step = scale * place_km, scale[:, np.newaxis] * rays
    square = np.einsum("in,in->n", step, step)
    half = start @ step
    inside = half**2 - square * (start @ start - 1.0)
    hit = (inside > 0.0) & (half < 0.0)
    found = np.zeros(rays.shape[1])
    if not hit.any():
        return found
    along = (-half[hit] - np.sqrt(inside[hit])) / square[hit]
    normal = scale[:, np.newaxis] * (start[:, np.newaxis] + along * step[:, hit])
    normal = normal / np.linalg.norm(normal, axis=0)
    to_sun = np.maximum(sun @ normal, 0.0)
    to_eye = -np.einsum("in,in->n", normal, rays[:, hit]) / np.linalg.norm(rays[:, hit], axis=0)
    found[hit] = to_sun / np.maximum(to_sun + to_eye, 1e-12)
    return found


def centre_of_light(
    radii_km: FloatArray, place_km: FloatArray, sun: FloatArray
) -> tuple[FloatArray, float]:
    """Where the light of an ellipsoid comes from on average, and how much there is.

    From the body's centre, in km across the line of sight (3,), along the body's axes; and the
    integral of `radiance` over solid angle.  The first is what a centroid is off the centre of the
    figure, towards the Sun: W. M. Owen, *Methods of Optical Navigation*, AAS 11-215, 2011.
    Arguments as of `radiance`.
    """
    distance = float(np.linalg.norm(place_km))
    ahead = -place_km / distance
    right, up = across(ahead)
    half = _MARGIN * float(np.max(radii_km)) / distance
    steps = (np.arange(_RAYS) + 0.5) / _RAYS * 2.0 - 1.0
    x, y = (half * one.ravel() for one in np.meshgrid(steps, steps))
    rays = ahead[:, np.newaxis] + np.outer(right, x) + np.outer(up, y)
    light = radiance(radii_km, place_km, rays, sun)
    total = float(light.sum())
    if total == 0.0:
        return np.zeros(3), 0.0
    off = distance * (right * float(light @ x) + up * float(light @ y)) / total
    return off, total * (2.0 * half / _RAYS) ** 2


def across(ahead: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors at right angles to a unit vector and to each other."""
    least = np.eye(3)[int(np.argmin(np.abs(ahead)))]
    right = np.cross(ahead, least)
    right = right / np.linalg.norm(right)
    return right, np.cross(right, ahead)
