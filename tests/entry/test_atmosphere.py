"""The profile against the numbers of its source, and against itself."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.entry.atmosphere import MarsAtmosphere


def test_densities_are_those_of_the_reference_atmosphere() -> None:
    """Seiff 1982: 1.55e-2 kg/m³ at the surface; five orders of magnitude of pressure to 100 km."""
    air = MarsAtmosphere()
    surface, top = air.density_kg_m3(np.array([0.0, 100_000.0]))
    warm, cold = air.temperature_k(np.array([0.0, 100_000.0]))
    assert surface == pytest.approx(1.55e-2, rel=0.01)
    assert (warm, cold) == (214.0, 139.0)
    assert 4.5 < np.log10(surface * warm / (top * cold)) < 5.5


def test_pressure_carries_the_air_above() -> None:
    """From 20 km to 60 km, ∫ρ g dh is the difference of pressures ρ R T."""
    air = MarsAtmosphere()
    altitude = np.linspace(20_000.0, 60_000.0, 4001)
    gravity = 3.7279 * (3_389_500.0 / (3_389_500.0 + altitude)) ** 2
    density = air.density_kg_m3(altitude)
    pressure = density * 191.18 * air.temperature_k(altitude)
    weight = np.trapezoid(density * gravity, altitude)
    assert weight == pytest.approx(pressure[0] - pressure[-1], rel=2e-3)


def test_sound_is_slower_where_it_is_colder() -> None:
    speeds = MarsAtmosphere().speed_of_sound_m_s(np.array([0.0, 70_000.0]))
    assert speeds == pytest.approx([233.3, 188.3], abs=0.5)
