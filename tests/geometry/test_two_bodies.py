"""One formula for all conics, against SPICE's and against ellipses and hyperbolas by elements."""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.two_bodies import coasted_km
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant

EPOCH = Instant.from_utc_iso("2029-04-13T00:00:00Z")
GM_EARTH = known_bodies()["earth"].gm_km3_s2
PLACE = np.array([30_000.0, -12_000.0, 5_000.0])
#: by the square of the speed of escape: ellipses, nearly and truly a parabola, hyperbolas
SHARES = [0.3, 0.5, 0.9, 0.999_999, 1.0, 1.000_001, 1.5, 4.0, 50.0]


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("tilt", [(0.0, 1.0, 0.2), (-0.7, 0.6, 0.1), (0.9, 0.3, -0.3)])
def test_it_carries_as_spice_does(share: float, tilt: tuple[float, float, float]) -> None:
    escape = np.sqrt(2.0 * GM_EARTH / np.linalg.norm(PLACE))
    motion = np.array(tilt) / np.linalg.norm(tilt) * escape * np.sqrt(share)
    elapsed = np.array([0.0, 1.0, 600.0, 7_200.0, 86_400.0, 400_000.0])
    ours = coasted_km(PLACE, motion, GM_EARTH, elapsed)
    theirs = [spice.prop2b(GM_EARTH, [*PLACE, *motion], time)[:3] for time in elapsed]
    sizes = np.linalg.norm(ours, axis=0)
    assert (np.linalg.norm(ours - np.array(theirs).T, axis=0) < 1e-9 * sizes + 1e-6).all()


@pytest.mark.parametrize(("axis_km", "eccentricity"), [(1.6e8, 0.19), (-4e7, 2.5)])
def test_it_carries_as_elements_do(axis_km: float, eccentricity: float) -> None:
    orbit = SecularOrbit(KeplerOrbit("SUN", EPOCH, axis_km, eccentricity, 20.0, 30.0, 40.0, 10.0))
    times = orbit.epoch_tdb_s + np.linspace(0.0, 3e7, 30)
    first = times[:1]
    place, motion = orbit.position_km(first)[:, 0], orbit.velocity_km_s(first)[:, 0]
    found = coasted_km(place, motion, orbit.body.gm_km3_s2, times - first)
    np.testing.assert_allclose(found, orbit.position_km(times), rtol=0.0, atol=0.05)


def test_past_a_weightless_body_the_way_is_straight() -> None:
    """An asteroid of 2.75e-9 km³/s² bends 5 km/s by nothing that counts."""
    motion = np.array([0.0, 5.0, 1.0])
    elapsed = np.array([10.0, 1_000.0, 1e5])
    found = coasted_km(np.array([100.0, 0.0, 0.0]), motion, 2.75e-9, elapsed)
    straight = np.array([[100.0], [0.0], [0.0]]) + motion[:, np.newaxis] * elapsed
    np.testing.assert_allclose(found, straight, rtol=1e-9, atol=1e-6)
