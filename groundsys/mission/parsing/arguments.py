"""The check of a command's arguments against its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.mission.parsing.fields import integer_range
from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field


def argument_complaints(
    command: CommandDefinition, arguments: Mapping[str, Any]
) -> tuple[str, ...]:
    """What is wrong with `arguments` (engineering values) for `command`; empty when nothing is."""
    complaints: list[str] = []
    names = [item.name for item in command.arguments]
    complaints.extend(
        f"{command.name} has no argument {name!r}" for name in arguments if name not in names
    )
    for item in command.arguments:
        if item.name in arguments:
            complaint = _value_complaint(item, arguments[item.name])
            if complaint:
                complaints.append(f"{item.name} {complaint}")
        elif item.default is None:
            complaints.append(f"{command.name} needs argument {item.name!r}")
    return tuple(complaints)


def _value_complaint(item: Field, value: Any) -> str:
    match item.kind:
        case "enum":
            labels = tuple(item.enumeration.values())
            return "" if value in labels else f"is {value!r}; one of {', '.join(labels)}"
        case "binary":
            if isinstance(value, bytes):
                return ""
            try:
                bytes.fromhex(value)
            except (TypeError, ValueError):
                return f"is {value!r}; expected bytes in hexadecimal"
            return ""
        case "string":
            return "" if isinstance(value, str) else f"is {value!r}; expected a text"
    whole = item.kind in ("uint", "int") and not item.polynomial
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return f"is {value!r}; expected a {'whole ' if whole else ''}number"
    low, high = item.minimum, item.maximum
    if whole:
        least, greatest = integer_range(item)
        low = least if low is None else low
        high = greatest if high is None else high
    if (low is not None and value < low) or (high is not None and value > high):
        return f"is {value:g}; allowed {_bound(low)} to {_bound(high)}"
    return ""


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"
