"""What an updated orbit means: the path moved, and when the craft is nearest, against draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from groundsys.geometry.sight import Craft
from groundsys.geometry.two_bodies import coasted, coasted_km
from groundsys.mission.spacecraft.place_model import Navigation
from groundsys.optical.flyby import CorrectedTrajectory, closest_approach, prior_state, state_at
from groundsys.optical.orbit_update import State

GM = 398_600.435507
BODY = np.array([-20_000.0, 60_000.0, 10_000.0, -3.0, -6.0, 0.5])
CRAFT = BODY + np.array([40.0, 6.0, -40.0, -2.1e-3, 0.0, 2.1e-3])


@dataclass(frozen=True)
class Coasting:
    """Two bodies' law from one state, about Earth."""

    state: np.ndarray
    center: str = "earth"
    tdb_span: tuple[float, float] | None = None
    epoch_tdb_s: float = 0.0

    def position_km(self, tdb_s: np.ndarray) -> np.ndarray:
        return coasted(self.state, tdb_s, GM)

    def velocity_km_s(self, tdb_s: np.ndarray) -> np.ndarray:
        return (self.position_km(tdb_s + 0.5) - self.position_km(tdb_s - 0.5)) / 1.0


class Bodies:
    """Earth at rest, and a small body that coasts about it."""

    def position_km(self, center: str, tdb_s: np.ndarray) -> np.ndarray:
        return np.zeros((3, tdb_s.size)) if center == "earth" else coasted(BODY, tdb_s, GM)


def nearest(state: np.ndarray) -> tuple[float, float]:
    """When a craft from a state is nearest to the body: the vertex of the square of its range."""
    times = np.arange(12_000.0, 28_000.0, 60.0)
    square = np.sum((coasted(state, times, GM) - coasted(BODY, times, GM)) ** 2, axis=0)
    at = int(np.argmin(square))
    curve, slope, least = np.polyfit(times[at - 1 : at + 2] - times[at], square[at - 1 : at + 2], 2)
    return float(times[at] - slope / (2.0 * curve)), float(np.sqrt(least - slope**2 / 4.0 / curve))


def test_a_correction_moves_the_path_as_another_state_would() -> None:
    moved = np.array([0.5, -0.3, 0.2, 1e-4, -2e-4, 1e-4])
    path = CorrectedTrajectory(Coasting(CRAFT), 0.0, moved, GM)
    times = np.array([-7_200.0, 0.0, 14_400.0])
    assert path.position_km(times) == pytest.approx(coasted(CRAFT + moved, times, GM), abs=1e-6)
    assert state_at(path, 0.0) == pytest.approx(CRAFT + moved, abs=1e-6)


def test_before_and_after_an_epoch_are_one_orbit() -> None:
    later = coasted_km(BODY[:3], BODY[3:], GM, np.array([3_600.0]))[:, 0]
    there = Coasting(BODY).velocity_km_s(np.array([3_600.0]))[:, 0]
    back = coasted(np.concatenate([later, there]), np.array([-3_600.0]), GM)[:, 0]
    assert back == pytest.approx(BODY[:3], abs=1e-3)


def test_nearest_is_told_with_as_large_an_error_as_draws_have() -> None:
    sizes = np.array([0.3, 0.3, 0.3, 2e-5, 2e-5, 2e-5])
    state = State(0.0, CRAFT, np.diag(sizes**2))
    craft = Craft(Coasting(CRAFT), ())
    found = closest_approach(craft, "rock", Bodies(), state, GM, (0.0, 30_000.0))  # type: ignore[arg-type]
    at_s, distance_km = nearest(CRAFT)
    assert found.tdb_s == pytest.approx(at_s, abs=0.6)
    assert found.distance_km == pytest.approx(distance_km, abs=1e-4)
    draws = np.random.default_rng(7).standard_normal((200, 6)) * sizes
    told = np.array([nearest(CRAFT + one) for one in draws])
    assert found.sigma_s == pytest.approx(float(told[:, 0].std()), rel=0.2)
    assert found.sigma_km == pytest.approx(float(told[:, 1].std()), rel=0.2)


def test_what_is_known_before_is_as_wide_as_navigation_states() -> None:
    state = prior_state(Coasting(CRAFT), Navigation(3.0, 0.0, 2.0, 1.0), 5e-4)
    along = CRAFT[3:] / np.linalg.norm(CRAFT[3:])
    across = np.cross(CRAFT[:3], CRAFT[3:])
    across = across / np.linalg.norm(across)
    place = state.covariance[:3, :3]
    assert along @ place @ along == pytest.approx(9.0, rel=1e-6)
    assert across @ place @ across == pytest.approx(4.0, rel=1e-6)
    assert np.trace(place) == pytest.approx(14.0)
    assert np.diag(state.covariance)[3:] == pytest.approx([2.5e-7] * 3)
