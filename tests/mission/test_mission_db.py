"""The definitions that come with groundsys: they load, and hold what the mission promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.mission import check_mission, default_mission_db, load_mission, mdb_version
from groundsys.mission.model import Mission
from groundsys.values.errors import DefinitionError
from tests.mission.conftest import Definitions


def test_nothing_is_wrong_with_our_own_definitions() -> None:
    assert check_mission() == []


def test_every_craft_can_be_commanded_and_judged(mission: Mission) -> None:
    for craft in mission.spacecraft.values():
        commands = craft.model.commands
        assert len(commands) >= 15
        assert any(item.minimum is not None for one in commands for item in one.arguments)
        assert {"PING", "SAFE_MODE"} <= {one.name for one in commands}
        assert any(one.significance == "critical" for one in commands)
        fields = [item for packet in craft.model.packets for item in packet.fields]
        assert sum(bool(item.polynomial) for item in fields) > 10
        assert sum(bool(item.alarms or item.alarm_labels) for item in fields) > 10


def test_housekeeping_of_every_subsystem(mission: Mission) -> None:
    wanted = {
        "otv": {
            *("OBC", "EPS", "THERMAL", "AOCS", "COMM", "RECORDER", "RELAY", "LINK_SECURITY"),
            *("PROPULSION", "RELEASE"),
            "SCHEDULE",
        },
        "cube-polar": {
            *("OBC", "EPS", "THERMAL", "COMM", "RECORDER", "PAYLOAD", "LINK_SECURITY"),
        },
    }
    for craft, names in wanted.items():
        packets = mission.spacecraft[craft].model.packets
        housekeeping = {p.name for p in packets if (p.service, p.subtype) == (3, 25)}
        assert housekeeping == names


def test_antennas_of_three_agencies_and_a_university_name_their_sources(mission: Mission) -> None:
    antennas = mission.antennas.values()
    agencies = {antenna.agency for antenna in antennas}
    assert agencies == {"JAXA", "NASA/JPL", "ESA", "Morehead State University"}
    assert len(mission.antennas) >= 5
    assert all(antenna.source for antenna in antennas)
    assert mission.antennas["usuda-64"].diameter_m == 64
    assert mission.antennas["misasa-54"].diameter_m == 54


def test_the_customers_files_have_the_sizes_promised(mission: Mission) -> None:
    sizes = {}
    for payload in mission.payloads.values():
        octets = sum(item.bits for item in payload.record) // 8
        sizes[payload.id] = octets * payload.file_interval_s / payload.sample_interval_s
    assert sizes["seismometer"] == 162_000
    assert 14_000 < sizes["weather"] < 18_000


def test_the_quickstart_commands_all_three_craft(mission: Mission) -> None:
    scenario = mission.scenarios["quickstart"]
    assert scenario.span.seconds == 86_400
    assert len(scenario.commands) >= 22
    assert {one.spacecraft for one in scenario.commands} == set(scenario.spacecraft)
    assert list(scenario.commands) == sorted(scenario.commands, key=lambda one: one.not_before)


def test_a_version_names_one_set_of_definitions(mission: Mission, definitions: Definitions) -> None:
    versions = {id: mdb_version(craft) for id, craft in mission.spacecraft.items()}
    assert versions == {id: mdb_version(one) for id, one in load_mission().spacecraft.items()}
    assert len(set(versions.values())) == len(mission.spacecraft)
    definitions.replace("models/otv/telemetry.yaml", "maximum: 900", "maximum: 901")
    changed = load_mission(definitions.root)
    assert mdb_version(changed.spacecraft["otv"]) != versions["otv"]
    assert mdb_version(changed.spacecraft["cube-polar"]) == versions["cube-polar"]


def test_the_environment_names_another_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GROUNDSYS_MISSION_DB", str(tmp_path))
    assert default_mission_db() == tmp_path.resolve()
    monkeypatch.setenv("GROUNDSYS_MISSION_DB", str(tmp_path / "absent"))
    with pytest.raises(DefinitionError, match="no folder of mission definitions"):
        load_mission()
