from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario


@pytest.fixture(scope="session")
def mission() -> Mission:
    return load_mission()


@pytest.fixture
def scenario(mission: Mission) -> Scenario:
    """The quickstart's day with true clocks, for numbers that a test can tell by heart."""
    return replace(mission.scenarios["quickstart"], truth={}, faults=())
