"""Runs of procedures in a scenario: read as written, and every finding where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.mission import default_mission_db
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_files import ScenarioFile, read_scenario_text

RUN = (
    "{procedure: cube-release, spacecraft: cube-polar, at: '00:30', starts: amber, "
    "go: {operator: cedar, flight_director: birch}, rehearsed: here, within: '02:30'}"
)


def read(mission: Mission, *runs: str, base: str = "manoeuvres", more: str = "") -> ScenarioFile:
    path = Path(default_mission_db()) / "scenarios" / f"{base}.yaml"
    lines = "".join(f"  - {run}\n" for run in runs)
    text = f"procedures:\n{lines}{more}{path.read_text(encoding='utf-8')}"
    return read_scenario_text(text, f"{base}.yaml", mission)


def test_a_run_is_read_as_written(mission: Mission) -> None:
    file = read(mission, RUN, RUN, RUN.replace("at:", "after: 'cube-release@cube-polar#2', at:"))
    assert file.findings == ()
    scenario = file.scenario
    assert scenario is not None
    first, second, third = scenario.procedures
    assert first.key == "cube-release@cube-polar"
    assert (second.key, third.key) == (f"{first.key}#2", f"{first.key}#3")
    assert first.at == scenario.span.start.plus_seconds(1800.0)
    assert (first.within_s, first.expect, first.after) == (9000.0, "completed", "")
    assert (first.starts, first.go) == ("amber", {"operator": "cedar", "flight_director": "birch"})
    assert third.after == second.key
    assert [place.line for place in file.procedures] == [2, 3, 4]


def test_a_flight_is_the_rehearsal_of_what_its_file_says_and_of_no_more(mission: Mission) -> None:
    file = read(mission, RUN, RUN.replace("cube-polar", "cube-parker-1").replace("here", "before"))
    scenario = file.scenario
    assert scenario is not None
    assert scenario.is_itself_rehearsal_of("cube-release", "cube-polar")
    assert not scenario.is_itself_rehearsal_of("cube-release", "cube-parker-1")
    assert not scenario.is_itself_rehearsal_of("trajectory-correction", "cube-polar")
    # without an end it is no rehearsal, and nobody runs anything
    endless = scenario.without_end()
    assert endless.procedures == ()
    assert not endless.is_itself_rehearsal_of("cube-release", "cube-polar")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cube-polar", "cube-pola", "unknown spacecraft of the scenario 'cube-pola'"),
        ("at: '00:30'", "at: '0:3'", "at is '0:3'"),
        ("at: '00:30'", "at: '40:00'", "at 40:00 is after the end of the scenario"),
        ("within: '02:30'", "within: soon", "within is 'soon'"),
        ("rehearsed: here", "rehearsed: never", "rehearsed is 'never'"),
        ("rehearsed: here", "expect: failed", "expect is 'failed'"),
        ("rehearsed: here", "after: nothing@otv", "unknown earlier run 'nothing@otv'"),
        ("rehearsed: here", "parameters: [1]", "parameters should be a mapping"),
        ("operator: cedar", "operator: amber", "amber starts it, and cannot agree to it"),
        ("operator: cedar", "operator: birch", "birch is flight_director already"),
        ("starts: amber, ", "", "starts is missing"),
        ("go:", "goes:", "unknown key 'goes'"),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(
    mission: Mission, old: str, new: str, words: str
) -> None:
    assert old in RUN
    file = read(mission, RUN, RUN.replace(old, new))
    (finding,) = [one for one in file.findings if words in one.message]
    assert (finding.file, finding.line) == ("manoeuvres.yaml", 3)


def test_a_scenario_of_several_legs_runs_none(mission: Mission) -> None:
    run = RUN.replace("flight_director: birch", "flight_director: ada")
    file = read(mission, run, base="commanding-short")
    (finding,) = file.findings
    assert "a scenario of several legs runs no procedures" in finding.message
    assert finding.line == 1


def test_a_person_of_the_traffic_is_an_operator(mission: Mission) -> None:
    run = RUN.replace("flight_director: birch", "flight_director: dune")
    file = read(mission, run, base="commanding-short")
    assert any("dune is operator already" in one.message for one in file.findings)
