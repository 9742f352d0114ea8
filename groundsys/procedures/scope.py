"""What names in a procedure stand for: its parameters, its craft and their models."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.procedures.arguments import (
    Problem,
    check_value_of_parameter,
    is_instant,
    reference,
)
from groundsys.procedures.definitions import CRAFT_SCID, RELAY, Parameter, Procedure


def references(value: Any) -> Iterator[str]:
    """Every parameter named anywhere inside a step."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            if one.name != "source":
                yield from references(getattr(value, one.name))
    elif reference(value):
        yield reference(value)


class Scope:
    """A procedure's names, looked up."""

    def __init__(self, procedure: Procedure, mission: Mission) -> None:
        self._mission = mission
        self._craft: list[Spacecraft] = [
            craft
            for craft in mission.spacecraft.values()
            if (procedure.craft and craft.id == procedure.craft)
            or (procedure.model and craft.model.is_a(procedure.model))
        ]
        self.parameters = {one.name: one for one in (*procedure.parameters, *self._given())}

    def _given(self) -> Iterator[Parameter]:
        """Parameters that nobody states."""
        numbers = [craft.framing.spacecraft_id for craft in self._craft]
        if numbers:
            yield Parameter(
                name=CRAFT_SCID, kind="integer", minimum=min(numbers), maximum=max(numbers)
            )

    def craft(self, named: str) -> list[Spacecraft]:
        """Every craft that a step's `craft` may mean."""
        if named == RELAY:
            relays = dict.fromkeys(one.relay for one in self._craft if one.relay)
            return [self._mission.spacecraft[relay] for relay in relays if relay]
        if named:
            one = self._mission.spacecraft.get(named)
            return [one] if one else []
        return self._craft

    def models(self, named: str) -> list[SpacecraftModel]:
        """Their models, also later versions of their software, each once."""
        models = (model for craft in self.craft(named) for _, model in craft.models)
        return list({model.id: model for model in models}.values())

    def craft_problem(self, named: str) -> Problem | None:
        """Why a step's `craft` means nothing, and what would."""
        if not named or self.craft(named):
            return None
        if named == RELAY:
            return "no craft relays for the procedure's craft", "remove craft"
        return f"unknown craft {named!r}", f"known: {', '.join(self._mission.spacecraft)}"

    def instant_problem(self, text: str) -> Problem | None:
        """Why a text is no instant and no parameter of that kind."""
        name = reference(text)
        if not name:
            ok = is_instant(text)
            return None if ok else (f"{text!r} is no instant", "write UTC, 2031-08-20T06:00:00Z")
        if name not in self.parameters:
            return self.unknown(name)
        if self.parameters[name].kind != "instant":
            return f"parameter {name!r} is no instant", "let its kind be instant"
        return None

    def value_problem(self, of: Parameter, value: Any) -> Problem | None:
        """Why a value does not fit another procedure's parameter."""
        name = reference(value)
        if not name:
            return check_value_of_parameter(of, value)
        mine = self.parameters.get(name)
        if mine is None:
            return self.unknown(name)
        narrower = (
            mine.kind == of.kind
            and (of.minimum is None or (mine.minimum is not None and mine.minimum >= of.minimum))
            and (of.maximum is None or (mine.maximum is not None and mine.maximum <= of.maximum))
            and (not of.choices or (bool(mine.choices) and set(mine.choices) <= set(of.choices)))
        )
        if narrower:
            return None
        return f"{name!r} may be what {of.name!r} must not", "give it the same kind and limits"

    def unknown(self, name: str) -> Problem:
        """The procedure has no such parameter."""
        known = ", ".join(self.parameters) or "none"
        return f"unknown parameter {name!r} of the procedure", f"known: {known}"
