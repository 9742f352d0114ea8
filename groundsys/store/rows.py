"""Frozen values as rows: one column a field, and back without loss.

An instant becomes an integer column `<field>_ns` (TAI); text, numbers and truth values stay what
they are; everything else becomes JSON, in which octets are `{"base64": …}`.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from groundsys.values.instants import Instant

T = TypeVar("T")
Row = dict[str, Any]


def columns(kind: type[Any]) -> dict[str, type]:
    """The columns that hold a value of this dataclass, and their SQLite types."""
    return {column.name: column.sql for column in _columns(kind)}


def to_row(value: Any) -> Row:
    """The row of a dataclass instance."""
    return {
        column.name: column.write(getattr(value, column.field)) for column in _columns(type(value))
    }


def from_row(kind: type[T], row: Mapping[str, Any]) -> T:
    """The value that `to_row` made the row of."""
    return kind(**{column.field: column.read(row[column.name]) for column in _columns(kind)})


@dataclasses.dataclass(frozen=True)
class _Column:
    field: str
    name: str
    kind: Any

    @property
    def sql(self) -> type:
        if _is_instant(self.kind) or self.kind in (int, bool):
            return int
        return float if self.kind is float else str

    def write(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Instant):
            return value.tai_ns
        if self.kind in (int, bool):
            return int(value)
        return value if self.kind in (float, str) else to_json(value)

    def read(self, stored: Any) -> Any:
        if stored is None:
            return None
        if _is_instant(self.kind):
            return self.kind(stored)
        if self.kind in (int, bool, float, str):
            return self.kind(stored)
        return _rebuild(self.kind, json.loads(stored, object_hook=_octets_from_json))


def _columns(kind: type[Any]) -> tuple[_Column, ...]:
    if kind not in _known_columns:
        _known_columns[kind] = _find_columns(kind)
    return _known_columns[kind]


def _find_columns(kind: type[Any]) -> tuple[_Column, ...]:
    hints = typing.get_type_hints(kind)
    found = []
    for field in dataclasses.fields(kind):
        hint = _plain(hints[field.name])
        name = f"{field.name}_ns" if _is_instant(hint) else field.name
        found.append(_Column(field.name, name, hint))
    return tuple(found)


_known_columns: dict[type[Any], tuple[_Column, ...]] = {}


def _plain(hint: Any) -> Any:
    """The hint without `| None`; a Literal as the type of its values."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return _plain(options[0]) if len(options) == 1 else object
    if typing.get_origin(hint) is typing.Literal:
        return type(typing.get_args(hint)[0])
    return hint


def _is_instant(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Instant)


def to_json(value: Any) -> str:
    """JSON text of plain values, octets, instants, dataclasses, tuples and mappings of them."""
    return json.dumps(_jsonable(value), sort_keys=True, separators=(",", ":"))


def _jsonable(value: Any) -> Any:
    if isinstance(value, Instant):
        return value.tai_ns
    if isinstance(value, bytes | bytearray):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value


def from_json(text: str) -> Any:
    """Plain values and octets from `to_json`'s text."""
    return json.loads(text, object_hook=_octets_from_json)


def _octets_from_json(found: dict[str, Any]) -> Any:
    if set(found) == {"base64"}:
        return base64.b64decode(found["base64"])
    return found


def _rebuild(hint: Any, value: Any) -> Any:
    """Plain JSON values as the type that `hint` names."""
    hint = _plain(hint)
    if value is None:
        return None
    if _is_instant(hint):
        return hint(value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        return hint(**{name: _rebuild(hints[name], item) for name, item in value.items()})
    if typing.get_origin(hint) is tuple:
        options = typing.get_args(hint)
        if len(options) == 2 and options[1] is Ellipsis:
            return tuple(_rebuild(options[0], item) for item in value)
        return tuple(_rebuild(option, item) for option, item in zip(options, value, strict=True))
    return value
