"""Criteria that no flight could meet, and those that one has met."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.geometry import Geometry, all_view_periods
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.rehearsal.checking.possible import Impossible, impossible_criteria


@pytest.fixture(scope="module")
def mission() -> Mission:
    return load_mission()


def test_nothing_impossible_is_asked_of_our_own_scenarios(mission: Mission) -> None:
    for scenario in mission.scenarios.values():
        assert impossible_criteria(mission, scenario) == ()


def found(mission: Mission, **criteria: float) -> dict[str, Impossible]:
    scenario = mission.scenarios["short"]
    asked = {**scenario.criteria, **{key.replace("__", "-"): one for key, one in criteria.items()}}
    flown = replace(scenario, criteria=asked)
    return {one.criterion: one for one in impossible_criteria(mission, flown)}


def test_more_than_there_can_be_is_told_with_how_much_there_can(mission: Mission) -> None:
    impossible = found(
        mission, min_passes=30, min_relay_sessions=30, min_commands_of_people=8,
        min_bytes_polar__weather=2e6,
    )  # fmt: skip
    assert set(impossible) == {
        "min_passes", "min_relay_sessions", "min_commands_of_people", "min_bytes_polar-weather",
    }  # fmt: skip
    # what a flight of this scenario has had: 2 passes, 2 sessions, 7 commands, 15 872 B an hour
    assert 2 <= impossible["min_passes"].most < 30
    assert 2 <= impossible["min_relay_sessions"].most < 10
    assert impossible["min_commands_of_people"].most == 7
    assert 6 * 15_872 <= impossible["min_bytes_polar-weather"].most < 7 * 15_872


def test_where_no_antenna_sees_the_craft_there_is_no_pass(mission: Mission) -> None:
    scenario = mission.scenarios["short"]
    views = all_view_periods(Geometry(mission), list(mission.antennas), "otv", scenario.span)
    blind = tuple(antenna for antenna, periods in views.items() if not periods)
    assert blind
    (one,) = impossible_criteria(mission, replace(scenario, antennas=blind))
    assert (one.criterion, one.most) == ("min_passes", 0)


def test_legs_are_judged_one_by_one_and_together(mission: Mission) -> None:
    scenario = mission.scenarios["commanding-short"]
    greedy = replace(
        scenario,
        criteria={**scenario.criteria, "min_relay_sessions": 50},
        all_legs={**scenario.all_legs, "min_passes": 500},
    )
    told = impossible_criteria(mission, greedy)
    assert [(one.criterion, one.of_all) for one in told] == [
        ("min_relay_sessions", False),
        ("min_relay_sessions", False),
        ("min_passes", True),
    ]
    assert told[0].why.endswith("on leg 1")
    assert told[2].why.endswith("on all legs")
