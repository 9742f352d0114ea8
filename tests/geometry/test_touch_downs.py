"""When a site of a small body lies beneath a craft beside it."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.touch_downs import Sites, surface_m
from groundsys.mission import load_mission
from groundsys.mission.arrival.descent_model import Descent
from groundsys.values.instants import Instant

ORDERED = Instant.from_utc_iso("2031-08-15T04:00:00Z")
#: rotation period of (162173) Ryugu: S. Watanabe et al., Science 364 (2019) 268
TURN_S = 7.63262 * 3600.0


@pytest.fixture(scope="module")
def sites() -> Sites:
    return Sites(known_bodies()["ryugu"])


@pytest.fixture(scope="module")
def descent() -> Descent:
    found = load_mission().spacecraft["ryugu-explorer"].descent
    assert found is not None
    return found


HOME_M = 3450.0 * np.array([0.9548, -0.2896, -0.0676])


def test_an_ellipsoid_reaches_its_axes() -> None:
    radii = np.array([502.0, 502.0, 438.0])
    assert surface_m(radii, np.array([0.0, 0.0, 3.0])) == pytest.approx(438.0)
    assert surface_m(radii, np.array([1.0, 1.0, 0.0])) == pytest.approx(502.0)


def test_a_site_goes_round_once_in_a_turn(sites: Sites, descent: Descent) -> None:
    ns = ORDERED.tai_ns + np.array([0, round(TURN_S * 1e9), round(TURN_S / 2.0 * 1e9)])
    start, turn, half = sites.place_m(descent.sites[0], ns).T
    assert np.linalg.norm(turn - start) < 0.2  # the period is published to 1e-6
    assert np.linalg.norm(half - start) == pytest.approx(
        2.0 * 502.0 * np.cos(np.radians(4.3)), 1e-2
    )


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_site_lies_beneath_when_it_is_touched(
    sites: Sites, descent: Descent, number: int
) -> None:
    site = descent.site(number)
    assert site is not None
    found = sites.next_touch_down(descent, site, HOME_M, ORDERED)
    lean = found.up @ found.aim_m / np.linalg.norm(found.aim_m)
    for other_s in (-1200.0, 1200.0):
        ns = np.array([found.at.plus_seconds(other_s).tai_ns])
        place = sites.place_m(site, ns)[:, 0]
        way = HOME_M - place
        assert way @ place / np.linalg.norm(way) / np.linalg.norm(place) < lean
    wait_s = found.begins.seconds_since(ORDERED)
    assert descent.notice_s <= wait_s <= descent.notice_s + TURN_S + 2000.0
    assert found.at.seconds_since(found.begins) == pytest.approx(descent.lasts_s(found.way_m))


def test_the_way_is_gone_at_two_speeds(descent: Descent) -> None:
    lasts_s = descent.lasts_s(3000.0)
    assert lasts_s == pytest.approx(2700.0 / 0.4 + 300.0 / 0.1)
    assert descent.left_m(lasts_s) == pytest.approx(3000.0)
    assert descent.left_m(1000.0) == pytest.approx(100.0)
