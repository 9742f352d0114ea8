"""Yamcs and a decoder that is not ours read the same out of packets of every kind."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import space_packet_parser

from groundsys.backend import Yamcs
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import Field, PacketDefinition
from groundsys.mission.xtce import write_xtce
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft

_LONGEST_BINARY = 1000
_CHANNELS = {"otv": "REALTIME", "cube": "TELEMETRY"}


def _kinds(craft: str) -> list[str]:
    return [packet.name for packet in load_mission().spacecraft[craft].model.packets]


@pytest.mark.parametrize("name", _kinds("otv"))
def test_every_packet_of_the_otv(
    yamcs: Yamcs, otv: Craft, now: Instant, tmp_path: Path, name: str
) -> None:
    _check(yamcs, otv, now, tmp_path, name)


@pytest.mark.parametrize("name", _kinds("cube-polar"))
def test_every_packet_of_a_cube(
    yamcs: Yamcs, cube: Craft, now: Instant, tmp_path: Path, name: str
) -> None:
    _check(yamcs, cube, now, tmp_path, name)


def _check(yamcs: Yamcs, craft: Craft, now: Instant, folder: Path, name: str) -> None:
    """Extreme and random values of every field of a kind of packet, one packet after the other."""
    spacecraft = craft.spacecraft
    definition = spacecraft.model.packet(name)
    decoder = _decoder(spacecraft, folder)
    for number, values in enumerate(_raw_values(definition)):
        packet = craft.packet(name, now.plus_seconds(number), **values)
        channel = _CHANNELS[spacecraft.model.id]
        craft.send_and_wait(yamcs, craft.frames(channel, [packet]))
        theirs = decoder.parse_bytes(packet)
        fields = {key for key in theirs if key != "ccsds_packet"}
        assert {item.name for item in definition.fields} < fields
        ours = yamcs.parameter_values(spacecraft, sorted(fields))
        assert {item.name for item in definition.fields} <= ours.keys()
        items = {item.name: item for item in definition.fields}
        for field, reading in ours.items():
            _compare(items.get(field), field, reading.value, theirs[field])
            assert abs(reading.generation.seconds_since(now) - number) < 0.0015


def _decoder(spacecraft: Spacecraft, folder: Path) -> Any:
    path = folder / f"{spacecraft.id}.xml"
    write_xtce(spacecraft, path)
    return space_packet_parser.XtcePacketDefinition.from_xtce(
        path, root_container_name="ccsds_packet"
    )


def _compare(item: Field | None, field: str, read_by_yamcs: Any, decoded: Any) -> None:
    if item is not None and item.kind == "float" and item.bits == 32:
        # Yamcs writes a float of 32 bits with as many digits as tell it from its neighbours
        assert struct.pack(">f", read_by_yamcs) == struct.pack(">f", decoded), field
    elif isinstance(read_by_yamcs, float):
        assert math.isclose(read_by_yamcs, decoded, rel_tol=1e-9, abs_tol=1e-9), field
    else:
        assert read_by_yamcs == decoded, field


def _raw_values(definition: PacketDefinition) -> Iterator[dict[str, Any]]:
    """All fields lowest, all highest, and twice at random."""
    draw = random.Random(definition.name)
    for way in ("lowest", "highest", "random", "random"):
        values: dict[str, Any] = {}
        for item in definition.fields:
            if item.kind == "binary" and not item.length_field:
                values[item.name] = draw.randbytes(item.bits // 8)
            elif item.kind == "binary":
                length = {"lowest": 0, "highest": _LONGEST_BINARY}.get(way, draw.randrange(1, 300))
                values[item.name] = draw.randbytes(length)
                values[item.length_field] = length
            elif item.name not in values:
                values[item.name] = _raw_value(item, way, draw)
        yield values


def _raw_value(item: Field, way: str, draw: random.Random) -> Any:
    if item.kind == "float":
        return {"lowest": -3.4e38, "highest": 3.4e38}.get(way, draw.uniform(-1e3, 1e3))
    if item.kind == "enum":
        choices = sorted(item.enumeration)
    elif item.kind == "int":
        half = 1 << (item.bits - 1)
        choices = [-half, draw.randrange(-half, half), half - 1]
    else:
        choices = [0, draw.getrandbits(item.bits), (1 << item.bits) - 1]
    return {"lowest": choices[0], "highest": choices[-1]}.get(way, draw.choice(choices))
