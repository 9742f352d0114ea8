"""What watchers are told of procedures before they run: risk, parameters, rehearsals that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundsys.desks.requests.verbs import Answer
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.procedures import Library
from groundsys.procedures.checking import HAZARDOUS, all_steps
from groundsys.procedures.definitions import (
    CommandStep,
    GateStep,
    LoadStep,
    Procedure,
    SequenceStep,
)
from groundsys.procedures.library import rehearsal_valid_h, text_hash
from groundsys.values.errors import CommandRefusedError, DefinitionError

if TYPE_CHECKING:
    from groundsys.desks.control_room import ControlRoom
    from groundsys.desks.procedures.procedure_desk import ProcedureDesk

#: digits of a text's hash that tell its versions apart
_VERSION_DIGITS = 8


def procedure_for_watchers(
    room: ControlRoom, desk: ProcedureDesk, library: Library, name: str
) -> Answer:
    """One procedure of the library as plain values."""
    one = library.procedures[name]
    called = [
        library.procedures[id] for id in library.with_called(name) if id in library.procedures
    ]
    findings = library.findings_of(name)
    craft = craft_for(room, one)
    is_rehearsed = rehearsal_valid_h(called) is not None
    return {
        "id": one.id,
        "title": one.title,
        "purpose": one.purpose,
        "for": one.craft or f"model {one.model}",
        "craft": craft,
        "critical": one.critical,
        "needs_rehearsal": is_rehearsed,
        "version": text_hash(library.texts[name])[:_VERSION_DIGITS],
        "hazardous": hazardous_commands(room, called),
        "gates": sum(isinstance(step, GateStep) for each in called for step in all_steps(each)),
        "parameters": [
            {
                "name": parameter.name,
                "kind": parameter.kind,
                "description": parameter.description,
                "default": parameter.default,
                "minimum": parameter.minimum,
                "maximum": parameter.maximum,
                "choices": list(parameter.choices),
            }
            for parameter in one.parameters
        ],
        "findings": [str(finding) for finding in findings],
        "standing": [
            _standing(desk, name, each) for each in craft if is_rehearsed and not findings
        ],
    }


def craft_for(room: ControlRoom, procedure: Procedure) -> list[str]:
    """The craft flown here that it can be run for."""
    return [
        one.id for one in room.craft if one.id == procedure.craft or one.model.is_a(procedure.model)
    ]


def hazardous_commands(room: ControlRoom, procedures: list[Procedure]) -> list[str]:
    """The commands in them for which two people must stand, whichever craft they go to."""
    risky = {
        command.name
        for craft in room.craft
        for command in flown_commands(craft)
        if command.significance in HAZARDOUS
    }
    named: dict[str, None] = {}
    for procedure in procedures:
        for step in all_steps(procedure):
            if isinstance(step, CommandStep):
                named[step.command] = None
            elif isinstance(step, LoadStep | SequenceStep):
                named.update(dict.fromkeys(entry.command for entry in step.entries))
    return [name for name in named if name in risky]


def _standing(desk: ProcedureDesk, name: str, craft: str) -> Answer:
    """The latest rehearsal for a craft, and why it does not count; with none, why there is none.

    It is looked at with the parameters that it was flown with, else with their defaults.
    """
    mine = [one for one in desk.rehearsals.all if (one.procedure, one.spacecraft) == (name, craft)]
    stated = dict(mine[-1].snapshot.parameters) if mine else {}
    told: Answer = {"spacecraft": craft, "rehearsal": "", "passed": None, "under_way": False}
    if mine and mine[-1].verdict is None:
        told["under_way"] = True
    try:
        standing = desk.rehearsals.standing(desk.prepare(name, craft, stated))
    except (CommandRefusedError, DefinitionError) as error:
        return {
            **told,
            "stale": [error.message] if mine else ["it was never rehearsed for this craft"],
        }
    record = standing.record
    if record is not None and record.verdict is not None:
        told |= {"rehearsal": record.id, "passed": record.verdict.ok}
    return {**told, "stale": list(standing.reasons)}
