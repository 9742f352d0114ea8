"""Interpolated bodies against the kernels, at times between the nodes: the errors stated."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry import Ephemeris
from groundsys.geometry.central_bodies import Center
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.values.instants import Instant

EPHEMERIS = Ephemeris.load()
MEASURED, PREDICTED = (
    float(tdb_seconds(instants_ns(Instant.from_utc_iso(day)))[0])
    for day in ("2024-03-01T00:00:00Z", "2031-08-20T00:00:00Z")
)
SPAN_S = 60 * 86_400.0


def table(start_s: float) -> tuple[EphemerisTable, np.ndarray]:
    times = start_s + np.random.default_rng(7).uniform(0.0, SPAN_S, 3000)
    return EphemerisTable(EPHEMERIS, start_s, start_s + SPAN_S), times


@pytest.mark.parametrize("center", ["earth", "mars", "sun", "solar system barycenter"])
def test_positions_within_a_centimetre_and_velocities(center: Center) -> None:
    interpolated, times = table(PREDICTED)
    position, velocity = EPHEMERIS.state(center, times)
    np.testing.assert_allclose(
        interpolated.position_km(center, times), position, rtol=0.0, atol=1e-5
    )
    again, rate = interpolated.state(center, times)
    np.testing.assert_allclose(again, position, rtol=0.0, atol=1e-5)
    np.testing.assert_allclose(rate, velocity, rtol=0.0, atol=1e-7)


@pytest.mark.parametrize("start_s", [MEASURED, PREDICTED], ids=["measured", "predicted"])
def test_earth_turns_within_2e_11(start_s: float) -> None:
    interpolated, times = table(start_s)
    place = np.array([-3942.0, 3369.0, 3702.0])
    ours, theirs = (one.from_earth_fixed(times, place) for one in (interpolated, EPHEMERIS))
    assert np.abs(ours - theirs).max() / np.linalg.norm(place) < 2e-11
    back = interpolated.to_earth_fixed(times, ours)
    np.testing.assert_allclose(back, np.tile(place, (times.size, 1)).T, rtol=0.0, atol=1e-8)


def test_mars_pole_within_1e_8() -> None:
    interpolated, times = table(PREDICTED)
    np.testing.assert_allclose(
        interpolated.pole("mars", times), EPHEMERIS.pole("mars", times), rtol=0.0, atol=1e-8
    )


def test_earth_turns_on_from_one_kernel_to_the_next() -> None:
    """Measured angles end in the midst of the span, and predicted ones follow."""
    end_s = float(tdb_seconds(instants_ns(Instant.from_utc_iso("2027-01-21T00:00:00Z")))[0])
    times = np.linspace(end_s - 10 * 86_400.0, end_s + 10 * 86_400.0, 5000)
    interpolated = EphemerisTable(EPHEMERIS, times[0], times[-1])
    place = np.array([6378.0, 0.0, 0.0])
    ours, theirs = (one.from_earth_fixed(times, place) for one in (interpolated, EPHEMERIS))
    apart = np.abs(ours - theirs).max(axis=0) > 1e-6
    # the prediction starts elsewhere than the measurement ended: that step takes 30 min here
    assert apart.any()
    assert np.ptp(times[apart]) < 1800.0
    assert np.abs(ours - theirs).max() < 0.1
