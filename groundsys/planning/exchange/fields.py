"""Dataclasses to plain JSON values and back, driven by their fields and types alone.

A field that is added to a plan's values is written and read without a change here, if its type is
one of: text, number, truth value, instant, another dataclass, a tuple or mapping of these, or any
of them or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from groundsys.planning.exchange.times import read_utc, utc_text
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant

RecordT = TypeVar("RecordT")


def to_plain(value: Any, where: str) -> Any:
    """The value as JSON knows it; `PlanError` tells `where` stands what JSON cannot hold."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() if isfinite(value):
            return value
        case Instant():
            return utc_text(value)
        case Mapping():
            return {str(key): to_plain(value[key], f"{where}.{key}") for key in sorted(value)}
        case tuple() | list():
            return [to_plain(item, f"{where}[{number}]") for number, item in enumerate(value)]
        case _ if is_dataclass(value):
            return {
                field.name: to_plain(getattr(value, field.name), f"{where}.{field.name}")
                for field in fields(value)
            }
        case _:
            raise PlanError(
                f"{where} cannot be written",
                expected="text, a finite number, an instant, or values of these",
                found=repr(value),
            )


def read_record(kind: type[RecordT], plain: Any, where: str) -> RecordT:
    """A dataclass from a mapping of its fields; those with a default may be left out.

    `PlanError` names the field that is missing, unknown or of the wrong type, and where it stands.
    """
    if not isinstance(plain, Mapping):
        raise _mismatch(where, "a mapping of fields", plain)
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name in plain:
        if name not in known:
            raise PlanError(
                f"{where} has a field that is not known: {name}",
                expected=", ".join(known),
                found=str(name),
                remedy="remove it, or read the file with the version that wrote it",
            )
    values = {}
    for name, field in known.items():
        if name in plain:
            values[name] = read_value(hints[name], plain[name], f"{where}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise PlanError(
                f"{where} lacks the field {name}",
                expected=", ".join(known),
                found=", ".join(map(str, plain)) or "no field at all",
            )
    return kind(**values)


def read_value(kind: Any, plain: Any, where: str) -> Any:
    """A value of the given type from its plain form."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if plain is None and NoneType in get_args(kind):
            return None
        kinds = [one for one in get_args(kind) if one is not NoneType]
        if len(kinds) == 1:
            return read_value(kinds[0], plain, where)
        if type(plain) not in kinds:  # of several only scalars are told apart
            raise _mismatch(where, " or ".join(one.__name__ for one in kinds), plain)
        return plain
    if origin is Literal:
        if plain not in get_args(kind):
            raise _mismatch(where, " or ".join(map(repr, get_args(kind))), plain)
        return plain
    if origin is tuple:
        return _read_tuple(get_args(kind), plain, where)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(plain, Mapping):
            raise _mismatch(where, "a mapping", plain)
        inner = get_args(kind)[1]
        return {key: read_value(inner, item, f"{where}.{key}") for key, item in plain.items()}
    return _read_single(kind, plain, where)


def _read_single(kind: Any, plain: Any, where: str) -> Any:
    if kind is float:
        if isinstance(plain, bool) or not isinstance(plain, int | float) or not isfinite(plain):
            raise _mismatch(where, "a finite number", plain)
        return float(plain)
    if kind is int or kind is bool or kind is str:
        if type(plain) is not kind:
            names = {int: "a whole number", bool: "true or false", str: "text"}
            raise _mismatch(where, names[kind], plain)
        return plain
    if issubclass(kind, Instant):
        if not isinstance(plain, str):
            raise _mismatch(where, "a time in UTC", plain)
        return read_utc(plain, kind, where)
    return read_record(kind, plain, where)


def _read_tuple(kinds: tuple[Any, ...], plain: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(plain, list | tuple):
        raise _mismatch(where, "a list", plain)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(plain)
    if len(kinds) != len(plain):
        raise _mismatch(where, f"{len(kinds)} values", plain)
    return tuple(
        read_value(kind, item, f"{where}[{number}]")
        for number, (kind, item) in enumerate(zip(kinds, plain, strict=True))
    )


def _mismatch(where: str, expected: str, found: Any) -> PlanError:
    return PlanError(f"{where} does not fit", expected=expected, found=repr(found)[:200])
