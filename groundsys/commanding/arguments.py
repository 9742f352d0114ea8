"""What operators ask for, checked against a craft's model before anything else looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.ccsds.fields import raw_from_engineering
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant


def definition_of(craft: Spacecraft, name: str) -> CommandDefinition:
    """The command of this name in any version of the craft's software.

    `CommandRefusedError` names those that there are.
    """
    commands = {command.name: command for command in flown_commands(craft)}
    if name not in commands:
        raise CommandRefusedError(
            f"{craft.id} has no command '{name}'", expected=", ".join(sorted(commands))
        )
    return commands[name]


def check_known(craft: Spacecraft, name: str, arrives_at: Instant) -> None:
    """Raise `CommandRefusedError` if the software that flies when it arrives knows it not."""
    model = craft.model_at(arrives_at)
    if name not in {command.name for command in model.commands}:
        raise CommandRefusedError(
            f"the software of {craft.id} does not know {name} when it arrives",
            expected=f"a command of {model.id}",
            found=arrives_at.utc_iso(0),
            remedy="see `later_models` in the craft's file",
        )


def check_arguments(definition: CommandDefinition, arguments: Mapping[str, Any]) -> None:
    """Raise `CommandRefusedError` for arguments that are missing, unknown, or no such values."""
    known = {field.name: field for field in definition.arguments}
    missing = [name for name, field in known.items() if field.default is None]
    if set(arguments) - set(known) or set(missing) - set(arguments):
        raise CommandRefusedError(
            f"{definition.name} does not take these arguments",
            expected=", ".join(known) or "none",
            found=", ".join(arguments) or "none",
        )
    for name, value in arguments.items():
        field = known[name]
        low, high = field.minimum, field.maximum
        _check_is_number(definition, field, value)
        if isinstance(value, int | float) and (
            (low is not None and value < low) or (high is not None and value > high)
        ):
            raise CommandRefusedError(
                f"{definition.name}: {name} is out of range",
                expected=f"{low} to {high} {field.unit}".strip(),
                found=str(value),
            )
        if field.kind == "enum" and value not in field.enumeration.values():
            raw_from_engineering(field, value)


def _check_is_number(definition: CommandDefinition, field: Field, value: Any) -> None:
    if field.kind not in ("uint", "int", "float"):
        return
    whole = field.kind != "float" and not field.polynomial
    if not isinstance(value, bool) and isinstance(value, int if whole else int | float):
        return
    wanted = "whole number" if whole else "number"
    limits = ""
    if field.minimum is not None and field.maximum is not None:
        limits = f" from {field.minimum:g} to {field.maximum:g} {field.unit}".rstrip()
    raise CommandRefusedError(
        f"{definition.name}: {field.name} is no {wanted}",
        expected=f"a {wanted}{limits}",
        found=repr(value),
    )


def describe_command(one: CommandDefinition) -> dict[str, Any]:
    """What people and machines are told of a command and its arguments, as plain values."""
    return {
        "name": one.name,
        "description": one.description,
        "significance": one.significance,
        "significance_reason": one.significance_reason,
        "arguments": [
            {
                "name": field.name,
                "kind": field.kind,
                "unit": field.unit,
                "minimum": field.minimum,
                "maximum": field.maximum,
                "values": list(field.enumeration.values()),
                "default": field.default,
            }
            for field in one.arguments
        ],
    }
