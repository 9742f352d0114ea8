"""Whether a scenario's runs of procedures could come off: procedures, parameters, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundsys.authority import owner_of
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Finding, Findings, Place, note_unknown
from groundsys.mission.scenario.scenario_model import ProcedureRun, Scenario
from groundsys.procedures import Library, default_procedures, read_library
from groundsys.procedures.arguments import check_value_of_parameter
from groundsys.procedures.checking import all_steps
from groundsys.procedures.definitions import ROLES, GateStep
from groundsys.procedures.library import rehearsal_valid_h
from groundsys.values.errors import DefinitionError


def findings_of_runs(
    mission: Mission, scenario: Scenario, places: Iterable[Place], folder: Path | None = None
) -> list[Finding]:
    """Everything wrong with a scenario's runs, each at its place; `folder` is of procedures."""
    findings = Findings()
    if scenario.procedures:
        library = read_library(folder or default_procedures(mission), mission)
        for run, place in zip(scenario.procedures, places, strict=True):
            _Check(mission, library, run, place, findings).all()
    return findings.ordered()


def check_runs(mission: Mission, scenario: Scenario, folder: Path | None) -> None:
    """`DefinitionError` with everything wrong, before anything starts."""
    places = [Place(f"run {one.key}", 0) for one in scenario.procedures]
    if found := findings_of_runs(mission, scenario, places, folder):
        raise DefinitionError(
            f"scenario '{scenario.id}' runs procedures that cannot be run so",
            found="\n  ".join(["", *(f"{one.file}: {one.message}" for one in found)]),
            remedy=f"see `groundsys scenario check {scenario.id}`",
        )


@dataclass(frozen=True, slots=True)
class _Check:
    mission: Mission
    library: Library
    run: ProcedureRun
    place: Place
    findings: Findings

    def all(self) -> None:
        name = self.run.procedure
        note_unknown(self.findings, self.place, "procedure", name, self.library.procedures)
        if name not in self.library.procedures:
            return
        for one in self.library.findings_of(name):
            self._note(f"procedure {name} is not sound: {one}", "mend its file")
        self._craft()
        self._parameters()
        self._people()
        self._rehearsal()

    def _craft(self) -> None:
        procedure = self.library.procedures[self.run.procedure]
        craft = self.mission.spacecraft.get(self.run.spacecraft)
        if craft is None or procedure.craft == craft.id:
            return
        if not craft.model.is_a(procedure.model):
            of = procedure.craft or f"craft of model {procedure.model}"
            self._note(f"{procedure.id} is for {of}, not for {craft.id}", "name another craft")

    def _parameters(self) -> None:
        known = {one.name: one for one in self.library.procedures[self.run.procedure].parameters}
        for name, value in self.run.parameters.items():
            note_unknown(self.findings, self.place, "parameter of the procedure", name, known)
            problem = check_value_of_parameter(known[name], value) if name in known else None
            if problem:
                self._note(*problem)
        for name, one in known.items():
            if one.default is None and name not in self.run.parameters:
                self._note(f"{self.run.procedure} is not told its {name}", f"add {name}")

    def _people(self) -> None:
        asked = dict.fromkeys(
            role
            for name in self.library.with_called(self.run.procedure)
            for step in all_steps(self.library.procedures[name])
            if isinstance(step, GateStep)
            for role in step.roles
        )
        for role in asked:
            if role not in self.run.go:
                self._note(f"a gate asks a {role}, and nobody says go as that", f"add {role} to go")
        for role in self.run.go:
            note_unknown(self.findings, self.place, "role", role, ROLES)
        craft = self.mission.spacecraft.get(self.run.spacecraft)
        if "payload_operator" in self.run.go and (
            craft is None or not owner_of(self.mission.customers, craft)
        ):
            self._note("nobody has a payload there: no payload_operator speaks for it", "remove it")

    def _rehearsal(self) -> None:
        called = self.library.with_called(self.run.procedure)
        critical = rehearsal_valid_h(self.library.procedures[one] for one in called) is not None
        if critical and not self.run.rehearsed:
            self._note(
                f"{self.run.procedure} is critical, and it is not said where it is rehearsed",
                "write rehearsed: before, or rehearsed: here if this flight is its rehearsal",
            )
        if self.run.rehearsed and not critical:
            self._note(
                f"{self.run.procedure} is not critical: no rehearsal is asked for",
                "remove rehearsed",
            )

    def _note(self, message: str, remedy: str) -> None:
        self.findings.add(self.place, message, remedy)


def people_of(mission: Mission, runs: Iterable[ProcedureRun]) -> Mapping[str, tuple[str, str]]:
    """Everybody in these runs: role, and the customer of who speaks for one."""
    people: dict[str, tuple[str, str]] = {}
    for run in runs:
        people[run.starts] = ("operator", "")
        for role, person in run.go.items():
            owner = owner_of(mission.customers, mission.spacecraft[run.spacecraft])
            people[person] = (role, owner if role == "payload_operator" else "")
    return people
