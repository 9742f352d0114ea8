"""A scenario's longer flight: the same, ending later, judged by criteria that grow with it."""

from __future__ import annotations

import pytest

from groundsys.mission import load_scenario
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import SOL_S


def test_what_comes_at_the_end_comes_later() -> None:
    _, usual = load_scenario("surface-network")
    mission, longer = load_scenario("surface-network@long")
    assert usual.long is not None
    assert usual.long.further_s == pytest.approx(30 * SOL_S)
    for moment in ("cut_off", "quiet_from"):
        later = getattr(longer, moment).seconds_since(getattr(usual, moment))
        assert later == pytest.approx(usual.long.further_s)
    assert longer.span.start == usual.span.start
    assert longer.span.seconds == pytest.approx(usual.span.seconds + usual.long.further_s)
    assert longer.faults == usual.faults
    # other processes of the run load it by its name
    assert mission.scenarios[longer.id] == longer
    assert load_scenario(longer.id)[1] == longer


def test_its_criteria_take_the_place_of_those_of_the_same_name() -> None:
    _, usual = load_scenario("surface-network")
    _, longer = load_scenario("surface-network@long")
    assert longer.criteria["min_passes"] > usual.criteria["min_passes"]
    assert longer.criteria["min_battery_percent"] == usual.criteria["min_battery_percent"]


def test_a_scenario_without_one_says_so() -> None:
    with pytest.raises(DefinitionError, match="no longer flight"):
        load_scenario("short@long")
