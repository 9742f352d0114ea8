"""The drone's ground is as rough as Mars, its pictures show it, and it lands where it is safe."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sims.craft.nature.terrain import Terrain, craters_per_m2, rock_cover
from sims.craft.payload.camera import Camera, Light
from sims.craft.probe.landing_choice import choose_landing
from sims.craft.probe.rotor import hover_power_w
from sims.craft.probe.scout import Place, ground_at

_CAMERA = Camera(256, 0.005)
_ALTITUDE_M = 10.0
_MORNING = Light(elevation_deg=40.0, azimuth_deg=80.0, optical_depth=0.4)


def picture(terrain: Terrain, place: tuple[float, float], light: Light) -> np.ndarray:
    return _CAMERA.take(terrain, place, _ALTITUDE_M, light, np.random.default_rng(1))


def test_as_many_craters_as_the_law_says() -> None:
    # Trask 1966: 10^10.9 D^-2 per 10^6 km², D in m, of which 3 % are left
    side = 1_500.0
    found = [
        one.diameter_m
        for one in Terrain(1, "here", 0.05).craters(0.0, side, 0.0, side)
        if 0.0 <= one.x_m < side and 0.0 <= one.y_m < side
    ]
    for diameter in (2.0, 5.0, 10.0):
        expected = 0.03 * 10**10.9 / 1e12 * diameter**-2 * side**2
        assert craters_per_m2(diameter) * side**2 == pytest.approx(expected, rel=0.01)
        wider = sum(one > diameter for one in found)
        assert wider == pytest.approx(expected, abs=4.0 * math.sqrt(expected))


def test_rocks_cover_as_much_ground_as_golombek_and_rapp_say() -> None:
    side, k = 200.0, 0.05
    found = [
        one.diameter_m
        for one in Terrain(1, "here", k).rocks(0.0, side, 0.0, side)
        if 0.0 <= one.x_m < side and 0.0 <= one.y_m < side
    ]
    for diameter in (0.15, 0.3, 0.6):
        covered = sum(math.pi / 4.0 * one**2 for one in found if one > diameter) / side**2
        expected = rock_cover(diameter, k) - rock_cover(2.0, k)
        assert covered == pytest.approx(expected, rel=0.15)


def test_neighbouring_pictures_show_the_same_ground() -> None:
    terrain = Terrain(3, "here", 0.05)
    x = np.arange(-20.0, 20.0, 0.1)
    whole = terrain.heights(x, x)
    part = terrain.heights(x[100:200], x[250:350])
    assert part == pytest.approx(whole[250:350, 100:200], abs=1e-9)


def test_shadows_fall_away_from_the_sun_and_dust_fills_them() -> None:
    terrain = Terrain(1, "here", 0.08)
    west = picture(terrain, (0.0, 0.0), Light(25.0, 270.0, 0.4)).astype(float)
    dusty = picture(terrain, (0.0, 0.0), Light(25.0, 270.0, 3.0)).astype(float)
    assert west.std() > 4.0 * dusty.std()
    # along a line from west to east a rock is bright before it is dark
    bright, dark = west > 1.2 * np.median(west), west < 0.8 * np.median(west)
    columns = np.arange(256.0)
    pairs = [
        (columns[row_bright].mean(), columns[row_dark].mean())
        for row_bright, row_dark in zip(bright, dark, strict=True)
        if 0 < row_bright.sum() < 6 and 0 < row_dark.sum() < 12
        and abs(columns[row_bright].mean() - columns[row_dark].mean()) < 12
    ]  # fmt: skip
    assert len(pairs) >= 3
    assert sum(first < second for first, second in pairs) > 0.8 * len(pairs)


def test_it_chooses_better_places_than_chance_and_by_the_picture_alone() -> None:
    chosen, blind = 0, 0
    count = 24
    for number in range(count):
        terrain = Terrain(number, "here", 0.1)
        choice = choose_landing(picture(terrain, (0.0, 0.0), _MORNING), 24)
        pixel_m = _CAMERA.pixel_m(_ALTITUDE_M)
        place = Place((choice.column - 127.5) * pixel_m, (127.5 - choice.line) * pixel_m)
        chosen += ground_at(terrain, place, 1.2).is_safe
        blind += ground_at(terrain, Place(), 1.2).is_safe
    assert chosen >= 0.95 * count
    assert blind <= 0.8 * count


def test_a_hole_in_the_only_flat_place_moves_the_choice() -> None:
    flat = np.full((256, 256), 110, np.uint8)
    assert (choose_landing(flat, 24).line, choose_landing(flat, 24).column) == (128, 128)
    flat[110:146, 110:146] = np.where(np.indices((36, 36)).sum(0) % 2, 40, 200)
    choice = choose_landing(flat, 24)
    assert not (98 < choice.line < 158 and 98 < choice.column < 158)


def test_power_is_that_of_ingenuity() -> None:
    # 1.8 kg, two rotors of 1.21 m, about 350 W in flight (NASA/JPL, Ingenuity press kit 2021;
    # J. Balaram et al., AIAA SciTech 2018: designed for air of 0.017 kg/m³)
    assert hover_power_w(1.8, 1.21, 0.017) == pytest.approx(350.0, rel=0.15)
