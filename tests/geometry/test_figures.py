"""An ellipsoid's looks against closed formulas of others."""

import numpy as np
import pytest

from groundsys.geometry.cameras import Camera, camera_angles_deg, camera_axes
from groundsys.geometry.figures import across, centre_of_light, radiance

_FAR_KM = 1e5
_FROM = np.array([0.0, 0.0, _FAR_KM])


def _sun(phase_deg: float) -> np.ndarray:
    phase = np.radians(phase_deg)
    return np.array([np.sin(phase), 0.0, np.cos(phase)])


@pytest.mark.parametrize("phase_deg", [10.0, 60.0, 90.0, 130.0])
def test_a_sphere_darkens_with_phase_as_lommel_and_seeliger_say(phase_deg: float) -> None:
    # B. Hapke, Theory of Reflectance and Emittance Spectroscopy, eq. 6.14 (of a Lommel-Seeliger
    # sphere): 1 - sin(a/2) tan(a/2) ln cot(a/4)
    sphere = np.array([1.0, 1.0, 1.0])
    half = np.radians(phase_deg) / 2.0
    expected = 1.0 - np.sin(half) * np.tan(half) * np.log(1.0 / np.tan(half / 2.0))
    full = centre_of_light(sphere, _FROM, _sun(0.0))[1]
    light = centre_of_light(sphere, _FROM, _sun(phase_deg))[1]
    assert light / full == pytest.approx(expected, abs=2e-3)


def test_at_full_phase_an_ellipsoid_is_as_bright_as_its_outline_is_large() -> None:
    # the area of an ellipsoid's shadow along e: pi sqrt((bc ex)^2 + (ac ey)^2 + (ab ez)^2)
    a, b, c = radii = np.array([0.217, 0.154, 0.147])
    ahead = np.array([0.36, 0.48, 0.8])
    area = np.pi * np.linalg.norm(np.array([b * c, a * c, a * b]) * ahead)
    _, light = centre_of_light(radii, ahead * _FAR_KM, ahead)
    assert light == pytest.approx(0.5 * area / _FAR_KM**2, rel=2e-3)


def test_light_comes_from_the_sunlit_side_and_from_within_the_body() -> None:
    off, _ = centre_of_light(np.array([1.0, 1.0, 1.0]), _FROM, _sun(100.0))
    assert off[1] == pytest.approx(0.0, abs=1e-9)
    assert 0.5 < off[0] < 1.0
    assert abs(off[2]) < 1e-9


def test_the_light_of_a_surface_is_that_of_its_picture() -> None:
    """Summed over the body's own points, and over rays as a camera takes them."""
    radii, place = np.array([0.217, 0.154, 0.147]), np.array([4.0, -5.0, 3.0])
    sun = np.array([0.6, 0.0, 0.8])
    steps = (np.arange(1000) + 0.5) / 1000 * 0.08 - 0.04
    x, y = (one.ravel() for one in np.meshgrid(steps, steps))
    ahead = -place / np.linalg.norm(place)
    right, up = across(ahead)
    rays = ahead[:, np.newaxis] + np.outer(right, x) + np.outer(up, y)
    light = radiance(radii, place, rays, sun)
    off = np.linalg.norm(place) * (right * (light @ x) + up * (light @ y)) / light.sum()
    assert centre_of_light(radii, place, sun)[0] == pytest.approx(off, abs=1e-5)


def test_a_half_lit_sphere_is_bright_where_it_is_lit() -> None:
    rays = np.array([[0.5, -0.5, 3.0], [0.0, 0.0, 0.0], [-_FAR_KM] * 3])
    lit, dark, beside = radiance(np.ones(3), _FROM, rays, _sun(90.0))
    assert lit == pytest.approx(0.5 / (0.5 + np.sqrt(0.75)), rel=1e-4)
    assert (dark, beside) == (0.0, 0.0)


def test_a_camera_s_pixels_and_directions_are_each_other_s_inverse() -> None:
    camera = Camera(256, 3e-4)
    assert camera.place(camera.direction(17.25, 201.5)) == pytest.approx((17.25, 201.5))
    assert camera.direction(127.5, 127.5) == pytest.approx([0.0, 0.0, 1.0])


def test_attitude_survives_its_three_angles_and_north_is_up_without_twist() -> None:
    axes = camera_axes(211.0, -34.0, 77.0)
    assert camera_angles_deg(axes) == pytest.approx((211.0, -34.0, 77.0))
    upright = camera_axes(211.0, -34.0, 0.0)
    assert upright[1] @ [0.0, 0.0, 1.0] == pytest.approx(np.cos(np.radians(34.0)))
    assert upright[0] @ [0.0, 0.0, 1.0] == pytest.approx(0.0, abs=1e-12)
