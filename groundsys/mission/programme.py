"""What a mission is called, and what is flown where nobody names a scenario: `mission.yaml`."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path

from groundsys.mission.folder import default_mission_db
from groundsys.mission.mission_name import Programme
from groundsys.mission.parsing.findings import Findings, Place
from groundsys.mission.parsing.reading import Section, read_alone, read_file

FILE = "mission.yaml"
#: of a part of a logical identifier (PDS4)
_IDENTIFIER = re.compile(r"[a-z0-9_.-]+")


def read_programme(root: Path, findings: Findings) -> Programme:
    """The file `mission.yaml` of a folder of definitions; without it the mission has no name."""
    path = root / FILE
    if not path.is_file():
        findings.add(Place(FILE, 1), f"there is no {FILE}", "say what the mission is called")
        return Programme()
    section = read_file(path, root, findings)
    return Programme() if section is None else _programme(section, root)


def programme_of(path: Path | str | None = None) -> Programme:
    """That of a folder, or of groundsys' own; `DefinitionError` if it cannot be read."""
    return _programme_of(default_mission_db(path))


@cache
def _programme_of(root: Path) -> Programme:
    return read_alone(root / FILE, "file on the mission", partial(_programme, root=root))


def _programme(section: Section, root: Path) -> Programme:
    scenarios = [path.stem for path in (root / "scenarios").glob("*.yaml")]
    programme = Programme(
        name=section.text("name"),
        identifier=section.text("identifier"),
        first_scenario=section.reference("first_scenario", "scenario", scenarios),
    )
    if programme.identifier and not _IDENTIFIER.fullmatch(programme.identifier):
        section.note(
            "identifier", f"{programme.identifier!r} is no part of a logical identifier",
            "use small letters, digits and underscores",
        )  # fmt: skip
    section.finish()
    return programme
