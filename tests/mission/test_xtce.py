"""The XTCE we write, read by a decoder that is not ours, and by its own rules."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import space_packet_parser
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.ccsds.fields import decode_fields, encode_fields, engineering
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.mission import mdb_version
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.packet_model import Field, PacketDefinition
from groundsys.mission.xtce import write_xtce

_X = "{http://www.omg.org/spec/XTCE/20180204}"
_CRAFT = ("otv", "cube-polar")
_LONGEST_BINARY = 1100

Decoder = space_packet_parser.XtcePacketDefinition


@pytest.fixture(scope="session")
def files(mission: Mission, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("xtce")
    for craft in mission.spacecraft.values():
        write_xtce(craft, folder / f"{craft.id}.xml")
    return {craft: folder / f"{craft}.xml" for craft in mission.spacecraft}


@pytest.fixture(scope="session")
def decoders(files: dict[str, Path]) -> dict[str, Decoder]:
    return {
        craft: Decoder.from_xtce(files[craft], root_container_name="ccsds_packet")
        for craft in _CRAFT
    }


def _raw_values(packet: PacketDefinition) -> st.SearchStrategy[dict[str, Any]]:
    """Raw values of every field of `packet`; selectors as they must be, lengths as they are."""
    lengths = {item.length_field for item in packet.fields if item.length_field}
    strategies = {item.name: _raw_value(item) for item in packet.fields if item.name not in lengths}
    if packet.selector is not None:
        strategies[packet.selector[0]] = st.just(packet.selector[1])
    return st.fixed_dictionaries(strategies)


def _raw_value(item: Field) -> st.SearchStrategy[Any]:
    match item.kind:
        case "uint":
            return st.integers(0, (1 << item.bits) - 1)
        case "int":
            return st.integers(-(1 << (item.bits - 1)), (1 << (item.bits - 1)) - 1)
        case "enum":
            return st.sampled_from(sorted(item.enumeration))
        case "float":
            return st.floats(width=32, allow_nan=False)
        case "binary":
            if item.length_field:
                return st.binary(max_size=_LONGEST_BINARY)
            return st.binary(min_size=item.bits // 8, max_size=item.bits // 8)
    raise AssertionError(f"no packet has a field of kind {item.kind}")


def _all_packets() -> list[tuple[str, str]]:
    from groundsys.mission import load_mission

    mission = load_mission()
    return [
        (craft, packet.name)
        for craft in _CRAFT
        for packet in mission.spacecraft[craft].model.packets
    ]


@pytest.mark.parametrize(("craft", "name"), _all_packets())
def test_an_independent_decoder_reads_what_we_encode(
    mission: Mission, decoders: dict[str, Decoder], craft: str, name: str
) -> None:
    definition = mission.spacecraft[craft].model.packet(name)

    @settings(max_examples=12, deadline=None, database=None)
    @given(
        values=_raw_values(definition),
        count=st.integers(0, 16_383),
        sclk_ns=st.integers(0, ((1 << 32) - 1) * 1_000_000_000),
    )
    def agree(values: dict[str, Any], count: int, sclk_ns: int) -> None:
        body = encode_fields(definition.fields, values)
        packet = encode_tm_packet(
            TmPacket(definition.apid, count, definition.service, definition.subtype, sclk_ns, body)
        )
        _compare(decoders[craft].parse_bytes(packet), definition, packet, body)

    agree()


def _compare(read: Any, definition: PacketDefinition, packet: bytes, body: bytes) -> None:
    """The decoder's reading of `packet` against ours of its `body`, raw and engineering."""
    assert read["ccsds_apid"] == definition.apid
    assert read["ccsds_sequence_count"] == int.from_bytes(packet[2:4], "big") & 0x3FFF
    assert (read["pus_service"], read["pus_subtype"]) == (definition.service, definition.subtype)
    # the last field of all, so that nothing before it was read too long or too short
    assert read["pus_checksum"] == int.from_bytes(packet[-2:], "big")
    ours = decode_fields(definition.fields, body)
    for item in definition.fields:
        theirs = read[item.name]
        assert theirs.raw_value == ours[item.name]
        expected = engineering(item, ours[item.name])
        if isinstance(expected, float):
            assert math.isclose(theirs, expected, rel_tol=1e-9, abs_tol=1e-9)
        else:
            assert theirs == expected


def test_the_same_definitions_give_the_same_octets(
    mission: Mission, files: dict[str, Path], tmp_path: Path
) -> None:
    write_xtce(mission.spacecraft["otv"], tmp_path / "again.xml")
    assert (tmp_path / "again.xml").read_bytes() == files["otv"].read_bytes()


@pytest.mark.parametrize("craft", _CRAFT)
def test_the_header_names_the_version(mission: Mission, files: dict[str, Path], craft: str) -> None:
    root = ElementTree.parse(files[craft]).getroot()
    header = root.find(f"{_X}Header")
    assert header is not None
    assert header.get("version") == mdb_version(mission.spacecraft[craft])
    assert root.get("name") == mission.spacecraft[craft].space_system


@pytest.mark.parametrize("craft", _CRAFT)
def test_every_name_is_flat(mission: Mission, files: dict[str, Path], craft: str) -> None:
    root = ElementTree.parse(files[craft]).getroot()
    model = mission.spacecraft[craft].model
    parameters = {one.get("name") for one in root.iter(f"{_X}Parameter")}
    containers = {one.get("name") for one in root.iter(f"{_X}SequenceContainer")}
    commands = {one.get("name") for one in root.iter(f"{_X}MetaCommand")}
    assert {item.name for packet in model.packets for item in packet.fields} <= parameters
    assert {packet.name for packet in model.packets} <= containers
    assert {command.name for command in model.commands} | {"pus_command"} == commands
    assert list(root.iter(f"{_X}SpaceSystem")) == [root]


def test_a_commands_significance_and_range_are_written(files: dict[str, Path]) -> None:
    root = ElementTree.parse(files["otv"]).getroot()
    levels = {
        one.get("name"): one.find(f"{_X}DefaultSignificance").get("consequenceLevel")  # type: ignore[union-attr]
        for one in root.iter(f"{_X}MetaCommand")
    }
    assert levels["PING"] == "normal"
    assert levels["SET_MODE"] == "user1"
    assert levels["RELAY_SESSIONS_CLEAR"] == "user2"
    assert levels["SET_ATTITUDE_MODE"] == "vital"
    assert levels["SAFE_MODE"] == "critical"
    rate = root.find(f".//{_X}IntegerArgumentType[@name='SET_DOWNLINK_RATE__downlink_rate_bps']")
    assert rate is not None
    limits = rate.find(f"{_X}ValidRangeSet/{_X}ValidRange")
    assert limits is not None
    assert limits.attrib == {"minInclusive": "8000", "maxInclusive": "512000"}


def test_a_report_verifies_the_command_that_it_names(files: dict[str, Path]) -> None:
    root = ElementTree.parse(files["otv"]).getroot()
    base = root.find(f".//{_X}MetaCommand[@name='pus_command']/{_X}VerifierSet")
    assert base is not None
    assert verified_destinations(base) == {"0"}
    subtypes = {}
    for verifier in base:
        pairs = set()
        for condition in verifier.iter(f"{_X}Condition"):
            left, right = condition[0], condition[2]
            pairs.add((left.get("parameterRef"), right.get("parameterRef") or right.text))
        assert {
            ("pus_service", "1"),
            ("/yamcs/cmd/arg/apid", "request_apid"),
            ("/yamcs/cmdHist/ccsds-seqcount", "request_sequence_count"),
        } <= pairs
        subtypes[verifier.get("name")] = {v for k, v in pairs if k == "pus_subtype"}
        window = verifier.find(f"{_X}CheckWindow")
        assert window is not None
        assert window.get("timeToStopChecking") == "P1D"
    assert subtypes == {
        "Accepted": {"1"},
        "Started": {"3"},
        "Completed": {"7"},
        "Failed": {"2", "4", "8"},
    }
    failed = base.find(f"{_X}FailedVerifier/{_X}ReturnParmRef")
    assert failed is not None
    assert failed.get("parameterRef") == "failure_code"


def verified_destinations(base: ElementTree.Element) -> set[str | None]:
    """To which destinations reports must go that verify a command."""
    return {
        condition[2].text
        for condition in base.iter(f"{_X}Condition")
        if condition[0].get("parameterRef") == "pus_destination"
    }


def test_another_source_changes_header_and_verifiers_alone(
    mission: Mission, files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "otv.xml"
    write_xtce(mission.spacecraft["otv"], path, 0x1002)
    base = ElementTree.parse(path).find(f".//{_X}MetaCommand[@name='pus_command']")
    assert base is not None
    assert verified_destinations(base) == {str(0x1002)}
    before, after = (one.read_text().splitlines() for one in (files["otv"], path))
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line for line in changed if 'name="pus_source"' in line and '"1002"' in line]
    assert len(changed) == 1 + 4  # and one line a verifier


def test_alarm_limits_are_written(mission: Mission, files: dict[str, Path]) -> None:
    root = ElementTree.parse(files["otv"]).getroot()
    charge = root.find(f".//{_X}FloatParameterType[@name='eps_battery_charge']")
    assert charge is not None
    ranges = charge.find(f"{_X}DefaultAlarm/{_X}StaticAlarmRanges")
    assert ranges is not None
    found = {one.tag.removeprefix(_X): one.attrib for one in ranges}
    assert found["CriticalRange"] == {"minInclusive": "25.0"}
    mode = root.find(f".//{_X}EnumeratedParameterType[@name='obc_mode']//{_X}EnumerationAlarm")
    assert mode is not None
    assert mode.get("alarmLevel") == "critical"
