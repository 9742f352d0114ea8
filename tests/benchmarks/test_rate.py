"""The definitions that the rate is measured with are sound, however many cubes there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.mission import check_mission, load_scenario
from tests.benchmarks.rate import SCENARIO, RateFigures, exponent, make_definitions


@pytest.mark.parametrize("count", [1, 5])
def test_the_definitions_are_sound(tmp_path: Path, count: int) -> None:
    folder = tmp_path / "mission_db"
    make_definitions(folder, count)
    assert check_mission(folder) == []
    mission, scenario = load_scenario(SCENARIO, folder)
    assert len(scenario.spacecraft) == count + 1
    payloads = [mission.spacecraft[id].payload for id in scenario.spacecraft[1:]]
    assert len(set(payloads)) == count
    assert scenario.faults == ()


def test_how_it_grows() -> None:
    def figures(cubes: int, cpu_s: float) -> RateFigures:
        return RateFigures(cubes, "OK", 1.0, 1.0, cpu_s, cpu_s, 1)

    assert exponent(figures(4, 10.0), figures(16, 40.0)) == pytest.approx(1.0)
    assert exponent(figures(4, 10.0), figures(16, 20.0)) == pytest.approx(0.5)
