"""Everything that is wrong with one scenario: its definitions, and criteria that cannot be met."""

from __future__ import annotations

from pathlib import Path

from groundsys.mission.loading import read_mission
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding
from groundsys.mission.scenario.scenario_files import (
    ScenarioFile,
    read_scenario_text,
    scenario_text,
)
from groundsys.rehearsal.checking.possible import impossible_criteria
from groundsys.rehearsal.checking.runs_check import findings_of_runs
from groundsys.values.errors import DefinitionError


def check_scenario(stated: str, mission_db: Path | None = None) -> list[Finding]:
    """What is wrong with a scenario, named or in a file (*.yaml), and with what it is flown with.

    `DefinitionError` if there is no such scenario.
    """
    mission, findings = read_mission(mission_db)
    folder = Path(mission.root) / "scenarios"
    path = Path(stated) if stated.endswith(".yaml") else folder / f"{stated}.yaml"
    if path.parent.resolve() == folder:
        path = folder / path.name
        if not path.exists():
            raise DefinitionError(
                f"there is no scenario '{path.stem}'",
                expected="one of " + ", ".join(sorted(one.stem for one in folder.glob("*.yaml"))),
                remedy=f"name one of these, or add a file to {folder}",
            )
    name = path.relative_to(mission.root).as_posix() if path.parent == folder else str(path)
    file = read_scenario_text(scenario_text(path), name, mission)
    found = {*findings, *file.findings}
    if not found:
        found = set(findings_of_flight(mission, file))
    return sorted(found, key=lambda one: (one.file, one.line, one.message))


def findings_of_flight(mission: Mission, file: ScenarioFile) -> list[Finding]:
    """Of a scenario read without a finding: runs and criteria that no flight could meet."""
    assert file.scenario is not None
    findings = findings_of_runs(mission, file.scenario, file.procedures)
    for one in impossible_criteria(mission, file.scenario):
        place = (file.all_legs if one.of_all else file.criteria)[one.criterion]
        asked = int(one.asked) if one.asked.is_integer() else one.asked
        message = f"{one.criterion} is {asked:,}, and there are at most {one.most:,} {one.why}"
        remedy = "ask for less, or fly longer, with more antennas or craft"
        findings.append(Finding(place.file, place.line, message, remedy))
    return findings
