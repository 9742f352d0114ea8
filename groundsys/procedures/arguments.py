"""Whether a value fits a command's argument or a procedure's parameter, whatever it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from groundsys.mission.parsing.fields import integer_range
from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field
from groundsys.procedures.definitions import Parameter, Source

if TYPE_CHECKING:
    from groundsys.procedures.scope import Scope

#: what is wrong, and how to mend it
Problem = tuple[str, str]


def reference(value: Any) -> str:
    """The parameter that a value stands for, or ""."""
    return value[1:] if isinstance(value, str) and value.startswith("$") else ""


def is_instant(text: str) -> bool:
    """Whether a text is UTC in ISO 8601, with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def check_value_of_parameter(parameter: Parameter, value: Any) -> Problem | None:
    """Why a stated value is none that the parameter may have, and what would be."""
    name = parameter.name
    match parameter.kind:
        case "number" | "integer":
            kinds = (int,) if parameter.kind == "integer" else (int, float)
            if isinstance(value, bool) or not isinstance(value, kinds):
                return f"{name} is {value!r}", f"state a {parameter.kind}"
            return _range_problem(name, value, parameter.minimum, parameter.maximum)
        case "instant":
            if not isinstance(value, str) or not is_instant(value):
                return f"{name} is {value!r}", "write UTC such as 2031-08-20T06:00:00Z"
        case "text":
            if not isinstance(value, str):
                return f"{name} is {value!r}", "write a text"
            if parameter.choices and value not in parameter.choices:
                return f"{name} is {value!r}", f"write one of {', '.join(parameter.choices)}"
    return None


def check_argument_set(
    definition: CommandDefinition,
    arguments: Mapping[str, Any],
    source: Source,
    scope: Scope,
    findings: Findings,
    *,
    given_elsewhere: frozenset[str] = frozenset(),
) -> None:
    """Note arguments that are missing, unknown or out of range, each where it stands."""
    known = {one.name: one for one in definition.arguments}
    for name, value in arguments.items():
        place = source.place(f"arguments.{name}")
        note_unknown(findings, place, f"argument of {definition.name}", name, known)
        if name in known:
            problem = argument_problem(known[name], value, scope)
            if problem:
                findings.add(place, *problem)
    for name, one in known.items():
        if one.default is None and name not in arguments and name not in given_elsewhere:
            text = f"{definition.name} lacks its argument {name}"
            findings.add(source.place("arguments"), text, f"add {name}")


def argument_problem(one: Field, value: Any, scope: Scope) -> Problem | None:
    """Why a value, or what it stands for, does not fit an argument, and what would."""
    name = reference(value)
    if name:
        parameter = scope.parameters.get(name)
        return scope.unknown(name) if parameter is None else _parameter_problem(one, parameter)
    match one.kind:
        case "enum":
            labels = list(one.enumeration.values())
            fits = value in labels
            return None if fits else (f"{one.name} is {value!r}", f"write one of {_list(labels)}")
        case "binary":
            return f"{one.name} is octets, which no procedure can state", "use another command"
        case "string":
            return None if isinstance(value, str) else (f"{one.name} is {value!r}", "write a text")
    whole = one.kind in ("uint", "int") and not one.polynomial
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return f"{one.name} is {value!r}", "write a whole number" if whole else "write a number"
    return _range_problem(one.name, value, *_limits(one), unit=one.unit)


def _parameter_problem(one: Field, parameter: Parameter) -> Problem | None:
    """Why a parameter may be what an argument must not; what it is told at the start is bound."""
    if one.kind == "enum":
        labels = set(one.enumeration.values())
        if not parameter.choices or set(parameter.choices) - labels:
            return (
                f"{parameter.name!r} may be what {one.name} must not",
                f"let its choices be among {_list(sorted(labels))}",
            )
        return None
    wanted = "integer" if one.kind in ("uint", "int") and not one.polynomial else "number"
    if parameter.kind not in {wanted, "integer"}:
        return f"{one.name} takes a number", f"let {parameter.name!r} be of kind {wanted}"
    low, high = _limits(one)
    if (low is not None and (parameter.minimum is None or parameter.minimum < low)) or (
        high is not None and (parameter.maximum is None or parameter.maximum > high)
    ):
        return (
            f"{parameter.name!r} may be what {one.name} must not",
            f"limit it to {_range(low, high, one.unit)}",
        )
    return None


def _limits(one: Field) -> tuple[float | None, float | None]:
    low, high = one.minimum, one.maximum
    if one.kind in ("uint", "int") and not one.polynomial:
        least, most = integer_range(one)
        low = least if low is None else low
        high = most if high is None else high
    return low, high


def _range_problem(
    name: str, value: float, low: float | None, high: float | None, *, unit: str = ""
) -> Problem | None:
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{name} is {value:g}", f"use {_range(low, high, unit)}"
    return None


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None:
        return f"{high:g} {unit}".strip() + " or less"
    if high is None:
        return f"{low:g} {unit}".strip() + " or more"
    return f"{low:g} to {high:g} {unit}".strip()


def _list(labels: list[str]) -> str:
    return ", ".join(labels)
