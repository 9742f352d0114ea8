"""Why nothing can be commanded at a moment, against the geometry of the reference mission."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.commanding.obstacles import obstacle
from groundsys.geometry import Geometry
from groundsys.geometry.conjunction import sun_earth_probe_deg
from groundsys.geometry.sight import TRANSMITTING
from groundsys.mission import load_mission
from groundsys.values.instants import Instant

ANTENNAS = ("usuda-64", "dss-43", "dss-63", "dss-25")


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return Geometry(load_mission())


def test_the_day_has_open_hours_hours_behind_mars_and_below_the_horizon(
    geometry: Geometry,
) -> None:
    start = Instant.from_utc_iso("2031-08-20T00:00:00Z")
    words = set()
    for minute in range(0, 1440, 10):
        at = start.plus_seconds(60.0 * minute)
        word = obstacle(geometry, ANTENNAS, "otv", at)
        ns = np.array([at.tai_ns])
        seen = [bool(geometry.visible_uplink(one, "otv", ns)[0]) for one in ANTENNAS]
        assert (word == "") == any(seen)
        words.add(word)
    assert words == {
        "",
        "otv is behind Mars when it would arrive",
        "otv stands below the horizon of every antenna",
    }


def test_in_solar_conjunction_the_sun_is_named_first(geometry: Geometry) -> None:
    # Mars stood behind the Sun on 2032-07-11 or so: SEP below the craft's limit for commands
    at = Instant.from_utc_iso("2032-07-11T00:00:00Z")
    angle = sun_earth_probe_deg(geometry, "otv", np.array([at.tai_ns]), TRANSMITTING)[0]
    limit = geometry.mission.spacecraft["otv"].conjunction.uplink_forbidden_below_deg
    word = obstacle(geometry, ANTENNAS, "otv", at)
    assert (angle < limit) == word.startswith("solar conjunction")
    assert angle < limit
