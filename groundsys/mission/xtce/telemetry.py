"""Parameters and containers: what Yamcs decodes telemetry with.

    ccsds_packet (abstract)         primary header, CCSDS 133.0-B
    └── pus_telemetry (abstract)    secondary header, ECSS-E-ST-70-41C 7.4.3
        ├── <packet>                by APID, service and subtype (and time, if it changes)
        └── <field>_of_…(abstract)  the first field of packets that it tells apart
            └── <packet>

Every packet ends with its CRC, so that each bit of it is somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from yamcs.pymdb.alarms import AlarmLevel as XtceAlarmLevel
from yamcs.pymdb.alarms import EnumerationAlarm, ThresholdAlarm
from yamcs.pymdb.calibrators import Polynomial
from yamcs.pymdb.containers import Container, ParameterEntry
from yamcs.pymdb.encodings import (
    BinaryEncoding,
    Encoding,
    FloatEncoding,
    IntegerEncoding,
    IntegerEncodingScheme,
    StringEncoding,
)
from yamcs.pymdb.expressions import (
    AndExpression,
    EqExpression,
    Expression,
    GteExpression,
    LtExpression,
)
from yamcs.pymdb.parameters import (
    BinaryParameter,
    EnumeratedParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
    StringParameter,
)
from yamcs.pymdb.systems import System

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import FlownPacket, flown_fields, flown_packets
from groundsys.mission.spacecraft.packet_model import AlarmLevel, Field

PRIMARY_HEADER = (
    ("ccsds_version", 3, "Packet version number"),
    ("ccsds_type", 1, "0 telemetry, 1 telecommand"),
    ("ccsds_secondary_header", 1, "1 when a secondary header follows"),
    ("ccsds_apid", 11, "Application process identifier"),
    ("ccsds_group_flags", 2, "3 when the packet stands alone"),
    ("ccsds_sequence_count", 14, "Sequence count of the APID"),
    ("ccsds_length", 16, "Octets after the primary header, less one"),
)
SECONDARY_HEADER = (
    ("pus_version", 4, "Version of the packet utilisation standard; 2 is PUS-C"),
    ("pus_time_reference", 4, "Status of the clock"),
    ("pus_service", 8, "Service type"),
    ("pus_subtype", 8, "Message subtype"),
    ("pus_message_count", 16, "Messages of this type so far"),
    ("pus_destination", 16, "Destination of the message"),
    ("pus_sclk_s", 32, "Spacecraft clock, whole seconds"),
    ("pus_sclk_fraction", 24, "Spacecraft clock, fraction in units of 2^-24 s"),
)
_CHECKSUM = ("pus_checksum", 16, "CRC-16 of the packet")

HEADER_NAMES = tuple(name for name, _, _ in (*PRIMARY_HEADER, *SECONDARY_HEADER, _CHECKSUM))


def add_telemetry(system: System, spacecraft: Spacecraft) -> dict[str, Parameter[Any]]:
    """Add parameters and containers of all versions; the parameters come back by name."""
    parameters = {
        name: _header_parameter(system, name, bits, description)
        for name, bits, description in (*PRIMARY_HEADER, *SECONDARY_HEADER, _CHECKSUM)
    }
    for name, item in flown_fields(spacecraft).items():
        parameters[name] = _parameter(system, replace(item, name=name))
    primary = Container(
        system,
        "ccsds_packet",
        [ParameterEntry(parameters[name]) for name, _, _ in PRIMARY_HEADER],
        abstract=True,
        short_description="Space packet (CCSDS 133.0-B)",
    )
    header = Container(
        system,
        "pus_telemetry",
        [ParameterEntry(parameters[name]) for name, _, _ in SECONDARY_HEADER],
        base=primary,
        abstract=True,
        condition=AndExpression(
            EqExpression(parameters["ccsds_type"], 0),
            EqExpression(parameters["ccsds_secondary_header"], 1),
        ),
        short_description="PUS telemetry packet (ECSS-E-ST-70-41C)",
    )
    selectors: dict[tuple[int, int, int], Container] = {}
    for packet in flown_packets(spacecraft):
        _add_packet(system, packet, header, selectors, parameters)
    return parameters


def _header_parameter(system: System, name: str, bits: int, description: str) -> Parameter[Any]:
    return IntegerParameter(
        system, name, signed=False, bits=32, short_description=description,
        encoding=integer_encoding("uint", bits),
    )  # fmt: skip


def _add_packet(
    system: System,
    flown: FlownPacket,
    header: Container,
    selectors: dict[tuple[int, int, int], Container],
    parameters: dict[str, Parameter[Any]],
) -> None:
    packet = flown.definition
    identity = (packet.apid, packet.service, packet.subtype)
    of_identity = AndExpression(
        EqExpression(parameters["ccsds_apid"], packet.apid),
        EqExpression(parameters["pus_service"], packet.service),
        EqExpression(parameters["pus_subtype"], packet.subtype),
    )
    names = flown.parameters
    base: Container = header
    condition: Expression = of_identity
    if packet.selector is not None:
        field, value = packet.selector
        if identity not in selectors:
            selectors[identity] = Container(
                system,
                f"{field}_of_{packet.apid}_{packet.service}_{packet.subtype}",
                [ParameterEntry(parameters[field])],
                base=header,
                abstract=True,
                condition=of_identity,
                short_description=f"Packets told apart by {field}",
            )
        base, condition = selectors[identity], EqExpression(parameters[field], value)
        names = names[1:]
    Container(
        system,
        flown.name,
        [ParameterEntry(parameters[name]) for name in (*names, _CHECKSUM[0])],
        base=base,
        condition=_while_flown(flown, condition, parameters["pus_sclk_s"]),
        short_description=packet.description or None,
        hint_partition=True,
    )


def _while_flown(flown: FlownPacket, condition: Expression, clock: Parameter[Any]) -> Expression:
    """`condition`, and that the packet's clock shows a time at which the definition holds."""
    within: list[Expression] = []
    if flown.since_sclk_s is not None:
        within.append(GteExpression(clock, flown.since_sclk_s))
    if flown.until_sclk_s is not None:
        within.append(LtExpression(clock, flown.until_sclk_s))
    return AndExpression(condition, *within) if within else condition


def integer_encoding(kind: str, bits: int) -> IntegerEncoding:
    """Big-endian, two's complement where signed."""
    signed = kind == "int"
    scheme = IntegerEncodingScheme.TWOS_COMPLEMENT if signed else IntegerEncodingScheme.UNSIGNED
    return IntegerEncoding(bits=bits, scheme=scheme)


def encoding_of(item: Field) -> Encoding:
    """How a field lies in a packet; the length of one with `length_field` is set later."""
    match item.kind:
        case "float":
            return FloatEncoding(bits=item.bits)
        case "binary":
            return BinaryEncoding(bits=None if item.length_field else item.bits)
        case "string":
            return StringEncoding(bits=item.bits)
        case _:
            return integer_encoding(item.kind, item.bits)


def choices_of(item: Field) -> list[tuple[int, str]]:
    """An enumeration as pymdb wants it."""
    return sorted(item.enumeration.items())


def whole_bits(item: Field) -> int:
    """Size of the engineering value of an integer field: 32 or 64 bits."""
    return 64 if item.bits > 32 else 32


def _parameter(system: System, item: Field) -> Parameter[Any]:
    description = item.description or None
    unit = item.unit or None
    encoding = encoding_of(item)
    if item.kind == "enum":
        levels = {label: _level(level) for label, level in item.alarm_labels.items()}
        return EnumeratedParameter(
            system, item.name, choices_of(item), short_description=description, units=unit,
            encoding=encoding, alarm=EnumerationAlarm(levels) if levels else None,
        )  # fmt: skip
    if item.kind == "binary":
        return BinaryParameter(
            system, item.name, short_description=description, units=unit, encoding=encoding
        )
    if item.kind == "string":
        return StringParameter(
            system, item.name, short_description=description, units=unit, encoding=encoding
        )
    alarm = _threshold_alarm(item)
    if item.kind == "float" or item.polynomial:
        bits = cast(Literal[32, 64], item.bits if item.kind == "float" else 64)
        return FloatParameter(
            system, item.name, bits=bits,
            short_description=description, units=unit, encoding=encoding, alarm=alarm,
            calibrator=Polynomial(list(item.polynomial)) if item.polynomial else None,
        )  # fmt: skip
    return IntegerParameter(
        system, item.name, signed=item.kind == "int", bits=whole_bits(item),
        short_description=description, units=unit, encoding=encoding, alarm=alarm,
    )  # fmt: skip


def _threshold_alarm(item: Field) -> ThresholdAlarm | None:
    if not item.alarms:
        return None
    whole = item.kind in ("uint", "int") and not item.polynomial
    limits: dict[str, float] = {}
    for alarm in item.alarms:
        for side, value in (("low", alarm.minimum), ("high", alarm.maximum)):
            if value is not None:
                limits[f"{alarm.level}_{side}"] = int(value) if whole else value
    threshold = ThresholdAlarm()
    for name, value in limits.items():
        setattr(threshold, name, value)
    return threshold


def _level(level: AlarmLevel) -> XtceAlarmLevel:
    return XtceAlarmLevel[level.upper()]


def sized_by_field(items: Sequence[Field]) -> dict[str, str]:
    """Fields whose length another field carries: name to name."""
    return {item.name: item.length_field for item in items if item.length_field}
