"""Orbits about three bodies: how they turn, and that velocity is what positions do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry.orbits import SecularOrbit, SurfaceSite
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.spacecraft.place_model import KeplerOrbit, LandingSite
from groundsys.values.errors import DefinitionError
from tests.geometry.missions import ORBIT, START

EPOCH = tdb_seconds(instants_ns(START))
TIMES = EPOCH + np.linspace(-3e5, 3e5, 200)

EARTH_ORBIT = replace(
    ORBIT, center="EARTH", frame="ICRF", semi_major_axis_km=7078.0, eccentricity=0.001,
    inclination_deg=98.2,
)  # fmt: skip
SUN_ORBIT = replace(
    ORBIT, center="SUN", frame="ICRF", semi_major_axis_km=1.5e8, eccentricity=0.2,
    inclination_deg=23.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("orbit", "step_s"), [(replace(ORBIT, eccentricity=0.3), 1.0), (EARTH_ORBIT, 1.0),
                          (SUN_ORBIT, 1000.0)],
)  # fmt: skip
def test_velocity_is_how_positions_change(orbit: KeplerOrbit, step_s: float) -> None:
    trajectory = SecularOrbit(orbit)
    steps = (-2.0 * step_s, -step_s, step_s, 2.0 * step_s)
    far_before, before, after, far_after = (trajectory.position_km(TIMES + one) for one in steps)
    differences = (8.0 * (after - before) - (far_after - far_before)) / (12.0 * step_s)
    np.testing.assert_allclose(trajectory.velocity_km_s(TIMES), differences, rtol=0.0, atol=2e-7)


def test_a_sites_velocity_is_that_of_mars_turning() -> None:
    site = SurfaceSite(LandingSite("MARS", 20.0, 30.0, 0.0))
    differences = (site.position_km(TIMES + 1.0) - site.position_km(TIMES - 1.0)) / 2.0
    np.testing.assert_allclose(site.velocity_km_s(TIMES), differences, rtol=0.0, atol=2e-7)


def test_a_sun_synchronous_orbit_turns_once_a_year() -> None:
    """At 700 km the node must move by 360° in 365.2422 days: 98.2° of inclination."""
    turned_deg = np.degrees(SecularOrbit(EARTH_ORBIT).raan_rate) * 86_400.0 * 365.2422
    assert turned_deg == pytest.approx(360.0, rel=0.01)


def test_an_orbit_about_the_sun_keeps_its_plane_and_its_period() -> None:
    orbit = SecularOrbit(SUN_ORBIT)
    assert orbit.center == "sun"
    assert orbit.raan_rate == orbit.periapsis_rate == 0.0
    year_s = 2.0 * np.pi / orbit.mean_anomaly_rate
    # Kepler's third law with Earth's: (1.5e8 / 1 au)^1.5 Gaussian years of 365.2569 days
    assert year_s / 86_400.0 == pytest.approx((1.5e8 / 149_597_870.7) ** 1.5 * 365.256898, rel=1e-6)
    np.testing.assert_allclose(
        orbit.position_km(TIMES + year_s), orbit.position_km(TIMES), rtol=0.0, atol=1e-3
    )


def test_an_orbit_needs_the_frame_of_its_centre() -> None:
    with pytest.raises(DefinitionError, match="frame that geometry does not know"):
        SecularOrbit(replace(EARTH_ORBIT, frame="MARS_IAU_OF_EPOCH"))
    with pytest.raises(DefinitionError, match="frame that geometry does not know"):
        SecularOrbit(replace(ORBIT, center="VENUS"))
