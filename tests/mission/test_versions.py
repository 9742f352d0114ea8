"""A craft's software may change in flight: what its file may say, and what it must not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission import check_mission, load_mission
from groundsys.mission.spacecraft.craft_model import LaterModel, Spacecraft
from groundsys.mission.spacecraft.flown_versions import flown_packets, plain_name, sclk_second
from groundsys.mission.spacecraft.packet_model import Field, PacketDefinition
from groundsys.values.instants import Instant
from tests.mission.conftest import Definitions

CUBE = "spacecraft/cube-polar.yaml"
TELEMETRY = "models/cube-2/telemetry.yaml"
COMMANDS = "models/cube-2/commands.yaml"
CHANGE = "2031-08-20T12:00:00Z"
THERMISTOR = "polynomial: [-140.0, 0.055, 1.0e-6]"


@pytest.fixture
def changing(definitions: Definitions) -> Definitions:
    """Definitions in which cube-polar's software is updated at noon; nothing is wrong in them."""
    models = definitions.root / "models"
    shutil.copytree(models / "cube", models / "cube-2")
    definitions.replace("models/cube-2/model.yaml", "id: cube", "id: cube-2")
    definitions.replace(TELEMETRY, THERMISTOR, "polynomial: [-138.5, 0.055, 1.0e-6]")
    later = f"model: cube\nlater_models: [{{model: cube-2, from: {CHANGE}}}]\n"
    definitions.replace(CUBE, "model: cube\n", later)
    return definitions


def test_a_packet_is_of_the_version_that_flies_at_its_generation_time(
    changing: Definitions,
) -> None:
    assert check_mission(changing.root) == []
    craft = load_mission(changing.root).spacecraft["cube-polar"]
    change = Instant.from_utc_iso(CHANGE)
    assert craft.model_at(change.plus_seconds(-0.001)).id == "cube"
    assert craft.model_at(change).id == "cube-2"
    thermal = [one for one in flown_packets(craft) if one.definition.name == "THERMAL"]
    assert [one.name for one in thermal] == ["THERMAL", "THERMAL__2"]
    seconds = sclk_second(craft, change.tai_ns)
    assert [(one.since_sclk_s, one.until_sclk_s) for one in thermal] == [
        (None, seconds),
        (seconds, None),
    ]
    changed = set(thermal[1].parameters) - set(thermal[0].parameters)
    assert changed == {"thermal_structure_temperature__2"}
    others = [one for one in flown_packets(craft) if one.definition.name != "THERMAL"]
    assert all((one.since_sclk_s, one.until_sclk_s) == (None, None) for one in others)
    assert all(one.name == one.definition.name for one in others)


def spoil(file: str, old: str, new: str) -> Callable[[Definitions], int]:
    return lambda definitions: definitions.replace(file, old, new)


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (spoil(CUBE, CHANGE, "2029-08-20T12:00:00Z"), "not after 2030-01-01T00:00:00Z"),
        (
            spoil(CUBE, "}]\n", f"}}, {{model: cube, from: {CHANGE}}}]\n"),
            "which is not after 2031-08-20T12:00:00Z",
        ),
        (spoil(CUBE, CHANGE, "2031-08-20T12:00:00.5Z"), "no whole second of the craft's clock"),
        (spoil(CUBE, "model: cube-2", "model: cube-3"), "unknown spacecraft model 'cube-3'"),
        (spoil(TELEMETRY, "name: CFDP_PDU", "name: PDUS"), "packet CFDP_PDU is dropped"),
        (
            spoil(TELEMETRY, "selector: {structure_id: 3}", "selector: {structure_id: 33}"),
            "what tells packet THERMAL from others changes",
        ),
        (
            spoil(COMMANDS, "minimum: 0, maximum: 7", "minimum: 0, maximum: 9"),
            "command PAYLOAD_SET_GAIN is another one in cube-2",
        ),
        (spoil(TELEMETRY, "name: THERMAL", "name: THERMAL__3"), "a later version's definition"),
    ],
)
def test_what_no_update_may_do_is_found(
    changing: Definitions, spoilt: Callable[[Definitions], int], words: str
) -> None:
    spoilt(changing)
    found = [finding for finding in check_mission(changing.root) if words in finding.message]
    assert {finding.file for finding in found} & {CUBE, TELEMETRY}, check_mission(changing.root)
    assert all(finding.line > 1 for finding in found)


FIELDS = tuple(Field(name, "uint", bits) for name in "ab" for bits in (8, 16))
DEFINITIONS = st.lists(st.sampled_from(FIELDS), max_size=3, unique_by=lambda one: one.name)
VERSIONS = st.lists(st.none() | DEFINITIONS, min_size=1, max_size=6)


@given(VERSIONS, st.integers(-2, 70))
def test_exactly_the_definition_of_the_time_holds_for_a_packet(
    versions: list[list[Field] | None], second: int
) -> None:
    """Whatever comes, goes and comes back: one container at most fits a clock's reading."""
    cube = _CUBE
    models = [
        replace(
            cube.model,
            packets=() if fields is None else (PacketDefinition("P", 1, 3, 25, tuple(fields)),),
        )
        for fields in versions
    ]
    later = tuple(
        LaterModel(cube.sclk_epoch.plus_seconds(10.0 * number), model)
        for number, model in enumerate(models[1:], start=1)
    )
    craft: Spacecraft = replace(cube, model=models[0], later_models=later)
    flown = flown_packets(craft)
    assert len({one.name for one in flown}) == len(flown)
    definitions: dict[str, Field] = {}
    for one in flown:
        assert plain_name(one.name) == one.definition.name
        for name, item in zip(one.parameters, one.definition.fields, strict=True):
            assert plain_name(name) == item.name
            assert definitions.setdefault(name, item) == item
    fitting = [
        one.definition
        for one in flown
        if (one.since_sclk_s is None or one.since_sclk_s <= second)
        and (one.until_sclk_s is None or second < one.until_sclk_s)
    ]
    assert tuple(fitting) == craft.model_at(cube.sclk_epoch.plus_seconds(second)).packets


_CUBE = load_mission(Path(__file__).parents[2] / "mission_db").spacecraft["cube-polar"]
