"""What a procedure would be run with, before it is: for starting it, and for rehearsing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.procedures import Library
from groundsys.procedures.arguments import check_value_of_parameter
from groundsys.procedures.checking import craft_named
from groundsys.procedures.definitions import RELAY, Procedure
from groundsys.procedures.library import rehearsal_valid_h, text_hash
from groundsys.values.errors import CommandRefusedError


@dataclass(frozen=True, slots=True)
class Prepared:
    """A procedure that may be run as far as its text, its craft and its parameters go."""

    procedure: Procedure
    spacecraft: str
    parameters: Mapping[str, Any]
    #: it and all that it calls, by id
    texts: Mapping[str, str]
    #: every craft that they speak of, and whoever relays for it
    spoken_of: frozenset[str]
    #: if it is critical, or one that it calls: how old its rehearsal's state may be, in hours
    rehearsal_valid_h: float | None

    @property
    def digests(self) -> dict[str, str]:
        """The hash of each text."""
        return {name: text_hash(text) for name, text in self.texts.items()}


def prepare(
    room: ControlRoom, library: Library, name: str, craft: str, stated: Mapping[str, Any]
) -> Prepared:
    """Make ready, or say why not: `DefinitionError` or `CommandRefusedError`."""
    procedure = library.sound(name)
    craft = _craft_of(room, procedure, craft)
    parameters = _parameters_of(procedure, stated)
    called = library.with_called(name)
    procedures = [library.procedures[one] for one in called]
    spoken_of = _spoken_of(room, craft, procedures)
    return Prepared(
        procedure,
        craft,
        parameters,
        {one: library.texts[one] for one in called},
        spoken_of,
        rehearsal_valid_h(procedures),
    )


def _craft_of(room: ControlRoom, procedure: Procedure, stated: str) -> str:
    flown = {one.id: one for one in room.craft}
    craft = stated or procedure.craft
    fits = [
        name
        for name, one in flown.items()
        if name == procedure.craft or one.model.is_a(procedure.model)
    ]
    if craft in fits:
        return craft
    raise CommandRefusedError(
        f"{procedure.id} cannot be run for '{craft}'"
        if craft
        else f"{procedure.id} must be told its craft",
        expected=", ".join(fits) or "a craft that is flown here",
    )


def _spoken_of(room: ControlRoom, craft: str, procedures: Sequence[Procedure]) -> frozenset[str]:
    """Every craft that the procedures speak of; raise if one is not flown here."""
    named = {craft}.union(*map(craft_named, procedures)) - {RELAY}
    fleet = room.mission.spacecraft
    named |= {relay for one in named if one in fleet and (relay := fleet[one].relay)}
    missing = sorted(named - {one.id for one in room.craft})
    if missing:
        raise CommandRefusedError(
            f"{procedures[0].id} speaks of {', '.join(missing)}",
            expected="craft that are flown here: " + ", ".join(one.id for one in room.craft),
        )
    return frozenset(named)


def _parameters_of(procedure: Procedure, stated: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.name: one for one in procedure.parameters}
    unknown = sorted(set(stated) - set(known))
    if unknown:
        raise CommandRefusedError(
            f"{procedure.id} has no parameter {', '.join(unknown)}",
            expected=", ".join(known) or "none",
        )
    found = {name: stated.get(name, one.default) for name, one in known.items()}
    for name, value in found.items():
        if value is None:
            raise CommandRefusedError(
                f"{procedure.id} is not told its parameter {name}", expected=known[name].description
            )
        problem = check_value_of_parameter(known[name], value)
        if problem:
            raise CommandRefusedError(f"{procedure.id}: {problem[0]}", remedy=problem[1])
    return found
