"""Spacecraft models: packets and commands, as read from `models/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from groundsys.mission.parsing.fields import Enumerations, read_enumerations, read_fields
from groundsys.mission.parsing.findings import Findings, Place, note_unknown
from groundsys.mission.parsing.reading import Section, read_file
from groundsys.mission.spacecraft.flown_versions import plain_name
from groundsys.mission.spacecraft.packet_model import (
    CommandDefinition,
    Field,
    PacketDefinition,
    Significance,
    SpacecraftModel,
)

_SIGNIFICANCES: tuple[str, ...] = get_args(Significance)

#: APIDs that CCSDS 133.0-B leaves to users; 2047 is the idle packet.
_MAXIMUM_APID = 2039

#: Packet headers have parameters of their own, named so.
_RESERVED_PREFIXES = ("ccsds_", "pus_")

_VERIFICATION = ("request_apid", "request_sequence_count")
_FAILED_VERIFICATION = (*_VERIFICATION, "failure_code")

#: What the ground follows commands and clocks with: packet, (service, subtype) and fields.
_REQUIRED_PACKETS = (
    ("ACCEPTANCE_SUCCESS", (1, 1), _VERIFICATION),
    ("ACCEPTANCE_FAILURE", (1, 2), _FAILED_VERIFICATION),
    ("START_SUCCESS", (1, 3), _VERIFICATION),
    ("START_FAILURE", (1, 4), _FAILED_VERIFICATION),
    ("COMPLETION_SUCCESS", (1, 7), _VERIFICATION),
    ("COMPLETION_FAILURE", (1, 8), _FAILED_VERIFICATION),
    ("TIME_REPORT", (9, 2), ("time_report_sclk_s", "time_report_sclk_fraction")),
)


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
        periods = _read_periods(header.optional_section("periods"))
        header.finish()
        packets, packet_places = _read_packets(root, [*folders, path.parent.name], findings)
        commands = _read_commands(root, [*folders, path.parent.name], findings)
        for name in periods:
            names = [packet.name for packet in packets]
            note_unknown(findings, header.place("periods"), "packet", name, names)
        packets = tuple(
            replace(packet, period_s=periods.get(packet.name, packet.period_s))
            for packet in packets
        )
        _check_shared_fields(packets, packet_places)
        _check_required(header, packets)
        models[model_id] = SpacecraftModel(model_id, packets, commands, version, tuple(folders))
    if not models:
        findings.add(Place("models", 1), "models holds no model.yaml", "add models/<id>/model.yaml")
    return models


def _read_periods(section: Section) -> dict[str, float]:
    """By packet: how often this model makes it, whatever the folders that it extends say."""
    periods = {name: section.number(name, minimum=0) for name in section.names}
    section.finish()
    return periods


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
    for item in fields:
        if item.name.startswith(_RESERVED_PREFIXES):
            section.note("fields", f"{item.name!r} reads like a header field", "rename it")
    for name in (packet.name, *(item.name for item in fields)):
        if plain_name(name) != name:
            text = f"{name!r} reads like a later version's definition in Yamcs"
            section.note("name", text, "let it not end in two underscores and a number")
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
        payload=section.truth("payload", False),
        releases=section.text("releases", ""),
    )
    if command.releases:
        names = [item.name for item in command.arguments]
        place = section.place("releases")
        note_unknown(section.findings, place, "argument", command.releases, names)
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


def _check_shared_fields(
    packets: tuple[PacketDefinition, ...], sections: Sequence[Section]
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


def _check_required(header: Section, packets: Sequence[PacketDefinition]) -> None:
    by_name = {packet.name: packet for packet in packets}
    for name, (service, subtype), fields in _REQUIRED_PACKETS:
        packet = by_name.get(name)
        if packet is None:
            header.note(
                "id", f"the model has no packet {name}",
                f"define service {service}, subtype {subtype}, or extend common",
            )  # fmt: skip
        elif (packet.service, packet.subtype) != (service, subtype) or tuple(
            item.name for item in packet.fields
        ) != fields:
            header.note(
                "id", f"packet {name} is not as the ground reads it",
                f"make it service {service}, subtype {subtype} with {', '.join(fields)}",
            )  # fmt: skip
