"""Procedures read from YAML by the fields of `definitions`, all findings at once."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from typing import Any, cast

from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.parsing.reading import Section, read_text
from groundsys.procedures.definitions import STEP_KINDS, Procedure, Scalar, Source, Step

#: the key that says what a step does
DO = "do"


def read_procedure(text: str, file: str, findings: Findings) -> Procedure | None:
    """The procedure in a file's text; None if it is no mapping in YAML.

    Findings tell what is wrong with its form; what it means is checked by `checking`.
    """
    section = read_text(text, file, findings)
    return None if section is None else cast(Procedure, _read(Procedure, section))


def fields_of(kind: type[Any]) -> list[tuple[dataclasses.Field[Any], Any]]:
    """The fields that a file may state, with their types."""
    hints = typing.get_type_hints(kind)
    return [
        (one, hints[one.name])
        for one in dataclasses.fields(kind)
        if not one.metadata.get("internal")
    ]


def is_required(one: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return one.default is missing and one.default_factory is missing


def default_of(one: dataclasses.Field[Any]) -> Any:
    """What a field is if the file does not state it."""
    missing = dataclasses.MISSING
    return one.default_factory() if one.default_factory is not missing else one.default


def _read(kind: type[Any], section: Section) -> Any:
    values: dict[str, Any] = {}
    keys = {name: section.place(name).line for name in section.names}
    for one, hint in fields_of(kind):
        if one.name not in section and not is_required(one):
            values[one.name] = default_of(one)
            continue
        values[one.name] = _value(section, one, hint)
        if hint == Mapping[str, Scalar] and isinstance(section.plain(one.name), dict):
            inner = section.section(one.name)
            keys |= {f"{one.name}.{name}": inner.place(name).line for name in inner.names}
    section.finish()
    source = Source(section.here.file, section.here.line, keys)
    return kind(**values, source=source)


def _value(section: Section, one: dataclasses.Field[Any], hint: Any) -> Any:
    name, limits = one.name, one.metadata
    kind = without_none(hint)
    if hint == tuple[Step, ...]:
        return tuple(filter(None, (_read_step(inner) for inner in section.sections(name))))
    if typing.get_origin(hint) is tuple:
        (item, _) = typing.get_args(hint)
        if item is str:
            return tuple(text for text, _ in section.texts(name))
        return tuple(_read(item, inner) for inner in section.sections(name))
    if typing.get_origin(hint) is typing.Literal:
        return section.choice(name, typing.get_args(hint))
    if hint == Mapping[str, Scalar]:
        inner = section.section(name)
        return {key: _scalar(inner, key) for key in inner.names}
    if kind is bool:
        return _flag(section, name)
    if kind is float:
        return section.number(name, minimum=limits.get("minimum"), above=limits.get("above"))
    if kind is str:
        return _text(section, name, limits.get("pattern"))
    return _scalar(section, name)


def without_none(hint: Any) -> Any:
    """A type without `| None`; a union of several types stays one."""
    if isinstance(hint, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return options[0] if len(options) == 1 else Scalar
    return hint


def _text(section: Section, name: str, pattern: str | None) -> str:
    text = section.text(name)
    if text and pattern and not re.match(pattern, text):
        section.note(name, f"{name} is {text!r}", "use small letters, digits, - and _")
    return text


def _flag(section: Section, name: str) -> bool:
    found = section.plain(name)
    if not isinstance(found, bool):
        section.note(name, f"{name} is {found!r}", "write true or false")
    return found is True


def _scalar(section: Section, name: str) -> Scalar:
    found = section.plain(name)
    if isinstance(found, bool | int | float | str):
        return found
    section.note(name, f"{name} should be a text, a number, true or false")
    return ""


def _read_step(section: Section) -> Step | None:
    word = section.text(DO)
    if word not in STEP_KINDS:
        if word:
            note_unknown(section.findings, section.place(DO), "kind of step", word, STEP_KINDS)
        return None
    return cast(Step, _read(STEP_KINDS[word], section))
