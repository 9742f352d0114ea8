"""Windows past a body on a straight line, of which every limit is crossed at a time by hand."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry.observing import ObservationLimits, look, observation_windows

MISS_KM, SPEED_KM_S = 6.0, 3e-3
WIDE = ObservationLimits(
    highest_phase_deg=180.0,
    nearest_km=0.0,
    farthest_km=1e4,
    fastest_deg_s=10.0,
    picture_every_s=60.0,
    picture_bits=1e6,
    room_bits=1e12,
)
DAY = (-40_000.0, 40_000.0)


def way(tdb_s: np.ndarray) -> np.ndarray:
    """Nearest at 0, going along -x, off by y."""
    return np.array([-SPEED_KM_S * tdb_s, np.full_like(tdb_s, MISS_KM), np.zeros_like(tdb_s)])


def sun(tdb_s: np.ndarray) -> np.ndarray:
    return np.array([np.full_like(tdb_s, 1.5e8), np.zeros_like(tdb_s), np.zeros_like(tdb_s)])


def found(**changes: float) -> list[tuple[float, float]]:
    limits = ObservationLimits(**{**{n: getattr(WIDE, n) for n in WIDE.__slots__}, **changes})
    return [(one.start_tdb_s, one.end_tdb_s) for one in observation_windows(way, sun, limits, *DAY)]


def ends(*pairs: tuple[float, float]) -> list[object]:
    return [pytest.approx(pair, abs=1.0) for pair in pairs]


def test_without_limits_all_of_the_span_is_good() -> None:
    assert found() == ends(DAY)


def test_range_ends_where_pythagoras_says() -> None:
    at_s = np.sqrt(50.0**2 - MISS_KM**2) / SPEED_KM_S
    near_s = np.sqrt(10.0**2 - MISS_KM**2) / SPEED_KM_S
    assert found(farthest_km=50.0) == ends((-at_s, at_s))
    assert found(farthest_km=50.0, nearest_km=10.0) == ends((-at_s, -near_s), (near_s, at_s))


def test_light_ends_where_the_craft_goes_over_the_terminator() -> None:
    assert found(highest_phase_deg=90.0) == ends((DAY[0], 0.0))
    at_s = -MISS_KM / SPEED_KM_S / np.tan(np.radians(45.0))
    assert found(highest_phase_deg=45.0) == ends((DAY[0], at_s))


def test_the_line_of_sight_turns_too_fast_about_the_closest_approach() -> None:
    # v·b / r²: at b it is v / b
    half_deg_s = np.degrees(SPEED_KM_S / MISS_KM) / 2.0
    at_s = MISS_KM / SPEED_KM_S
    assert found(fastest_deg_s=half_deg_s) == ends((DAY[0], -at_s), (at_s, DAY[1]))
    _, _, rate = look(way, sun, np.array([0.0]))
    assert rate[0] == pytest.approx(2.0 * half_deg_s, rel=1e-6)


def test_without_room_for_all_what_is_nearest_is_seen() -> None:
    ((start, end),) = found(room_bits=60.5e6)
    assert end - start == pytest.approx(60 * 60.0, abs=2.0)
    assert start == pytest.approx(-end, abs=1.0)
    (window,) = observation_windows(
        way,
        sun,
        ObservationLimits(180.0, 0.0, 1e4, 10.0, 60.0, 1e6, 60.5e6),
        *DAY,
    )
    assert window.pictures in (59, 60)
    assert window.bits == window.pictures * 1e6
    assert window.nearest_km == pytest.approx(MISS_KM, abs=0.01)
    assert found(room_bits=0.5e6) == []
