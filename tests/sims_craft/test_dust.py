"""A dust storm rises, starves a cube that lives by the Sun, and clears."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.values.instants import SOL_S, Instant
from sims.craft.nature.dust import CLEAR_OPTICAL_DEPTH, Dust, DustStorm
from sims.craft.probe.lander import Lander
from sims.faults import Stretch

_MISSION = load_mission()
_SCENARIO = _MISSION.scenarios["surface-network"]
_START = _SCENARIO.span.start


def sols(count: float) -> int:
    return _START.plus_seconds(count * SOL_S).tai_ns


def test_it_rises_stays_and_clears() -> None:
    storm = DustStorm(Stretch(sols(2), sols(6)), 8.4, rise_sols=2.0, clearing_sols=3.0)
    found = Dust((storm,)).optical_depths(np.array([sols(one) for one in (1, 2, 3, 5, 6, 9)]))
    assert found == pytest.approx([0.4, 0.4, 4.4, 8.4, 8.4, 0.4 + 8.0 / np.e])
    assert Dust().optical_depth(sols(1)) == CLEAR_OPTICAL_DEPTH


def test_one_that_ends_while_it_rises_clears_from_where_it_was() -> None:
    storm = DustStorm(Stretch(sols(2), sols(3)), 8.4, rise_sols=2.0, clearing_sols=3.0)
    found = Dust((storm,)).optical_depths(np.array([sols(3), sols(6)]))
    assert found == pytest.approx([4.4, 0.4 + 4.0 / np.e])


Begin = Callable[[Mapping[str, Any] | None], Lander]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """A cube on Tharsis at its beginning, in a storm if one is given."""
    begun: list[Lander] = []

    def lander(storm: Mapping[str, Any] | None) -> Lander:
        craft = _MISSION.spacecraft["cube-ascraeus"]
        make_keys(tmp_path / "keys", [craft])
        scenario = replace(_SCENARIO, faults=() if storm is None else (storm,))
        begun.append(Lander(craft, _MISSION, scenario, 1, tmp_path, tmp_path / "keys"))
        return begun[-1]

    yield lander
    for one in begun:
        one.board.truth.close()


def live_until(lander: Lander, time: Instant) -> None:
    lander.board.agenda.run_until(time.tai_ns)
    lander.settle(time.tai_ns)


def test_a_cube_in_a_storm_sheds_its_loads_and_comes_back(begin: Begin) -> None:
    fault = {"fault": "dust_storm", "after_s": SOL_S, "until_s": 9 * SOL_S, "clearing_sols": 2.0}
    lander = begin(fault)
    usual_c = lander.heater.setpoint_c
    live_until(lander, _START.plus_seconds(9 * SOL_S))
    assert lander.board.mode == "SAFE"
    assert not lander.logger.is_on
    assert lander.heater.setpoint_c < usual_c
    lander.power_saving.note_session(lander.board.agenda.now_ns)
    assert not lander.power_saving.may_wake(lander.board.agenda.now_ns + 3_600 * 10**9)
    live_until(lander, _START.plus_seconds(16 * SOL_S))
    assert lander.platform.battery.percent > 60.0
    assert not lander.board.battery_low
    assert lander.heater.setpoint_c == usual_c
    assert lander.power_saving.may_wake(lander.board.agenda.now_ns)
    # instrument and files wait for a command
    assert (lander.board.mode, lander.logger.is_on) == ("SAFE", False)


def test_without_a_storm_it_never_does(begin: Begin) -> None:
    lander = begin(None)
    live_until(lander, _START.plus_seconds(5 * SOL_S))
    assert (lander.board.mode, lander.logger.is_on) == ("SLEEP", True)


def test_an_empty_battery_feeds_nothing(begin: Begin) -> None:
    fault = {"fault": "dust_storm", "optical_depth": 20.0, "rise_sols": 0.1}
    lander = begin(fault)
    live_until(lander, _START.plus_seconds(12 * SOL_S))
    assert lander.platform.battery.percent == 0.0
    assert float(lander.platform.telemetry()["eps_load_power"]) < 0.2
