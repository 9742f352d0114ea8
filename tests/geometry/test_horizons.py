"""Masks by azimuth, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.geometry.horizons import Horizon
from groundsys.values.errors import DefinitionError

TABLE = ((10.0, 5.0), (90.0, 25.0), (100.0, 5.0), (350.0, 15.0))


def mask_deg(horizon: Horizon, azimuth_deg: float) -> float:
    return float(np.degrees(horizon.elevation(np.radians(np.array([azimuth_deg])))[0]))


@pytest.mark.parametrize(
    ("azimuth_deg", "elevation_deg"),
    [(10, 10), (50, 15), (90, 25), (95, 15), (100, 10), (350, 15), (0, 10), (355, 12.5)],
)
def test_the_higher_of_table_and_constant(azimuth_deg: float, elevation_deg: float) -> None:
    assert mask_deg(Horizon(10.0, TABLE), azimuth_deg) == pytest.approx(elevation_deg)


@given(st.floats(0.0, 359.999))
def test_the_outline_is_exact_between_its_corners(azimuth_deg: float) -> None:
    azimuths, elevations = zip(*TABLE, strict=True)
    table = np.interp(azimuth_deg, azimuths, elevations, period=360.0)
    assert mask_deg(Horizon(12.0, TABLE), azimuth_deg) == pytest.approx(max(12.0, table))


def test_a_table_below_the_constant_is_the_constant() -> None:
    horizon = Horizon(30.0, TABLE)
    assert horizon.constant == pytest.approx(np.radians(30.0))
    assert horizon.corner_azimuths.size == 0


def test_excess_of_a_direction_of_any_length() -> None:
    direction = (np.array([0.0]), np.array([2.0]), np.array([2.0]))  # east, 45° up
    assert np.degrees(Horizon(10.0, TABLE).excess(*direction))[0] == pytest.approx(20.0)


@pytest.mark.parametrize("table", [((20.0, 1.0), (10.0, 1.0)), ((-1.0, 3.0),), ((360.0, 3.0),)])
def test_azimuths_that_do_not_rise_are_refused(table: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(DefinitionError, match="do not rise"):
        Horizon(10.0, table)
