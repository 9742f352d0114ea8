"""The language as JSON Schema (draft 2020-12), for editors: made from `definitions`."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Mapping
from typing import Any

from groundsys.procedures.definitions import STEP_KINDS, Procedure, Scalar, Step
from groundsys.procedures.reading import DO, fields_of, is_required, without_none

_SCALAR = {"type": ["string", "number", "boolean"]}
#: a text that YAML would take for a number or date is read as it is written
_TEXT = {"type": ["string", "number", "boolean"]}


def procedure_schema() -> dict[str, Any]:
    """The schema of a file in `procedures/`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "groundsys procedure",
        **_object(Procedure),
        "$defs": {"step": _step()},
    }


def _object(kind: type[Any], word: str = "") -> dict[str, Any]:
    fields = fields_of(kind)
    properties = {one.name: _property(one, hint) for one, hint in fields}
    required = [one.name for one, _ in fields if is_required(one)]
    if word:
        properties = {DO: {"const": word}, **properties}
        required = [DO, *required]
    return {
        "type": "object",
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _property(one: dataclasses.Field[Any], hint: Any) -> dict[str, Any]:
    return {"description": one.metadata["says"], **_type(hint, one.metadata)}


def _type(hint: Any, limits: Mapping[str, Any]) -> dict[str, Any]:
    kind = without_none(hint)
    if hint == tuple[Step, ...]:
        return {"type": "array", "items": {"$ref": "#/$defs/step"}}
    if typing.get_origin(hint) is tuple:
        (item, _) = typing.get_args(hint)
        return {"type": "array", "items": dict(_TEXT) if item is str else _object(item)}
    if typing.get_origin(hint) is typing.Literal:
        return {"enum": list(typing.get_args(hint))}
    if hint == Mapping[str, Scalar]:
        return {"type": "object", "additionalProperties": dict(_SCALAR)}
    if kind is bool:
        return {"type": "boolean"}
    if kind is float:
        found: dict[str, Any] = {"type": "number"}
        if "minimum" in limits:
            found["minimum"] = limits["minimum"]
        if "above" in limits:
            found["exclusiveMinimum"] = limits["above"]
        return found
    if kind is str:
        if "pattern" in limits:
            return {"type": "string", "pattern": limits["pattern"]}
        return dict(_TEXT)
    return dict(_SCALAR)


def _step() -> dict[str, Any]:
    """One of the kinds, chosen by `do`, so that an editor tells what that kind lacks."""
    return {
        "type": "object",
        "properties": {DO: {"enum": list(STEP_KINDS)}},
        "required": [DO],
        "allOf": [
            {
                "if": {"properties": {DO: {"const": word}}, "required": [DO]},
                "then": _object(kind, word),
            }
            for word, kind in STEP_KINDS.items()
        ],
    }
