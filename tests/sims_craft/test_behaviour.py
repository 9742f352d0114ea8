"""Modes, autonomy and the rarer commands, as telemetry shows them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundsys.ccsds.fields import decode_fields, engineering
from groundsys.ccsds.space_packets import TmPacket
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from sims.craft.mothership.orbiter import Orbiter
from sims.craft.probe.lander import Lander
from tests.sims_craft.flight import Flight, definition_of, in_order, outcomes, readings

_CUBE = "cube-polar"


def _with_platform(mission: Mission, craft_id: str, **numbers: float) -> Mission:
    craft = mission.spacecraft[craft_id]
    changed = replace(craft, platform={**craft.platform, **numbers})
    return replace(mission, spacecraft={**mission.spacecraft, craft_id: changed})


def _forward(flight: Flight, seconds: float, name: str, **arguments: Any) -> None:
    flight.forward(seconds, _CUBE, flight.cube_frame(_CUBE, name, **arguments))


def _events(model: SpacecraftModel, packets: list[TmPacket]) -> list[str]:
    names = ("EVENT_INFO", "EVENT_LOW", "EVENT_MEDIUM", "EVENT_HIGH")
    return [
        readings(model, [packet], name)[0][1]["event_id"]
        for packet in in_order(packets)
        if (name := definition_of(model, packet).name) in names
    ]


def _alarms(model: SpacecraftModel, packets: list[TmPacket]) -> set[str]:
    found = set()
    for packet in packets:
        definition = definition_of(model, packet)
        raw = decode_fields(definition.fields, packet.data)
        for field in definition.fields:
            value = engineering(field, raw[field.name])
            outside = any(
                (limit.minimum is not None and value < limit.minimum)
                or (limit.maximum is not None and value > limit.maximum)
                for limit in field.alarms
            )
            if outside or value in field.alarm_labels:
                found.add(f"{field.name} = {value}")
    return found


def test_nominal_hours_make_every_housekeeping_packet_and_no_alarm(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    cubes = (_CUBE, "cube-tharsis")
    flight = Flight(mission, scenario, tmp_path, cubes=cubes)
    flight.carrier(100, True)
    flight.session(200, 3700, 600, _CUBE)
    flight.session(201, 4400, 600, "cube-tharsis")
    flight.run(6000)
    flight.close()
    streams = {
        "otv": flight.air.packets(),
        **{cube: flight.cube_packets(cube) for cube in cubes},
    }
    for craft, packets in streams.items():
        model = mission.spacecraft[craft].model
        assert _alarms(model, packets) == set(), craft
        made = {definition_of(model, packet).name for packet in packets}
        assert {one.name for one in model.packets if one.service == 3} <= made
    recorder = mission.spacecraft["otv"].model.packet("RECORDER")
    for packet in streams["otv"]:
        if definition_of(mission.spacecraft["otv"].model, packet).name == "RECORDER":
            raw = decode_fields(recorder.fields, packet.data)
            assert raw["recorder_next_count_apid1"] == packet.sequence_count + 1


def test_low_battery_leads_to_safe_mode_and_no_relay(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    dark = _with_platform(mission, "otv", panel_w=0.0, battery_initial_percent=33.0)
    flight = Flight(dark, scenario, tmp_path)
    flight.carrier(100, True)
    flight.session(200, 3700, 600, _CUBE)
    flight.command(3000, "SET_MODE", mode="NOMINAL")
    flight.run(4500)
    flight.close()
    packets = flight.air.packets()
    model = flight.otv.model
    events = _events(model, packets)
    assert events.index("BATTERY_LOW") + 1 == events.index("SAFE_MODE_ENTERED")
    assert "RELAY_SESSION_STARTED" not in events
    assert outcomes(model, packets)[1] == [
        ("ACCEPTANCE_SUCCESS", None),
        ("START_FAILURE", "LOW_POWER"),
    ]
    assert readings(model, packets, "OBC")[-1][1]["obc_mode"] == "SAFE"


def test_orbiter_that_looks_away_is_out_of_touch_and_turns_back(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(100, True)
    flight.command(1000, "SET_ATTITUDE_MODE", attitude_mode="SUN_POINTING")
    flight.run(1100)
    assert flight.air.carrier_on == {"otv": False}
    sent = len(flight.air.down)
    flight.run(4500)
    assert len(flight.air.down) == sent
    flight.run(5200)
    flight.close()
    assert flight.air.carrier_on == {"otv": True}
    modes = [v["aocs_mode"] for _, v in readings(flight.otv.model, flight.air.packets(), "AOCS")]
    assert {"EARTH_POINTING", "SUN_POINTING"} == set(modes)
    assert modes[-1] == "EARTH_POINTING"


def test_resets_of_subsystems(mission: Mission, scenario: Scenario, tmp_path: Path) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    flight.carrier(100, True)
    for seconds, subsystem in ((1000, "OBC"), (1200, "AOCS"), (1400, "COMM"), (1600, "PAYLOAD")):
        flight.command(seconds, "RESET_SUBSYSTEM", subsystem=subsystem)
    flight.run(2000)
    flight.close()
    packets = flight.air.packets()
    reports = outcomes(flight.otv.model, packets)
    assert [reports[count][-1] for count in range(4)] == [
        *[("COMPLETION_SUCCESS", None)] * 3,
        ("START_FAILURE", "NOT_FOUND"),
    ]
    computer = readings(flight.otv.model, packets, "OBC")[-1][1]
    assert (computer["obc_boot_count"], computer["obc_reset_cause"]) == (2, "COMMAND")
    assert computer["obc_uptime"] < 1000
    assert _events(flight.otv.model, packets).count("SUBSYSTEM_RESET") == 3


def test_cube_switches_its_payload_and_hibernates(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path)
    flight.carrier(100, True)
    flight.session(200, 1000, 400, _CUBE)
    flight.session(201, 2000, 400, _CUBE)
    flight.session(202, 6000, 400, _CUBE)
    _forward(flight, 300, "PAYLOAD_POWER", payload_power="OFF")
    _forward(flight, 310, "PAYLOAD_SELF_TEST")
    _forward(flight, 320, "HIBERNATE", hibernate_s=3600)
    flight.run(3000)
    _forward(flight, 3000, "PAYLOAD_POWER", payload_power="ON")
    _forward(flight, 3001, "PAYLOAD_SELF_TEST")
    flight.run(8000)
    flight.close()
    model = mission.spacecraft[_CUBE].model
    packets = flight.cube_packets(_CUBE)
    sessions = [one["event"] for one in flight.truth("otv", "session") if one["event"] != "heard"]
    assert sessions == ["started", "ended", "started", "unanswered", "started", "ended"]
    reports = outcomes(model, packets)
    assert reports[1][-1] == ("START_FAILURE", "WRONG_MODE")
    assert all(reports[n][-1] == ("COMPLETION_SUCCESS", None) for n in (0, 2, 3, 4))
    powers = [values["payload_power"] for _, values in readings(model, packets, "PAYLOAD")]
    assert (powers[0], powers[-1]) == ("ON", "ON")
    short, rest = flight.truth(_CUBE, "file")
    assert short["records"] == 198  # 5 s each from half a minute after the start
    assert rest["first_sclk_ns"] > short["last_sclk_ns"] + 4_900_000_000_000


def test_every_command_has_an_effect(mission: Mission, scenario: Scenario, tmp_path: Path) -> None:
    otv, cube = mission.spacecraft["otv"], mission.spacecraft[_CUBE]
    make_keys(tmp_path, [otv, cube])
    Orbiter(otv, mission, scenario, 1, tmp_path, tmp_path).board.truth.close()
    Lander(cube, mission, scenario, 1, tmp_path, tmp_path).board.truth.close()


def test_how_often_a_craft_that_hears_nobody_speaks_is_its_own_number(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    sent = {}
    for seconds in (60.0, 300.0):
        folder = tmp_path / str(seconds)
        folder.mkdir()
        rare = _with_platform(mission, "otv", idle_frame_unlocked_s=seconds)
        flight = Flight(rare, scenario, folder, cubes=())
        flight.run(3600)
        flight.close()
        sent[seconds] = len(flight.air.down)
    # the last ones may be put off for three minutes: about Mars nobody can have heard them yet
    assert 57 <= sent[60.0] <= 60
    assert 11 <= sent[300.0] <= 12


def test_modes_and_readings_of_the_clock_are_in_the_record(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    flight = Flight(mission, scenario, tmp_path, cubes=())
    board = flight.orbiter.orbiter.board
    board.agenda.at(board.start_ns + 10**12, lambda now_ns: board.set_mode("SAFE", now_ns))
    flight.run(3600)
    flight.close()
    lines = [json.loads(line) for line in (tmp_path / "otv.jsonl").read_text().splitlines()]
    (mode,) = [one for one in lines if one["record"] == "mode"]
    start_ns = scenario.span.start.tai_ns
    assert (mode["mode"], mode["time_ns"]) == ("SAFE", start_ns + 10**12)
    clock = [one for one in lines if one["record"] == "clock"]
    assert [one["time_ns"] - start_ns for one in clock] == [n * 600 * 10**9 for n in range(1, 7)]
    shown = [board.clock.reading(one["time_ns"]) for one in clock]
    assert [one["sclk_ns"] for one in clock] == shown
