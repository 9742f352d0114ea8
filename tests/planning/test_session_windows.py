"""Windows of relay sessions with a cube that flies beside its relay: long ones count as several."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from groundsys.geometry import Geometry
from groundsys.mission import load_scenario
from groundsys.planning.contact_graph.session_windows import session_windows
from groundsys.planning.rules import DEFAULT_RULES, rules_of

CUBE = "cube-parker-1"


def test_a_window_of_hours_holds_a_session_in_each_of_its_parts() -> None:
    mission, scenario = load_scenario("release-short")
    rules = rules_of(scenario)
    assert rules.session_stretch_s == 2400.0
    found = session_windows(mission, scenario, Geometry(mission), CUBE, rules)
    release = mission.spacecraft[CUBE].release
    assert release is not None
    assert release.at is not None
    epoch = scenario.span.start
    released_s = release.at.seconds_since(epoch)
    by_cable = [one for one in found if one.tracking.end <= released_s]
    by_radio = [one for one in found if one.tracking.start >= released_s + release.silent_s]
    assert len(by_cable) + len(by_radio) == len(found)
    assert len(by_cable) == 3  # of 40 minutes each
    assert by_radio
    for one in found:
        assert one.tracking.seconds <= 2400
        assert one.tracking.start - 5 <= one.highest <= one.tracking.end + 5
        assert one.rate_bps == 128_000.0
    for sooner, later in itertools.pairwise(found):
        assert sooner.tracking.end <= later.tracking.start


@pytest.mark.parametrize("cube", ["cube-polar", "cube-tharsis"])
def test_overflights_of_a_landed_cube_stay_as_they_are(cube: str) -> None:
    mission, scenario = load_scenario("quickstart")
    geometry = Geometry(mission)
    usual = session_windows(mission, scenario, geometry, cube, DEFAULT_RULES)
    endless = replace(DEFAULT_RULES, session_stretch_s=1e9)
    assert usual == session_windows(mission, scenario, geometry, cube, endless)
    assert usual
