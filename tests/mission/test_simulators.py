"""How simulators are begun from telemetry, as data: checked at load, with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from groundsys.mission import check_mission, default_mission_db, load_mission
from groundsys.mission.scenario.simulator_data import STATES

SIMULATOR = "models/cube/simulator.yaml"
SCENARIO = "scenarios/short.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "mission_db"
    shutil.copytree(default_mission_db(), root)
    return root


def findings(root: Path, file: str, old: str, new: str) -> list[str]:
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return [str(one) for one in check_mission(root)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("state: mode,", "state: mod,", "unknown state 'mod'"),
        ("parameter: obc_mode", "parameter: obc_mod", "unknown parameter 'obc_mod'"),
        ("obc_mode, tolerance: 0", "obc_mode, tolerance: 2", "mode is a label"),
        ("charge, tolerance: 15", "charge, tolerance: -1", "tolerance"),
        ("state: payload_gain", "state: mode", "a state stands twice"),
        ("tells_nothing", "tells_nothin", "tells_nothin"),
    ],
)
def test_what_is_wrong_with_a_simulator(root: Path, old: str, new: str, words: str) -> None:
    (found,) = findings(root, SIMULATOR, old, new)
    assert found.startswith(f"{SIMULATOR}:")
    assert words in found


@pytest.mark.parametrize(
    ("initial", "words"),
    [
        ("{otv: {battery_percent: 40, mode: SAFE}}", ""),
        ("{otv: {battery: 40}}", "unknown state 'battery'"),
        ("{otv: {battery_percent: much}}", "should be a number"),
        ("{cube-hellas: {battery_percent: 40}}", "unknown spacecraft 'cube-hellas'"),
    ],
)
def test_the_states_that_a_scenario_begins_with(root: Path, initial: str, words: str) -> None:
    found = findings(root, SCENARIO, "criteria:", f"initial: {initial}\ncriteria:")
    assert bool(found) == bool(words)
    assert words in "".join(found)


def test_a_scenario_carries_them_to_the_simulators(root: Path) -> None:
    initial = "initial: {otv: {battery_percent: 40, mode: SAFE}}\nrehearses: rescue\ncriteria:"
    assert findings(root, SCENARIO, "criteria:", initial) == []
    scenario = load_mission(root).scenarios["short"]
    assert scenario.initial == {"otv": {"battery_percent": 40.0, "mode": "SAFE"}}
    assert scenario.rehearses == "rescue"


def test_every_model_can_be_begun_and_every_state_is_somebody_s() -> None:
    mission = load_mission()
    assert {craft.model.id for craft in mission.spacecraft.values()} == set(mission.simulators)
    told = {one.state for data in mission.simulators.values() for one in data.states}
    assert told == set(STATES)
