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
    scale = np.asarray(radii_km)[:, np.newaxis]
    points = scale * _SPHERE
    stretched = np.linalg.norm(_SPHERE / scale, axis=0)
    normal = _SPHERE / scale / stretched
    to_eye = place_km[:, np.newaxis] - points
    away = np.linalg.norm(to_eye, axis=0)
    seen = np.maximum(np.einsum("in,in->n", normal, to_eye) / away, 0.0)
    lit = np.maximum(sun @ normal, 0.0)
    # as bright as lit / (lit + seen), on as much of the sky as seen times its area over away^2
    area = float(np.prod(radii_km)) * stretched * _SPHERE_AREAS
    light = lit * seen / np.maximum(lit + seen, 1e-12) * area / away**2
    total = float(light.sum())
    if total == 0.0:
        return np.zeros(3), 0.0
    depth = distance + ahead @ points
    off = distance * (
        right * (light @ (right @ points / depth)) + up * (light @ (up @ points / depth))
    )
    return np.asarray(off / total), total


def _sphere() -> tuple[FloatArray, FloatArray]:
    """Points of the unit sphere (3, n) and their areas (n,): Gauss in z, evenly around."""
    heights, weights = np.polynomial.legendre.leggauss(_RINGS)
    angles = np.arange(2 * _RINGS) * np.pi / _RINGS
    z, angle = (one.ravel() for one in np.meshgrid(heights, angles, indexing="ij"))
    flat = np.sqrt(1.0 - z**2)
    points = np.array([flat * np.cos(angle), flat * np.sin(angle), z])
    return points, np.repeat(weights, 2 * _RINGS) * np.pi / _RINGS


#: rings of points around the figure's third axis: the centre of light to 3e-5 of the radius, and
#: smooth as the figure turns
_RINGS = 100
_SPHERE, _SPHERE_AREAS = _sphere()


def across(ahead: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors at right angles to a unit vector and to each other."""
    least = np.eye(3)[int(np.argmin(np.abs(ahead)))]
    right = np.cross(ahead, least)
    right = right / np.linalg.norm(right)
    return right, np.cross(right, ahead)
