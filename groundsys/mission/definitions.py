"""Fields, packets, commands and spacecraft models, as read from `models/` and `payloads/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast, get_args

from groundsys.mission.model import (
    AlarmLevel,
    AlarmRange,
    CommandDefinition,
    Field,
    FieldKind,
    PacketDefinition,
    Significance,
    SpacecraftModel,
)
from groundsys.mission.reading import Findings, Place, Section, note_unknown, read_file

Enumerations = Mapping[str, Mapping[int, str]]

_KINDS: tuple[str, ...] = get_args(FieldKind)
_LEVELS: tuple[str, ...] = get_args(AlarmLevel)
_SIGNIFICANCES: tuple[str, ...] = get_args(Significance)

#: Units that may stand in a definition: SI, and what operators of spacecraft use beside it.
UNITS = frozenset(
    ("", "%", "A", "B", "Hz", "K", "Pa", "V", "W", "W/m2", "bit/s", "dB", "dBHz", "deg", "deg/s",
     "degC", "kg", "m", "m/s", "rpm", "s")
)  # fmt: skip

#: APIDs that CCSDS 133.0-B leaves to users; 2047 is the idle packet.
_MAXIMUM_APID = 2039


def read_models(root: Path, findings: Findings) -> dict[str, SpacecraftModel]:
    """Every model of `models/`: a folder with a `model.yaml`, its own packets and commands, and
    those of the folders that it extends."""
    models: dict[str, SpacecraftModel] = {}
    for path in sorted((root / "models").glob("*/model.yaml")):
        header = read_file(path, root, findings)
        if header is None:
            continue
        model_id = header.text("id")
        version = header.text("version")
        if model_id != path.parent.name:
            header.note(
                "id", f"id is {model_id!r} in folder {path.parent.name!r}", "name them alike"
            )
        folders = [
            name
            for name, place in header.texts("extends", optional=True)
            if _is_folder(root, name, place, findings)
        ]
        header.finish()
        packets, packet_places = _read_packets(root, [*folders, path.parent.name], findings)
        commands = _read_commands(root, [*folders, path.parent.name], findings)
        _check_shared_fields(packets, packet_places, findings)
        models[model_id] = SpacecraftModel(model_id, packets, commands, version)
    if not models:
        findings.add(Place("models", 1), "models holds no model.yaml", "add models/<id>/model.yaml")
    return models


def _is_folder(root: Path, name: str, place: Place, findings: Findings) -> bool:
    if (root / "models" / name).is_dir():
        return True
    findings.add(place, f"models/{name} is no folder", "name a folder beside this one")
    return False


def _read_packets(
    root: Path, folders: list[str], findings: Findings
) -> tuple[tuple[PacketDefinition, ...], list[Section]]:
    packets: list[PacketDefinition] = []
    sections: list[Section] = []
    identities: dict[tuple[object, ...], str] = {}
    for folder in folders:
        file = read_file(root / "models" / folder / "telemetry.yaml", root, findings)
        if file is None:
            continue
        enumerations = read_enumerations(file)
        for section in file.sections("packets"):
            packet = _read_packet(section, enumerations)
            if any(packet.name == other.name for other in packets):
                section.note("name", f"packet {packet.name!r} is defined twice", "rename one")
            identity = (packet.apid, packet.service, packet.subtype, packet.selector)
            if identity in identities:
                section.note(
                    "name",
                    f"packet {packet.name!r} cannot be told from {identities[identity]!r}: "
                    f"both are APID {packet.apid}, service {packet.service}, "
                    f"subtype {packet.subtype}",
                    "give one of them another subtype or selector",
                )
            identities.setdefault(identity, packet.name)
            packets.append(packet)
            sections.append(section)
        file.finish()
    return tuple(packets), sections


def _read_packet(section: Section, enumerations: Enumerations) -> PacketDefinition:
    fields = read_fields(section.sections("fields"), enumerations)
    packet = PacketDefinition(
        name=section.text("name"),
        apid=section.integer("apid", minimum=1, maximum=_MAXIMUM_APID),
        service=section.integer("service", minimum=1, maximum=255),
        subtype=section.integer("subtype", minimum=1, maximum=255),
        fields=fields,
        description=section.text("description", ""),
        period_s=section.number("period_s", 0.0, minimum=0),
        selector=_read_selector(section, fields),
    )
    bits = sum(item.bits for item in fields if not item.length_field)
    if bits % 8:
        section.note("fields", f"fields of {packet.name} take {bits} bits", "fill the last byte")
    section.finish()
    return packet


def _read_selector(section: Section, fields: tuple[Field, ...]) -> tuple[str, int] | None:
    if "selector" not in section:
        return None
    selector = section.section("selector")
    keys = selector.names
    if len(keys) != 1:
        section.note("selector", "selector should name one field", "write {field: raw value}")
        return None
    names = [item.name for item in fields]
    note_unknown(section.findings, section.place("selector"), "field", keys[0], names)
    if names and keys[0] in names and keys[0] != names[0]:
        section.note("selector", f"selector {keys[0]!r} is not the first field", "put it first")
    return keys[0], selector.integer(keys[0], minimum=0)


def _read_commands(
    root: Path, folders: list[str], findings: Findings
) -> tuple[CommandDefinition, ...]:
    commands: list[CommandDefinition] = []
    identities: dict[tuple[int, int, int, int], str] = {}
    for folder in folders:
        file = read_file(root / "models" / folder / "commands.yaml", root, findings)
        if file is None:
            continue
        enumerations = read_enumerations(file)
        for section in file.sections("commands"):
            command = _read_command(section, enumerations)
            if any(command.name == other.name for other in commands):
                section.note("name", f"command {command.name!r} is defined twice", "rename one")
            identity = (command.apid, command.service, command.subtype, command.function)
            if identity in identities:
                section.note(
                    "function",
                    f"function {command.function} of service {command.service} is already "
                    f"{identities[identity]!r}",
                    "use a free number",
                )
            identities.setdefault(identity, command.name)
            commands.append(command)
        file.finish()
    return tuple(commands)


def _read_command(section: Section, enumerations: Enumerations) -> CommandDefinition:
    significance = section.choice("significance", _SIGNIFICANCES, "none")
    command = CommandDefinition(
        name=section.text("name"),
        apid=section.integer("apid", minimum=1, maximum=_MAXIMUM_APID),
        service=section.integer("service", minimum=1, maximum=255),
        subtype=section.integer("subtype", minimum=1, maximum=255),
        function=section.integer("function", minimum=0, maximum=255),
        arguments=read_fields(section.sections("arguments"), enumerations),
        description=section.text("description", ""),
        significance=cast(Significance, significance),
        significance_reason=section.text("significance_reason", ""),
    )
    if significance != "none" and not command.significance_reason:
        section.note(
            "significance", f"{command.name} is {significance} without a reason",
            "add significance_reason",
        )  # fmt: skip
    bits = sum(item.bits for item in command.arguments if not item.length_field)
    if bits % 8:
        section.note("arguments", f"arguments take {bits} bits", "fill the last byte")
    section.finish()
    return command


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
        alarms=_read_alarms(section),
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


def _read_alarms(section: Section) -> tuple[AlarmRange, ...]:
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


def _check_shared_fields(
    packets: tuple[PacketDefinition, ...], sections: list[Section], findings: Findings
) -> None:
    """A name used in several packets is one parameter: its definitions must be alike."""
    seen: dict[str, tuple[Field, str]] = {}
    for packet, section in zip(packets, sections, strict=True):
        for item in packet.fields:
            first, owner = seen.setdefault(item.name, (item, packet.name))
            if first != item:
                section.note(
                    "fields",
                    f"field {item.name!r} of {packet.name} differs from that of {owner}",
                    "define it alike or rename one",
                )


def enumeration_raw(item: Field, label: Any) -> int | None:
    """The raw value of an enumeration's label, or None when it has no such label."""
    return next((raw for raw, text in item.enumeration.items() if text == label), None)
