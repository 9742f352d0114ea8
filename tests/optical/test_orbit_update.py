"""Pictures of a true scene, measured and solved for: the error is what the covariance says."""

import numpy as np
import pytest

from groundsys.geometry.cameras import Camera, camera_axes
from groundsys.geometry.figures import across, centre_of_light
from groundsys.geometry.two_bodies import coasted_km
from groundsys.optical.measuring import Spot, measure
from groundsys.optical.orbit_update import (
    Sighting,
    State,
    Update,
    place_at,
    transition,
    update_orbit,
)
from sims.craft.payload.body_camera import Scene, take

_GM = 398_600.435507
_RADII = np.array([0.217, 0.154, 0.147])
_CAMERA = Camera(256, 3e-4)
#: what the star tracker errs by
_ATTITUDE_RAD = 2e-5
_SUN = np.array([-0.6, 0.8, 0.0])
_BODY = np.array([-20_000.0, 60_000.0, 10_000.0, -3.0, -6.0, 0.5])


def _scene(
    to_body: np.ndarray, off_rad: tuple[float, float] = (0.0, 0.0), turn_rad: float = 0.0
) -> Scene:
    ahead = to_body / np.linalg.norm(to_body)
    right, up = across(ahead)
    bore = ahead + off_rad[0] * right + off_rad[1] * up
    bore = bore / np.linalg.norm(bore)
    axes = camera_axes(np.degrees(np.arctan2(bore[1], bore[0])), np.degrees(np.arcsin(bore[2])), 0)
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    turned = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return Scene(to_body, _SUN, _RADII, axes, turned)


def _spot(scene: Scene, seed: int) -> Spot:
    spot = measure(take(_CAMERA, scene, np.random.default_rng(seed)), np.ones(256, np.bool_))
    assert spot is not None
    return spot


def test_a_centroid_errs_by_as_much_as_it_says() -> None:
    errors = []
    for seed in range(12):
        off = (0.004 * np.sin(seed), 0.005 * np.cos(3 * seed))
        scene = _scene(np.array([30.0, 12.0, -9.0]), off)
        light, _ = centre_of_light(_RADII, -scene.to_body_km, _SUN)
        line, column = _CAMERA.place(scene.camera_axes @ (scene.to_body_km + light))
        spot = _spot(scene, seed)
        errors += [
            (spot.line - line) / spot.sigma_line,
            (spot.column - column) / spot.sigma_column,
        ]
        assert spot.sigma_line < 0.1
    assert 0.5 < np.sqrt(np.mean(np.square(errors))) < 1.6


def test_a_body_at_the_edge_or_with_lost_lines_or_in_the_dark_tells_nothing() -> None:
    whole = np.ones(256, np.bool_)
    edge = take(_CAMERA, _scene(np.array([30.0, 0.0, 0.0]), (0.0383, 0.0)), _noise())
    assert measure(edge, whole) is None
    middle = take(_CAMERA, _scene(np.array([30.0, 0.0, 0.0])), _noise())
    gap = whole.copy()
    gap[126:129] = False
    assert measure(middle, gap) is None
    far_side = take(_CAMERA, _scene(30.0 * _SUN), _noise())
    assert measure(far_side, whole) is None
    assert measure(middle, ~whole) is None


def _noise() -> np.random.Generator:
    return np.random.default_rng(1)


def test_the_transition_is_that_of_two_bodies() -> None:
    state = _BODY.copy()
    places, slopes = transition(state, np.array([7_200.0]), _GM)
    moved = state + np.array([0.3, -0.2, 0.1, 1e-5, 2e-5, -1e-5])
    truth = coasted_km(moved[:3], moved[3:], _GM, np.array([7_200.0]))[:, 0]
    assert places[:, 0] + slopes[0] @ (moved - state) == pytest.approx(truth, abs=2e-5)


def _flown(
    seed: int, pictures: int = 10, turn_rad: float = 0.0
) -> tuple[np.ndarray, State, list[Sighting]]:
    """A craft that passes the body 6 km aside at 4 m/s, 6 hours later; believed 3 km off."""
    rng = np.random.default_rng(seed)
    truth = _BODY + np.array([60.0, 6.0, -60.0, -2.8e-3, 0.0, 2.8e-3])
    sizes = np.array([2.0, 2.0, 2.0, 3e-4, 3e-4, 3e-4])
    prior = State(0.0, truth + sizes * rng.standard_normal(6), np.diag(sizes**2))
    sightings = []
    for number in range(pictures):
        at = 1_800.0 * (number + 1)
        body, craft = (
            coasted_km(one[:3], one[3:], _GM, np.array([at]))[:, 0] for one in (_BODY, truth)
        )
        scene = _scene(body - craft, tuple(0.004 * rng.standard_normal(2)), turn_rad)
        spot = _spot(scene, 100 * seed + number)
        told = scene.camera_axes.T @ _CAMERA.direction(spot.line, spot.column)
        told = told + _ATTITUDE_RAD * rng.standard_normal(3)
        told = told / np.linalg.norm(told)
        sigma = float(np.hypot(3e-4 * max(spot.sigma_line, spot.sigma_column), _ATTITUDE_RAD))
        sightings.append(Sighting(at, told, sigma, body, _SUN, np.eye(3)))
    return truth, prior, sightings


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_the_update_errs_by_no_more_than_three_of_its_sigmas(seed: int) -> None:
    truth, prior, sightings = _flown(seed)
    update = update_orbit(prior, sightings, _RADII, _GM)
    at = sightings[-1].tdb_s
    found, covariance = place_at(update.state, at, _GM)
    true = coasted_km(truth[:3], truth[3:], _GM, np.array([at]))[:, 0]
    before = coasted_km(prior.values[:3], prior.values[3:], _GM, np.array([at]))[:, 0]
    error = found - true
    assert float(error @ np.linalg.solve(covariance, error)) < 14.2  # 3 sigmas of three numbers
    assert np.linalg.norm(error) < 0.2 * np.linalg.norm(before - true)
    assert all(update.used)
    assert update.rms_sigmas < 1.6


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_how_the_body_is_turned_is_found_too_and_feigns_no_place(seed: int) -> None:
    """Its light moves in all pictures alike: as an error of each it made sure of what was wrong."""
    turn_rad = 0.3 if seed % 2 else -0.3
    truth, prior, sightings = _flown(seed, pictures=12, turn_rad=turn_rad)
    update = update_orbit(prior, sightings, _RADII, _GM, 0.2)
    found, sigma = update.turn_rad
    assert abs(found - turn_rad) < 3.0 * sigma < 0.2
    assert _chi_square(update, truth, sightings[-1].tdb_s) < 14.2
    believed = update_orbit(prior, sightings, _RADII, _GM)
    assert _chi_square(believed, truth, sightings[-1].tdb_s) > 14.2


def test_a_craft_far_from_where_it_was_believed_is_found_also_past_the_body() -> None:
    """Where the prior has it on the other side, rounds that begin there went astray."""
    truth, prior, sightings = _flown(3, pictures=15)
    far = State(0.0, truth + np.array([8.0, 2.0, -8.0, 3e-4, 0.0, 0.0]), 9.0 * prior.covariance)
    update = update_orbit(far, sightings, _RADII, _GM)
    assert all(update.used)
    assert update.rms_sigmas < 1.6
    assert _chi_square(update, truth, sightings[-1].tdb_s) < 14.2


def _chi_square(update: Update, truth: np.ndarray, at: float) -> float:
    """Of the three numbers of the place; 14.2 is three sigmas."""
    found, covariance = place_at(update.state, at, _GM)
    error = found - coasted_km(truth[:3], truth[3:], _GM, np.array([at]))[:, 0]
    return float(error @ np.linalg.solve(covariance, error))


def test_a_picture_of_something_else_is_left_out() -> None:
    _, prior, sightings = _flown(5)
    wrong = sightings[4]
    beside = wrong.direction + 0.02 * across(wrong.direction)[0]
    sightings[4] = Sighting(
        *(wrong.tdb_s, beside / np.linalg.norm(beside), wrong.sigma_rad),
        *(wrong.body_km, wrong.sun, wrong.to_body_axes),
    )
    update = update_orbit(prior, sightings, _RADII, _GM)
    assert [number for number, one in enumerate(update.used) if not one] == [4]


def test_nothing_seen_leaves_what_was_known() -> None:
    _, prior, _ = _flown(6, pictures=1)
    update = update_orbit(prior, [], _RADII, _GM)
    assert update.state.values == pytest.approx(prior.values)
    assert np.allclose(update.state.covariance, prior.covariance)
