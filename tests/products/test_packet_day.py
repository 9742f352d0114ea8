"""Level 0 of packets: nothing changed, in order, every gap told, and readable by others."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import space_packet_parser
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.fields import encode_fields
from groundsys.ccsds.space_packets import TmPacket, decode_tm_packet, encode_tm_packet
from groundsys.mission import load_mission
from groundsys.mission.xtce import write_xtce
from groundsys.products.packet_day import (
    build_packet_day,
    in_order,
    packet_gaps,
    packet_octets,
)
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
MISSION = load_mission()
CUBE = MISSION.spacecraft["cube-polar"]


def archived(apid: int, count: int, second: float, name: str = "THERMAL") -> ArchivedPacket:
    """A packet of the cube's, its fields zero but for the first, and archived an hour later."""
    made = NOON.plus_seconds(second)
    definition = CUBE.model.packet(name)
    values = {one.name: b"" if one.kind == "binary" else 0 for one in definition.fields}
    if definition.selector is not None:
        values[definition.selector[0]] = definition.selector[1]
    sclk_ns = made.tai_ns - CUBE.sclk_epoch.tai_ns
    octets = encode_tm_packet(
        TmPacket(
            *(apid, count % 16384, definition.service, definition.subtype, sclk_ns),
            encode_fields(definition.fields, values),
        )
    )
    return ArchivedPacket(name, made, apid, count % 16384, made.plus_seconds(3600), octets)


@given(
    st.sets(st.integers(0, 120), min_size=1),
    st.integers(0, 16383),
    st.randoms(use_true_random=False),
)
def test_what_is_there_and_what_is_told_to_lack_is_everything(
    there: set[int], first: int, draw: object
) -> None:
    packets = [archived(apid, first + n, n) for n in there for apid in (1, 3)]
    shuffled = [*packets, *packets[:3]]  # some were read twice
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    ordered = in_order(shuffled)
    stamps = [(one.generation, one.apid) for one in ordered]
    assert stamps == sorted(stamps)
    assert sorted(one.binary for one in ordered) == sorted(one.binary for one in packets)
    missing = {
        (gap.apid, (gap.first_missing + n) % 16384)
        for gap in packet_gaps(ordered)
        for n in range(gap.missing or 0)
    }
    lacking = set(range(min(there), max(there) + 1)) - there
    assert missing == {(apid, (first + n) % 16384) for n in lacking for apid in (1, 3)}
    for gap in packet_gaps(ordered):
        assert gap.missing is not None
        assert (gap.last_missing - gap.first_missing) % 16384 + 1 == gap.missing


def test_a_count_that_goes_back_is_told_as_such() -> None:
    """A craft that has started anew counts anew: what lacks in between nobody can tell."""
    [gap] = packet_gaps([archived(1, 1_000, 0), archived(1, 0, 60)])
    assert (gap.apid, gap.missing, gap.last_missing) == (1, None, 16383)


def test_another_reader_finds_every_packet_by_the_mission_s_xtce(tmp_path: Path) -> None:
    kinds = [one for one in CUBE.model.packets if one.name in ("THERMAL", "TIME_REPORT", "COMM")]
    assert len(kinds) >= 2
    counts = {one.apid: itertools.count(16_380) for one in kinds}
    packets = in_order(
        archived(kind.apid, next(counts[kind.apid]), number, kind.name)
        for number, kind in enumerate(kinds * 5)
    )
    lost = packets.pop(4)
    customer = MISSION.customers["polar-weather"]
    [file, manifest] = build_packet_day(
        *(packets, "20310820", customer, CUBE),
        version=1,
        previous_manifest="",
        frames=(),
        mdb_version="cube 1",
        software_version="1",
    )
    assert file.octets == packet_octets(packets) == b"".join(p.binary for p in packets)
    write_xtce(CUBE, tmp_path / "cube.xml")
    definition = space_packet_parser.XtcePacketDefinition.from_xtce(
        tmp_path / "cube.xml", root_container_name="ccsds_packet"
    )
    with io.BytesIO(file.octets) as stream:
        read = [bytes(octets) for octets in space_packet_parser.ccsds_generator(stream)]
    assert read == [packet.binary for packet in packets]
    for octets, packet in zip(read, packets, strict=True):
        values = definition.parse_bytes(octets)
        names = {field.name for field in CUBE.model.packet(packet.name).fields}
        assert names <= set(values)
        assert decode_tm_packet(octets).sequence_count == packet.sequence_count
    told = json.loads(manifest.octets)
    assert [(gap["apid"], gap["first_missing"], gap["missing"]) for gap in told["gaps"]] == [
        (lost.apid, lost.sequence_count, 1)
    ]
    assert sum(one["packets"] for one in told["packets"]) == len(packets)
    assert told["files"][0]["sha256"] == file.sha256
