"""One scenario file on its own: read beside a mission, with the places of its criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings, Place
from groundsys.mission.parsing.reading import Section, read_text
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.scenario.scenarios import read_scenario
from groundsys.mission.scenario.voyages import is_voyage, read_voyage
from groundsys.values.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario as read from a text, and what is wrong with it; None if it cannot be read."""

    scenario: Scenario | None
    findings: tuple[Finding, ...]
    #: where each criterion stands, and each of all legs together
    criteria: Mapping[str, Place]
    all_legs: Mapping[str, Place]
    #: where each run of a procedure stands, in the scenario's order
    procedures: tuple[Place, ...] = ()


def read_scenario_text(text: str, name: str, mission: Mission) -> ScenarioFile:
    """The scenario that a text of the file `name` defines, to be flown with this mission."""
    findings = Findings()
    section = read_text(text, name, findings)
    if section is None:
        return ScenarioFile(None, tuple(findings.ordered()), {}, {})
    scenario = _read(section, mission)
    parts = [section.optional_section(key) for key in ("criteria", "all_legs")]
    here, of_all = (
        {criterion: part.place(criterion) for criterion in part.names} for part in parts
    )
    runs = tuple(one.here for one in section.sections("procedures", optional=True))
    return ScenarioFile(scenario, tuple(findings.ordered()), here, of_all, runs)


def _read(section: Section, mission: Mission) -> Scenario | None:
    if is_voyage(section):
        voyages = [one.id for one in mission.scenarios.values() if one.voyage]
        return read_voyage(section, mission.scenarios, voyages)
    return read_scenario(
        *(section, mission.spacecraft, mission.antennas, mission.customers, mission.bodies),
        mission.partners,
    )


def scenario_text(path: Path) -> str:
    """A file's text; `DefinitionError` if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"the scenario file {path} cannot be read",
            expected="a YAML file such as those in mission_db/scenarios",
            found=getattr(error, "strerror", None) or str(error),
        ) from error
