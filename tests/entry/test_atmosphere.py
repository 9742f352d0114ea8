"""The profile against the numbers of its source, and against itself."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.entry.planet import known_world


def test_densities_are_those_of_the_reference_atmosphere() -> None:
    """Seiff 1982: 1.55e-2 kg/m³ at the surface; five orders of magnitude of pressure to 100 km."""
    air = known_world("mars").air
    surface, top = air.density_kg_m3(np.array([0.0, 100_000.0]))
    warm, cold = air.temperature_k(np.array([0.0, 100_000.0]))
    assert surface == pytest.approx(1.55e-2, rel=0.01)
    assert (warm, cold) == (214.0, 139.0)
    assert 4.5 < np.log10(surface * warm / (top * cold)) < 5.5


def test_pressure_carries_the_air_above() -> None:
    """From 20 km to 60 km, ∫ρ g dh is the difference of pressures ρ R T."""
    air = known_world("mars").air
    altitude = np.linspace(20_000.0, 60_000.0, 4001)
    gravity = 3.7279 * (3_389_500.0 / (3_389_500.0 + altitude)) ** 2
    density = air.density_kg_m3(altitude)
    pressure = density * 191.18 * air.temperature_k(altitude)
    weight = np.trapezoid(density * gravity, altitude)
    assert weight == pytest.approx(pressure[0] - pressure[-1], rel=2e-3)


def test_sound_is_slower_where_it_is_colder() -> None:
    speeds = known_world("mars").air.speed_of_sound_m_s(np.array([0.0, 70_000.0]))
    assert speeds == pytest.approx([233.3, 188.3], abs=0.5)


#: kg/m³ by geometric altitude in km: U.S. Standard Atmosphere, 1976, tables I and II
_US76_KG_M3 = {
    0: 1.2250, 5: 0.73643, 11: 0.36480, 20: 8.8910e-2, 30: 1.8410e-2, 40: 3.9957e-3, 50: 1.0269e-3,
    60: 3.0968e-4, 70: 8.2829e-5, 80: 1.8458e-5, 86: 6.958e-6, 90: 3.416e-6, 100: 5.604e-7,
    110: 9.708e-8, 120: 2.222e-8, 130: 8.152e-9, 140: 3.831e-9, 150: 2.076e-9,
}  # fmt: skip


@pytest.mark.parametrize("altitude_km", list(_US76_KG_M3))
def test_densities_at_earth_are_those_of_the_standard_atmosphere(altitude_km: int) -> None:
    """Within 0.5 % where the air brakes, within 3 % above 86 km, where it is not one gas."""
    found = known_world("earth").air.density_kg_m3(np.array([altitude_km * 1000.0]))[0]
    within = 0.005 if altitude_km <= 86 else 0.03
    assert found == pytest.approx(_US76_KG_M3[altitude_km], rel=within)
