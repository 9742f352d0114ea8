"""Fields of packets, commands and payload records, as read from definition files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import cast, get_args

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.packet_model import AlarmLevel, AlarmRange, Field, FieldKind

Enumerations = Mapping[str, Mapping[int, str]]

_KINDS: tuple[str, ...] = get_args(FieldKind)
_LEVELS: tuple[str, ...] = get_args(AlarmLevel)

#: Units that may stand in a definition: SI, and what operators of spacecraft use beside it.
UNITS = frozenset(
    ("", "%", "A", "B", "Hz", "K", "Pa", "V", "W", "W/m2", "bit/s", "dB", "dBHz", "deg", "deg/s",
     "degC", "kg", "m", "m/s", "m/s2", "nT", "rpm", "s")
)  # fmt: skip


def read_enumerations(file: Section) -> Enumerations:
    """The named enumerations of one file: raw value to label."""
    enumerations: dict[str, Mapping[int, str]] = {}
    section = file.optional_section("enumerations")
    for name in section.names:
        labels = section.section(name)
        entries: dict[int, str] = {}
        for key in labels.names:
            label = labels.text(key)
            if not key.isdecimal():
                labels.note(key, f"raw value {key!r} of {name} is no whole number")
                continue
            if label in entries.values():
                labels.note(key, f"label {label!r} stands twice in {name}", "use each label once")
            entries[int(key)] = label
        enumerations[name] = entries
    return enumerations


def read_fields(sections: list[Section], enumerations: Enumerations) -> tuple[Field, ...]:
    """The fields of one packet, command or payload record, in order."""
    fields: list[Field] = []
    for section in sections:
        item = _read_field(section, enumerations)
        if any(item.name == other.name for other in fields):
            section.note("name", f"field {item.name!r} stands twice", "rename one")
        if item.length_field:
            length = next((other for other in fields if other.name == item.length_field), None)
            if length is None or length.kind != "uint":
                section.note(
                    "length_field",
                    f"{item.length_field!r} is no unsigned field before {item.name!r}",
                    "name an earlier uint field",
                )
        fields.append(item)
    return tuple(fields)


def _read_field(section: Section, enumerations: Enumerations) -> Field:
    name = section.text("name")
    kind = cast(FieldKind, section.choice("kind", _KINDS))
    length_field = section.text("length_field", "")
    bits = section.integer("bits", 0 if length_field else None, minimum=0, maximum=65_536)
    unit = section.text("unit", "")
    if unit not in UNITS:
        section.note("unit", f"unknown unit {unit!r}", f"use one of {', '.join(sorted(UNITS))}")
    item = Field(
        name=name,
        kind=kind,
        bits=bits,
        unit=unit,
        description=section.text("description", ""),
        polynomial=section.numbers("polynomial", ()),
        enumeration=_read_enumeration(section, kind, bits, enumerations),
        alarms=read_alarms(section),
        length_field=length_field,
        minimum=_optional_number(section, "minimum"),
        maximum=_optional_number(section, "maximum"),
        default=section.plain("default"),
    )
    item = replace(item, alarm_labels=_read_alarm_labels(section, item))
    if not name.isidentifier():
        section.note("name", f"{name!r} is no plain name", "use letters, digits and underscores")
    _check_bits(section, item)
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        section.note("minimum", f"minimum {item.minimum:g} is above maximum {item.maximum:g}")
    if item.polynomial and kind not in ("uint", "int", "float"):
        section.note("polynomial", f"a field of kind {kind} takes no polynomial", "remove it")
    section.finish()
    return item


def _optional_number(section: Section, key: str) -> float | None:
    return section.number(key) if key in section else None


def _check_bits(section: Section, item: Field) -> None:
    if item.length_field:
        if item.kind != "binary":
            section.note("length_field", f"a field of kind {item.kind} takes no length_field")
        if item.bits:
            section.note("bits", "bits beside length_field", "leave one of them out")
        return
    bits = item.bits
    match item.kind:
        case "uint" | "int" | "enum":
            right = 1 <= bits <= 64
            remedy = "use 1 to 64 bits"
        case "float":
            right = bits in (32, 64)
            remedy = "use 32 or 64 bits"
        case _:
            right = bits > 0 and bits % 8 == 0
            remedy = "use whole bytes"
    if not right and "bits" in section:
        section.note("bits", f"{item.name!r} has {bits} bits", remedy)
    if right and item.kind in ("uint", "int") and not item.polynomial:
        low, high = integer_range(item)
        for key, value in (("minimum", item.minimum), ("maximum", item.maximum)):
            if value is not None and not low <= value <= high:
                section.note(key, f"{key} {value:g} does not fit {bits} bits", f"{low} to {high}")


def integer_range(item: Field) -> tuple[int, int]:
    """The least and greatest raw value of an integer field."""
    if item.kind == "int":
        return -(1 << (item.bits - 1)), (1 << (item.bits - 1)) - 1
    return 0, (1 << item.bits) - 1


def _read_enumeration(
    section: Section, kind: FieldKind, bits: int, enumerations: Enumerations
) -> Mapping[int, str]:
    if kind != "enum":
        if "enumeration" in section:
            section.text("enumeration")
            section.note("enumeration", f"a field of kind {kind} takes no enumeration")
        return {}
    name = section.reference("enumeration", "enumeration", enumerations)
    labels = enumerations.get(name, {})
    if bits and any(raw >= 1 << bits for raw in labels):
        section.note("bits", f"enumeration {name!r} does not fit {bits} bits", "use more bits")
    return labels


def read_alarms(section: Section) -> tuple[AlarmRange, ...]:
    """The limits under `alarms`, none if there are none."""
    alarms: list[AlarmRange] = []
    for entry in section.sections("alarms", optional=True):
        level = cast(AlarmLevel, entry.choice("level", _LEVELS))
        minimum = _optional_number(entry, "minimum")
        maximum = _optional_number(entry, "maximum")
        if minimum is None and maximum is None:
            entry.note("level", "an alarm without minimum and maximum", "add one of them")
        if minimum is not None and maximum is not None and minimum >= maximum:
            entry.note("minimum", f"minimum {minimum:g} is not below maximum {maximum:g}")
        if any(level == other.level for other in alarms):
            entry.note("level", f"level {level!r} stands twice", "one range a level")
        entry.finish()
        alarms.append(AlarmRange(level, minimum, maximum))
    _check_alarm_order(section, alarms)
    return tuple(alarms)


def _check_alarm_order(section: Section, alarms: list[AlarmRange]) -> None:
    by_severity = sorted(alarms, key=lambda alarm: _LEVELS.index(alarm.level))
    for mild, grave in pairwise(by_severity):
        low = (mild.minimum, grave.minimum)
        high = (mild.maximum, grave.maximum)
        if (low[0] is not None and low[1] is not None and low[1] > low[0]) or (
            high[0] is not None and high[1] is not None and high[1] < high[0]
        ):
            section.note(
                "alarms", f"{grave.level} is reached before {mild.level}",
                "let the graver range be the wider one",
            )  # fmt: skip


def _read_alarm_labels(section: Section, item: Field) -> Mapping[str, AlarmLevel]:
    labels: dict[str, AlarmLevel] = {}
    entries = section.optional_section("alarm_labels")
    for label in entries.names:
        note_unknown(
            section.findings, entries.place(label), "label", label, set(item.enumeration.values())
        )
        labels[label] = cast(AlarmLevel, entries.choice(label, _LEVELS))
    return labels
