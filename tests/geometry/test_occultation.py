"""Rays past ellipsoids, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.occultation import clearance_km, stands_between
from groundsys.geometry.time_scales import FloatArray

EARTH, MARS = (known_bodies()[body].ellipsoid for body in ("earth", "mars"))

POLE = np.array([[0.0], [0.0], [1.0]])


def column(x: float, y: float, z: float) -> FloatArray:
    return np.array([[x], [y], [z]])


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        (column(-5000, 0, 0), column(1e8, 0, 0), True),
        (column(5000, 0, 0), column(1e8, 0, 0), False),
        (column(-5000, 3396.1, 0), column(1e8, 3396.1, 0), True),
        (column(-5000, 3396.3, 0), column(1e8, 3396.3, 0), False),
        # flattened: over the pole a ray passes 20 km lower
        (column(-5000, 0, 3376.1), column(1e8, 0, 3376.1), True),
        (column(-5000, 0, 3376.3), column(1e8, 0, 3376.3), False),
        # the other end is before the body, not behind it
        (column(-50_000, 0, 0), column(-4000, 0, 0), False),
        (column(-4000, 0, 0), column(4000, 0, 0), True),
    ],
)
def test_mars_stands_between(first: FloatArray, second: FloatArray, hidden: bool) -> None:
    assert stands_between(MARS, POLE, first, second)[0] == hidden
    assert stands_between(MARS, POLE, second, first)[0] == hidden


def test_earth_hides_what_is_below_the_horizon_of_a_place_on_it() -> None:
    place = column(6378.137, 0.0, 0.0)
    for height_km, hidden in ((10.0, False), (-10.0, True)):
        far = column(6378.137 + height_km, 1e6, 0.0)
        assert stands_between(EARTH, POLE, far, place)[0] == hidden


def test_clearance_of_a_circular_orbit_is_a_sinusoid() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 50)
    orbit = 4000.0 * np.array([np.cos(angle), np.sin(angle), np.zeros(50)])
    ray = np.tile(np.array([[1e9], [0.0], [0.0]]), 50)
    shadow = np.sqrt(4000.0**2 - 3396.19**2)
    np.testing.assert_allclose(
        clearance_km(MARS, np.tile(POLE, 50), orbit, ray), 4000.0 * np.cos(angle) + shadow
    )
