"""Antennas turn and follow no faster than their drives: numbers of DSN, ESA, and the keyhole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.geometry.slewing import STEP_NS, Motion, follow, keyhole_deg, seconds_from, slew_s
from groundsys.mission import load_mission
from groundsys.mission.ground.drives import Drive
from groundsys.values.predicts import unit_vectors

ANTENNAS = load_mission().antennas
#: the sky turns once in a sidereal day
SIDEREAL_DEG_S = 360.0 / 86_164.0905
BEGIN_NS = 2_000_000_000 * STEP_NS


def towards(azimuth_deg: float, elevation_deg: float, seconds: int) -> np.ndarray:
    """One direction that stands still."""
    return unit_vectors(np.full(seconds + 1, azimuth_deg), np.full(seconds + 1, elevation_deg))


def past_zenith(miss_deg: float, deg_s: float, seconds: int) -> np.ndarray:
    """Directions on a great circle from south to north that passes the zenith so near, to the east;
    it is nearest in the middle."""
    along = np.radians(deg_s * (np.arange(seconds + 1) - seconds / 2.0))
    miss = np.radians(miss_deg)
    return np.array([np.sin(along), np.cos(along) * np.sin(miss), np.cos(along) * np.cos(miss)])


@pytest.mark.parametrize(
    ("antenna", "deg_s", "half_a_turn_s"),
    [
        ("dss-25", 0.8, 225.0),  # 34 m beam waveguide: DSN 810-005, module 302
        ("dss-43", 0.25, 720.0),  # 70 m: the same
        ("dss-63", 0.25, 720.0),
        ("new-norcia-35", 0.4, 450.0),  # ESA, Mars Express blog, 2 August 2012
    ],
)
def test_half_a_turn_takes_as_long_as_the_published_rate_says(
    antenna: str, deg_s: float, half_a_turn_s: float
) -> None:
    drive = ANTENNAS[antenna].drive
    assert drive is not None
    assert (drive.azimuth_deg_s, drive.elevation_deg_s) == (deg_s, deg_s)
    assert slew_s(drive, (10.0, 30.0), (190.0, 30.0)) == pytest.approx(half_a_turn_s)
    motion = follow(drive, (10.0, 30.0), BEGIN_NS, towards(190.0, 30.0, 800))
    settled_ns = motion.settled_ns(1e-6)
    assert settled_ns is not None
    assert (settled_ns - BEGIN_NS) * 1e-9 == pytest.approx(half_a_turn_s, abs=1.0)


def test_every_antenna_has_its_drives_and_time_to_turn_before_any_pass() -> None:
    for antenna in ANTENNAS.values():
        assert antenna.drive is not None
        assert antenna.drive.farthest_s(antenna.elevation_mask_deg) <= antenna.configuration_s


def test_azimuth_goes_the_shorter_way_round_across_north() -> None:
    drive = Drive(0.8, 0.8)
    assert slew_s(drive, (350.0, 30.0), (10.0, 30.0)) == pytest.approx(25.0)
    motion = follow(drive, (350.0, 30.0), BEGIN_NS, towards(10.0, 30.0, 60))
    assert motion.at(BEGIN_NS + 10 * STEP_NS)[0] == pytest.approx(358.0)
    assert motion.settled_ns(1e-6) == BEGIN_NS + 25 * STEP_NS


def test_the_slower_of_the_two_axes_decides() -> None:
    drive = Drive(azimuth_deg_s=0.8, elevation_deg_s=0.2)
    assert slew_s(drive, (0.0, 20.0), (40.0, 60.0)) == pytest.approx(200.0)


def test_the_keyhole_of_stars_and_of_a_craft_that_has_just_left_earth() -> None:
    """sin z = ω / r: 0.96° for the sky's own turning at 0.25 °/s; a third of that at 0.8."""
    assert keyhole_deg(Drive(0.25, 0.25), SIDEREAL_DEG_S) == pytest.approx(0.958, abs=0.001)
    assert keyhole_deg(Drive(0.8, 0.8), SIDEREAL_DEG_S) == pytest.approx(0.299, abs=0.001)
    # 400 km above the station at 7.67 km/s: 1.1 °/s, more than azimuth ever does
    assert keyhole_deg(Drive(0.8, 0.8), 1.1) == 90.0


@pytest.mark.parametrize("deg_s", [SIDEREAL_DEG_S, 0.02])
def test_it_falls_behind_within_the_keyhole_alone(deg_s: float) -> None:
    drive = Drive(0.25, 0.25)
    keyhole = keyhole_deg(drive, deg_s)
    seconds = 4_000 if deg_s < 0.01 else 3_000

    def fly(miss_deg: float) -> Motion:
        told = past_zenith(miss_deg, deg_s, seconds)
        north, east, up = told[:, 0]
        start = (np.degrees(np.arctan2(east, north)), np.degrees(np.arcsin(up)))
        return follow(drive, (float(start[0]), float(start[1])), BEGIN_NS, told)

    outside, inside = fly(1.05 * keyhole), fly(0.5 * keyhole)
    assert outside.behind_deg.max() < 1e-6
    [left_ns, back_ns] = inside.changes_ns(0.05 * keyhole)
    # it falls behind where azimuth becomes too fast, and is back after the zenith
    middle_ns = BEGIN_NS + seconds // 2 * STEP_NS
    assert left_ns < middle_ns < back_ns
    assert inside.behind_deg[-1] < 1e-6
    # and no axis has gone faster than its drive
    assert np.abs(np.diff(inside.azimuth_deg)).max() <= 0.25 + 1e-9
    assert np.abs(np.diff(inside.elevation_deg)).max() <= 0.25 + 1e-9


def test_through_the_zenith_itself_it_has_to_turn_right_round() -> None:
    """180° at 0.25 °/s: twelve minutes.

    Meanwhile it is behind by 2 ω t cos(r t / 2), at most 4 ω / r · 0.5611 (x cos x at 0.8603).
    """
    drive = Drive(0.25, 0.25)
    begins_deg = 90.0 - 2_000.0 * SIDEREAL_DEG_S
    told = past_zenith(1e-9, SIDEREAL_DEG_S, 4_000)
    motion = follow(drive, (180.0, begins_deg), BEGIN_NS, told)
    [left_ns, back_ns] = motion.changes_ns(0.02)
    assert (back_ns - left_ns) * 1e-9 == pytest.approx(720.0, abs=15.0)
    assert motion.behind_deg.max() == pytest.approx(
        4.0 * SIDEREAL_DEG_S / np.radians(0.25) * 0.5611, abs=0.01
    )


def test_above_its_highest_elevation_it_looks_beside() -> None:
    drive = Drive(5.0, 5.0, highest_elevation_deg=86.0)
    told = past_zenith(1.0, SIDEREAL_DEG_S, 4_000)
    motion = follow(drive, (180.0, 80.0), BEGIN_NS, told)
    assert motion.elevation_deg.max() == 86.0
    assert motion.behind_deg.max() == pytest.approx(3.0, abs=0.01)


@given(
    start=st.tuples(st.floats(-360.0, 720.0), st.floats(0.0, 90.0)),
    end=st.tuples(st.floats(0.0, 360.0), st.floats(5.0, 85.0)),
    azimuth_deg_s=st.floats(0.2, 5.0),
    elevation_deg_s=st.floats(0.2, 5.0),
)
def test_a_slew_takes_what_it_is_said_to_take(
    start: tuple[float, float],
    end: tuple[float, float],
    azimuth_deg_s: float,
    elevation_deg_s: float,
) -> None:
    drive = Drive(azimuth_deg_s, elevation_deg_s)
    seconds = 1_000
    motion = follow(drive, start, BEGIN_NS, towards(*end, seconds))
    settled_ns = motion.settled_ns(1e-6)
    assert settled_ns is not None
    assert (settled_ns - BEGIN_NS) * 1e-9 == pytest.approx(slew_s(drive, start, end), abs=1.0)
    assert settled_ns <= BEGIN_NS + (np.ceil(drive.farthest_s(0.0)) + 1) * STEP_NS


@given(
    steps=st.lists(st.floats(-3.0, 3.0), min_size=2, max_size=60),
    start=st.floats(-5.0, 5.0),
)
def test_whatever_it_is_told_each_axis_keeps_to_its_rate_and_makes_for_it(
    steps: list[float], start: float
) -> None:
    """Against the recurrence itself, second by second."""
    elevation = 45.0 + np.cumsum(steps) / 10.0
    azimuth = 100.0 + np.cumsum(steps)
    drive = Drive(azimuth_deg_s=1.0, elevation_deg_s=0.1)
    told = unit_vectors(azimuth, elevation)
    motion = follow(drive, (100.0 + start, 45.0), BEGIN_NS, told)
    looks, height = 100.0 + start, 45.0
    for second in range(1, len(steps)):
        looks += float(np.clip(azimuth[second] - looks, -1.0, 1.0))
        height += float(np.clip(elevation[second] - height, -0.1, 0.1))
        at = motion.at(BEGIN_NS + second * STEP_NS)
        assert at == pytest.approx((looks, height), abs=1e-6)


def test_its_instants_are_whole_seconds() -> None:
    assert seconds_from(BEGIN_NS, 2).tolist() == [
        BEGIN_NS,
        BEGIN_NS + STEP_NS,
        BEGIN_NS + 2 * STEP_NS,
    ]
