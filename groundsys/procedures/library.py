"""A folder of procedures as a whole: read, checked, and told apart by their texts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings, Place
from groundsys.procedures.checking import all_steps, check_procedures
from groundsys.procedures.definitions import CallStep, Procedure
from groundsys.procedures.reading import read_procedure
from groundsys.values.errors import DefinitionError

#: names another folder of procedures than the one beside the mission's definitions
PROCEDURES_VARIABLE = "GROUNDSYS_PROCEDURES"


@dataclass(frozen=True, slots=True)
class Library:
    """Procedures by id, their texts, and everything that is wrong with them."""

    folder: Path
    procedures: Mapping[str, Procedure]
    texts: Mapping[str, str]
    findings: tuple[Finding, ...]
    _files: Mapping[str, str] = field(default_factory=dict)

    def findings_of(self, name: str) -> list[Finding]:
        """What is wrong with one procedure, or with one that it calls."""
        files = {self._files.get(one, f"{one}.yaml") for one in self.with_called(name)}
        return [one for one in self.findings if one.file in files]

    def with_called(self, name: str) -> list[str]:
        """A procedure's id, and those of all that it comes to call."""
        found: list[str] = []
        ahead = [name]
        while ahead:
            one = ahead.pop(0)
            if one in found:
                continue
            found.append(one)
            if one in self.procedures:
                steps = all_steps(self.procedures[one])
                ahead += [step.procedure for step in steps if isinstance(step, CallStep)]
        return found

    def sound(self, name: str) -> Procedure:
        """A procedure that may be run; `DefinitionError` tells why one may not."""
        findings = self.findings_of(name)
        if name not in self.procedures and not findings:
            raise DefinitionError(
                f"there is no procedure '{name}'",
                expected="one of " + (", ".join(sorted(self.procedures)) or "none"),
                remedy=f"see `groundsys procedure list`, or write {self.folder / name}.yaml",
            )
        if findings:
            raise DefinitionError(
                f"procedure '{name}' is not sound\n  " + "\n  ".join(map(str, findings)),
                remedy=f"mend the files in {self.folder}",
            )
        return self.procedures[name]


def default_procedures(mission: Mission) -> Path:
    """`$GROUNDSYS_PROCEDURES`, else the folder `procedures` beside the mission's definitions."""
    named = os.environ.get(PROCEDURES_VARIABLE)
    return Path(named) if named else Path(mission.root).parent / "procedures"


def read_library(folder: Path, mission: Mission) -> Library:
    """Every `*.yaml` of a folder, with all findings at once; an empty folder holds none."""
    findings = Findings()
    procedures: dict[str, Procedure] = {}
    texts: dict[str, str] = {}
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        procedure = read_procedure(text, path.name, findings)
        if procedure is None:
            continue
        if procedure.id != path.stem:
            told = f"id is {procedure.id!r} in {path.name}"
            findings.add(procedure.source.place("id"), told, "name them alike")
        if procedure.id in procedures:
            findings.add(Place(path.name, 1), f"{procedure.id!r} stands in two files", "rename one")
            continue
        procedures[procedure.id] = procedure
        texts[procedure.id] = text
        files[procedure.id] = path.name
    check_procedures(procedures, mission, findings)
    return Library(folder, procedures, texts, tuple(findings.ordered()), files)


def text_hash(text: str) -> str:
    """What a run remembers a procedure's text by."""
    return hashlib.sha256(text.encode()).hexdigest()


def rehearsal_valid_h(procedures: Iterable[Procedure]) -> float | None:
    """How old, in hours, the craft's state may be that these were rehearsed with, together.

    None: none of them is critical, and no rehearsal is asked for.
    """
    return min((one.rehearsal_valid_h for one in procedures if one.critical), default=None)
