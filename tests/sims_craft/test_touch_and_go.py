"""How a craft truly goes down to a small body: against published figures, and by its own rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.touch_downs import Sites
from groundsys.mission import load_mission
from groundsys.mission.arrival.descent_model import Descent
from groundsys.values.instants import Instant
from sims.touch_and_go import Errors, Flight, sample_g

ORDERED = Instant.from_utc_iso("2031-08-15T04:00:00Z")
HOME_M = 3450.0 * np.array([0.9548, -0.2896, -0.0676])
TRUTH = {
    "landmark_m": 1.0,
    "landmark_share": 0.004,
    "altimeter_bias_m": 0.5,
    "altimeter_noise_m": 0.3,
    "thrust_share": 0.02,
    "dark_ground_from_m": 640.0,
    "dark_ground_to_m": 420.0,
}


@pytest.fixture(scope="module")
def descent() -> Descent:
    found = load_mission().spacecraft["ryugu-explorer"].descent
    assert found is not None
    return found


def flown(
    descent: Descent, *, lowest_m: float = 0.0, gain: Any = "HIGH", go: bool = True,
    leak: float = 0.0, until_s: float = 9_000.0,
) -> Flight:  # fmt: skip
    sites = Sites(known_bodies()["ryugu"])
    plan = sites.next_touch_down(descent, descent.sites[0], HOME_M, ORDERED)
    errors = Errors.of(TRUTH, leak)
    flight = Flight(descent, sites, plan, HOME_M, lowest_m, gain, errors, 1, "explorer 1")
    flight.has_go = go
    flight.advance(plan.at.plus_seconds(until_s).tai_ns)
    return flight


def test_it_touches_the_site_gently_and_in_time_and_comes_home(descent: Descent) -> None:
    flight = flown(descent)
    assert (flight.outcome, flight.phase) == ("TOUCHED", "HOME")
    assert flight.miss_m < 10.0
    # Hayabusa2 touched down at 7 to 10 cm/s (Tsuda et al. 2020)
    assert 0.05 < flight.contact_m_s < 0.15
    assert abs(flight.turned_ns - flight.plan.at.tai_ns) < 60e9


def test_on_low_gain_it_breaks_off_by_itself_over_dark_ground(descent: Descent) -> None:
    flight = flown(descent, lowest_m=320.0, gain="LOW")
    assert (flight.outcome, flight.reason) == ("BROKEN_OFF", "ALTIMETER")
    assert 560.0 < flight.turned_at_m < 640.0
    assert flight.phase == "HOME"


def test_a_rehearsal_on_high_gain_turns_back_where_it_should(descent: Descent) -> None:
    flight = flown(descent, lowest_m=320.0)
    assert (flight.outcome, flight.reason) == ("REACHED", "NONE")
    assert flight.turned_at_m == pytest.approx(320.0, abs=3.0)


def test_without_a_go_it_turns_back_above_the_ground(descent: Descent) -> None:
    flight = flown(descent, go=False)
    assert (flight.outcome, flight.reason) == ("BROKEN_OFF", "NO_GO")
    assert flight.turned_at_m == pytest.approx(descent.go_below_m, abs=3.0)


def test_off_its_path_it_breaks_off(descent: Descent) -> None:
    narrow = replace(descent, limits=replace(descent.limits, corridor_m=10.0, corridor_share=0.0))
    assert flown(narrow, leak=0.006).reason == "CORRIDOR"


def test_a_leak_shows_in_how_far_it_is_from_its_path(descent: Descent) -> None:
    """What a proportional guidance leaves over: the acceleration over its frequency squared."""
    flight = flown(descent, leak=0.006, until_s=-5_000.0)
    assert flight.phase == "DESCENDING"
    assert flight.off_m == pytest.approx(0.006 / 0.02**2, rel=0.15)
    assert flown(descent, until_s=-5_000.0).off_m < 2.0


def test_near_the_ground_it_takes_no_order(descent: Descent) -> None:
    assert not flown(descent, until_s=-800.0).is_committed
    assert flown(descent, until_s=-200.0).is_committed


def test_gravity_is_that_of_the_body(descent: Descent) -> None:
    """GM/r² (1 - 3 J2 R²/r²) at the pole, GM/r² (1 + 3/2 J2 R²/r²) at the equator."""
    flight = flown(descent, until_s=-9_000.0)
    pole = flight._pole
    across = np.cross(pole, [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    r, gm, bulge = 1000.0, 30.0, 0.060 * (448.0 / 1000.0) ** 2
    at_pole, at_equator = (flight._gravity(r * one) @ -one for one in (pole, across))
    assert at_pole == pytest.approx(gm / r**2 * (1.0 - 3.0 * bulge))
    assert at_equator == pytest.approx(gm / r**2 * (1.0 + 1.5 * bulge))


def test_a_sample_is_little_without_its_projectile() -> None:
    fired = sample_g(2.5, 1, "explorer 3", fired=True)
    assert 0.1 < fired < 20.0
    assert sample_g(2.5, 1, "explorer 3", fired=False) == pytest.approx(0.01 * fired)
