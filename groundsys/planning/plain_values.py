"""Planning's frozen values as plain maps, lists, texts and numbers, and back without loss.

An instant is UTC text with nine decimals, which people read and machines lose nothing of.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from groundsys.values.errors import DefinitionError
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """`value` as JSON can hold it; dataclasses become maps of their fields."""
    if isinstance(value, Instant):
        return instant_text(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, frozenset | set):
        return sorted(to_plain(one) for one in value)
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of dataclass `kind` that `to_plain` wrote; fields with a default may be absent.

    Anything else raises `DefinitionError`.
    """
    try:
        return typing.cast(T, _rebuilt(kind, plain))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(
            f"these data are no {kind.__name__}", found=f"{type(error).__name__}: {error}"
        ) from error


def instant_text(instant: Instant) -> str:
    """ISO 8601 UTC to the nanosecond."""
    return f"{instant.utc_iso(0)[:-1]}.{instant.tai_ns % NANOSECONDS_PER_SECOND:09d}Z"


def _rebuilt(kind: Any, plain: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if plain is None:
            return None
        return _rebuilt(next(one for one in arguments if one is not types.NoneType), plain)
    if origin is tuple:
        return tuple(_rebuilt(arguments[0], one) for one in plain)
    if origin is frozenset:
        return frozenset(_rebuilt(arguments[0], one) for one in plain)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _rebuilt(arguments[1], one) for key, one in plain.items()}
    if isinstance(kind, type) and issubclass(kind, Instant):
        return _instant(kind, plain)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: _rebuilt(hints[name], one) for name, one in plain.items()})
    if kind in (int, float, str, bool):
        return kind(plain)
    return plain


def _instant(kind: type[Instant], text: str) -> Instant:
    whole, _, decimals = text.removesuffix("Z").partition(".")
    instant = kind.from_utc_iso(f"{whole}Z")
    return kind(instant.tai_ns + int(f"{decimals:0<9}"[:9]))
