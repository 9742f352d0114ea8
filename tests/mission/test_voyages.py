"""Scenarios that are flown one after another, as one: how they are read, named and struck."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from groundsys.mission import check_mission, load_injected, load_scenario
from groundsys.mission.loading import injected_into, load_mission
from groundsys.mission.model import Mission
from groundsys.rehearsal.checking.possible import impossible_criteria
from groundsys.rehearsal.checking.scenario_check import check_scenario
from groundsys.rehearsal.legs import rehearse
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.voyage import faults_of_leg
from groundsys.values.errors import DefinitionError
from tests.mission.conftest import Definitions

VOYAGE = """id: both-ways
title: There and back
legs: [short, launch-short]
all_legs: {min_passes: 3}
"""


def _write(definitions: Definitions, text: str) -> Path:
    path = definitions.root / "scenarios" / "both-ways.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _in_order(mission: Mission) -> tuple[str, str]:
    """Two scenarios of which one ends before the other starts."""
    first, second = sorted(
        (mission.scenarios[id] for id in ("short", "launch-short")), key=lambda one: one.span.start
    )
    return first.id, second.id


@pytest.fixture
def voyage(definitions: Definitions, mission: Mission) -> Definitions:
    _write(definitions, VOYAGE.replace("short, launch-short", ", ".join(_in_order(mission))))
    return definitions


def test_a_voyage_is_what_its_legs_are(voyage: Definitions) -> None:
    mission = load_mission(voyage.root)
    one = mission.scenarios["both-ways"]
    legs = [mission.scenarios[id] for id in one.voyage]
    assert one.leg_count == 2
    assert (one.span.start, one.span.end) == (legs[0].span.start, legs[1].span.end)
    assert set(one.spacecraft) == {craft for leg in legs for craft in leg.spacecraft}
    assert impossible_criteria(mission, one) == ()


def test_its_second_leg_is_the_scenario_that_it_names(voyage: Definitions) -> None:
    _, leg = load_scenario("both-ways@2", voyage.root)
    assert leg == load_scenario(leg.id, voyage.root)[1]
    with pytest.raises(DefinitionError, match="has no leg 3"):
        load_scenario("both-ways@3", voyage.root)


def test_what_is_asked_of_all_legs_is_checked(voyage: Definitions) -> None:
    _write(voyage, (voyage.root / "scenarios/both-ways.yaml").read_text().replace("3}", "900}"))
    (finding,) = check_scenario("both-ways", voyage.root)
    assert "min_passes is 900" in finding.message
    assert finding.line == 4


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("legs: [", "legs: [shirt, ", "3: unknown scenario 'shirt' (did you mean 'short'?)"),
        ("legs: [", "legs: [both-ways, ", "3: leg 'both-ways' is itself a voyage"),
        ("legs: [", "legs: [surface-seasons, ", "3: leg 'surface-seasons' is flown at several"),
        ("min_passes: 3", "min_pass: 3", "4: unknown criterion 'min_pass'"),
        ("all_legs:", "customers: []\nall_legs:", "4: unknown key 'customers'"),
    ],
)
def test_what_makes_no_sense_is_a_finding(
    voyage: Definitions, old: str, new: str, told: str
) -> None:
    voyage.replace("scenarios/both-ways.yaml", old, new)
    assert any(f"both-ways.yaml:{told}" in str(one) for one in check_mission(voyage.root))


def test_legs_follow_each_other_in_time(definitions: Definitions, mission: Mission) -> None:
    _write(definitions, VOYAGE.replace("short, launch-short", ", ".join(_in_order(mission)[::-1])))
    (finding,) = check_mission(definitions.root)
    assert finding.line == 3
    assert "before" in finding.message


def test_a_voyage_without_a_leg_is_told_of(definitions: Definitions) -> None:
    _write(definitions, VOYAGE.replace("short, launch-short", ""))
    (finding,) = check_scenario("both-ways", definitions.root)
    assert (finding.line, finding.message) == (3, "a voyage that names no leg")


def test_what_would_refuse_the_last_leg_is_said_before_the_first_flies(
    definitions: Definitions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write(definitions, VOYAGE.replace("short, launch-short", "short, sample-cruise"))
    flown: list[str] = []
    monkeypatch.setattr("groundsys.rehearsal.voyage.fly", lambda one, *_: flown.append(one))
    options = FlightOptions(
        scenario="both-ways",
        run_path=tmp_path / "run",
        mission_db=definitions.root,
        yamcs_url="http://127.0.0.1:8090",
    )
    with pytest.raises(DefinitionError, match="'sample-cruise' is itself the rehearsal"):
        rehearse(options, Console())
    assert flown == []


def test_a_fault_strikes_on_the_leg_that_it_names(voyage: Definitions) -> None:
    name = next(
        number
        for number, id in enumerate(load_mission(voyage.root).scenarios["both-ways"].voyage, 1)
        if id == "short"
    )
    faults = load_injected([f"silent_cube,leg={name},after_s=60"], "both-ways", voyage.root)
    assert faults_of_leg(faults, name) == ({"fault": "silent_cube", "after_s": 60.0},)
    assert faults_of_leg(faults, 3 - name) == ()
    for number in (1, 2):  # as its first leg is taken for a voyage that is flown without an end
        _, leg = load_scenario(f"both-ways@{number}", voyage.root, faults)
        assert injected_into(leg) == faults_of_leg(faults, number)
    for text, told in (
        ("silent_cube", "leg is missing"),
        ("silent_cube,leg=3", "leg is 3"),
        (f"silent_cube,leg={3 - name},spacecraft=cube-polar", "cube-polar"),
    ):
        with pytest.raises(DefinitionError, match=re.escape(told)):
            load_injected([text], "both-ways", voyage.root)
