"""Derived values and telemetry pages, as read from `telemetry/`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast, get_args

from groundsys.mission.parsing.expressions import (
    FUNCTIONS,
    Expression,
    NotArithmeticError,
    read_expression,
)
from groundsys.mission.parsing.fields import UNITS, read_alarms
from groundsys.mission.parsing.findings import Findings, note_unknown
from groundsys.mission.parsing.reading import Section, read_file
from groundsys.mission.spacecraft.packet_model import Field, SpacecraftModel
from groundsys.mission.telemetry.telemetry_model import (
    DerivedParameter,
    PageItem,
    Scope,
    Show,
    TelemetryPage,
)

_DERIVED = "derived.yaml"
_SHOWS: tuple[str, ...] = get_args(Show)
_SCOPES: tuple[str, ...] = get_args(Scope)

Models = Mapping[str, SpacecraftModel]


def read_derived(root: Path, models: Models, findings: Findings) -> tuple[DerivedParameter, ...]:
    """The derived values of `telemetry/derived.yaml`; none if there is no such file."""
    path = root / "telemetry" / _DERIVED
    file = read_file(path, root, findings) if path.is_file() else None
    if file is None:
        return ()
    sent = _fields(models)
    found: list[DerivedParameter] = []
    for section in file.sections("parameters"):
        one = _derived(section, models, sent)
        if one is None:
            continue
        if one.name in sent:
            section.note("name", f"{one.name!r} is sent by a craft", "choose another name")
        elif any(one.name == other.name for other in found):
            section.note("name", f"{one.name!r} is defined twice", "rename one")
        else:
            found.append(one)
    file.finish()
    return tuple(found)


def read_pages(
    root: Path, models: Models, derived: Collection[DerivedParameter], findings: Findings
) -> tuple[TelemetryPage, ...]:
    """The pages of `telemetry/pages/`, a file each, in the order of their file names."""
    known = _fields(models)
    numbers = {name for name, field in known.items() if not field.enumeration}
    names = {*known, *(one.name for one in derived)}
    numbers |= {one.name for one in derived}
    pages = []
    for path in sorted((root / "telemetry" / "pages").glob("*.yaml")):
        file = read_file(path, root, findings)
        if file is None:
            continue
        sections = file.sections("show")
        items = tuple(_item(section, names, numbers) for section in sections)
        if not items:
            file.note("show", "the page shows nothing", "name a parameter")
        for number, (section, item) in enumerate(zip(sections, items, strict=True)):
            if any(item.parameter == other.parameter for other in items[:number]):
                text = f"{item.parameter!r} stands twice on the page"
                section.note("parameter", text, "name it once")
        pages.append(
            TelemetryPage(
                id=path.stem,
                title=file.text("title"),
                scope=cast(Scope, file.choice("scope", _SCOPES, "craft")),
                items=items,
                description=file.text("description", ""),
            )
        )
        file.finish()
    return tuple(pages)


def _derived(
    section: Section, models: Models, sent: Mapping[str, Field]
) -> DerivedParameter | None:
    expression = _expression(section, models, sent)
    name = section.text("name")
    if name and not name.isidentifier():
        section.note("name", f"{name!r} is no plain name", "use letters, digits and _")
    unit = section.text("unit", "")
    if unit not in UNITS:
        section.note("unit", f"unknown unit {unit!r}", f"use one of {', '.join(sorted(UNITS))}")
    description = section.text("description", "")
    alarms = read_alarms(section)
    section.finish()
    if expression is None:
        return None
    return DerivedParameter(name, expression, unit, description, alarms)


def _expression(section: Section, models: Models, sent: Mapping[str, Field]) -> Expression | None:
    text = section.text("value")
    if not text:
        return None
    try:
        expression = read_expression(text)
    except NotArithmeticError as error:
        remedy = f"write numbers, parameters, + - * / and {', '.join(FUNCTIONS)}"
        section.note("value", str(error), remedy)
        return None
    place = section.place("value")
    before = len(section.findings.found)
    for name in expression.names:
        note_unknown(section.findings, place, "parameter", name, sent)
        field = sent.get(name)
        if field is not None and (field.enumeration or field.kind in ("binary", "string")):
            section.note("value", f"{name} is no number", "use parameters that are numbers")
    if not expression.names:
        section.note("value", f"{text!r} is always the same", "use a parameter in it")
    if len(section.findings.found) > before:
        return None
    made_of = DerivedParameter("", expression)
    if not any(made_of.is_of(model) for model in models.values()):
        section.note("value", f"no model sends all of {', '.join(expression.names)}",
                     "use parameters of one model")  # fmt: skip
        return None
    return expression


def _item(section: Section, names: Collection[str], numbers: Collection[str]) -> PageItem:
    parameter = section.reference("parameter", "parameter", names)
    show = section.choice("as", _SHOWS, "sparkline")
    if show == "plot" and parameter in names and parameter not in numbers:
        section.note("as", f"{parameter} is a label, which cannot be plotted", "write value")
    section.finish()
    return PageItem(parameter, cast(Show, show))


def _fields(models: Models) -> dict[str, Field]:
    return {
        field.name: field
        for model in models.values()
        for packet in model.packets
        for field in packet.fields
    }
