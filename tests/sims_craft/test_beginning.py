"""Simulated craft begun in a stated state show it in the telemetry that it would be read from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.values.errors import DefinitionError
from sims.craft import LanderNode, OrbiterNode
from sims.craft.computer.beginning import begin_lander, begin_orbiter
from sims.craft.computer.commands import CommandFailure
from sims.craft.computer.common_commands import common_effects
from sims.craft.mothership.orbiter import Orbiter
from sims.craft.mothership.orbiter_telemetry import orbiter_telemetry
from sims.craft.probe.lander import Lander
from sims.craft.probe.lander_telemetry import lander_telemetry

OTV: dict[str, float | str] = {
    "mode": "SAFE",
    "battery_percent": 52.5,
    "battery_threshold_percent": 27.0,
    "heater_mode": "ON",
    "heater_setpoint_c": 14.5,
    "structure_temperature_c": 3.25,
    "tank_temperature_c": 11.0,
    "panel_temperature_c": 20.0,
    "attitude_mode": "SUN_POINTING",
    "wheel_1_rpm": 1000.0,
    "wheel_2_rpm": 2000.0,
    "wheel_3_rpm": 3000.0,
    "wheel_4_rpm": 4000.0,
    "propellant_kg": 41.5,
    "catbed_heater": "ON",
    "catbed_temperature_c": 151.0,
    "propulsion_armed": "ON",
    "burn_state": "SET",
    "burn_end": "NONE",
    "burn_x_m_s": 1.5,
    "burn_y_m_s": -2.5,
    "burn_z_m_s": 0.5,
    "burn_time_limit_s": 40.0,
    "burns_done": 2.0,
    "burns_aborted": 1.0,
    "cubes_attached": 2.0,
    "release_armed_scid": 453.0,
    "release_last_scid": 451.0,
    "releases_done": 1.0,
    "releases_failed": 3.0,
    "transmitter": "ON",
    "transmit_power_w": 20.0,
    "recorder_fill_percent": 37.5,
    "boots": 4.0,
    "uptime_s": 5000.0,
    "commands_accepted": 12.0,
    "commands_rejected": 2.0,
    "frames_accepted": 30.0,
    "frames_rejected": 3.0,
}
CUBE: dict[str, float | str] = {
    "mode": "SAFE",
    "battery_percent": 61.5,
    "battery_threshold_percent": 26.0,
    "heater_mode": "OFF",
    "heater_setpoint_c": -20.0,
    "structure_temperature_c": -60.0,
    "computer_temperature_c": -12.0,
    "transmit_power_w": 4.5,
    "recorder_fill_percent": 12.5,
    "payload_power": "OFF",
    "payload_gain": 3.0,
    "boots": 9.0,
    "commands_accepted": 7.0,
    "commands_rejected": 1.0,
    "frames_accepted": 8.0,
    "frames_rejected": 5.0,
}
#: thermistors and power meters are noisy
NOISE = 0.4


@contextlib.contextmanager
def begun(
    mission: Mission, scenario: Scenario, folder: Path, name: str, state: dict[str, float | str]
) -> Iterator[Orbiter | Lander]:
    craft = mission.spacecraft[name]
    flown = (*scenario.spacecraft, "cube-parker-1", "cube-kiso")
    scenario = replace(scenario, spacecraft=flown)
    keys = folder / "keys"
    if not keys.exists():
        make_keys(keys, mission.spacecraft.values())
    args = (craft, mission, scenario, 1, folder, keys)
    one: Orbiter | Lander = Orbiter(*args) if craft.site is None else Lander(*args)
    with contextlib.closing(one.board.truth):
        if isinstance(one, Orbiter):
            begin_orbiter(one, state)
        else:
            begin_lander(one, state)
        yield one


def telemetry(craft: Orbiter | Lander) -> dict[str, Any]:
    if isinstance(craft, Orbiter):
        return orbiter_telemetry(craft, craft.board.start_ns)
    return lander_telemetry(craft, craft.board.start_ns)


@pytest.mark.parametrize(("name", "state"), [("otv", OTV), ("cube-tharsis", CUBE)])
def test_what_is_read_from_telemetry_comes_out_of_it_again(
    mission: Mission, scenario: Scenario, tmp_path: Path, name: str, state: dict[str, float | str]
) -> None:
    data = mission.simulators[mission.spacecraft[name].model.id]
    assert {one.state for one in data.states} == set(state)
    with begun(mission, scenario, tmp_path, name, state) as craft:
        told = telemetry(craft)
    for one in data.states:
        wanted = state[one.state]
        if isinstance(wanted, str):
            assert told[one.parameter] == wanted, one.parameter
        else:
            assert told[one.parameter] == pytest.approx(wanted, abs=NOISE), one.parameter


@pytest.mark.parametrize("container", ["EMPTY", "SEALED"])
def test_a_container_that_was_sealed_is_sealed(
    mission: Mission, scenario: Scenario, tmp_path: Path, container: str
) -> None:
    with begun(mission, scenario, tmp_path, "ryugu-stage", {"sample_container": container}) as one:
        assert telemetry(one)["sample_container"] == container


def test_what_is_not_stated_is_as_defined(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    with begun(mission, scenario, tmp_path, "otv", {}) as craft:
        told = telemetry(craft)
    assert told["eps_battery_charge"] == pytest.approx(
        88.0, abs=0.25
    )  # its cells warm as they work
    assert (told["obc_mode"], told["recorder_fill"]) == ("NOMINAL", 0.0)


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("otv", {"payload_gain": 3.0}, "has no state payload_gain"),
        ("cube-tharsis", {"propellant_kg": 3.0}, "has no state propellant_kg"),
        ("otv", {"mode": "SLEEP"}, "cannot begin with mode 'SLEEP'"),
        ("otv", {"attitude_mode": "MOONWARDS"}, "cannot begin with attitude_mode"),
    ],
)
def test_a_state_that_it_does_not_have_is_an_error(
    mission: Mission, scenario: Scenario, tmp_path: Path, name: str,
    state: dict[str, float | str], words: str,
) -> None:  # fmt: skip
    with (
        pytest.raises(DefinitionError, match=words),
        begun(mission, scenario, tmp_path, name, state),
    ):
        pass


@pytest.mark.parametrize(("percent", "refused"), [(40.0, True), (40.5, False)])
def test_safe_mode_near_its_threshold_counts_as_not_recovered(
    mission: Mission, scenario: Scenario, tmp_path: Path, percent: float, refused: bool
) -> None:
    state = {"mode": "SAFE", "battery_percent": percent, "battery_threshold_percent": 30.0}
    with begun(mission, scenario, tmp_path, "otv", state) as craft:
        set_mode = common_effects(craft)["SET_MODE"]
        if refused:
            with pytest.raises(CommandFailure, match="LOW_POWER"):
                set_mode({"mode": "NOMINAL"}, craft.board.start_ns)
        else:
            set_mode({"mode": "NOMINAL"}, craft.board.start_ns)


def test_a_transmitter_that_is_off_stays_off(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    with begun(mission, scenario, tmp_path, "otv", {"transmitter": "OFF"}) as craft:
        said = craft.board.take_outbox()
    carriers = [one.body["on"] for one in said if one.kind == "x_carrier"]
    assert carriers[-1:] == [False]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(fill=st.floats(0.0, 100.0))
def test_a_full_recorder_lets_what_was_there_before_go_first(
    mission: Mission, scenario: Scenario, tmp_path: Path, fill: float
) -> None:
    state: dict[str, float | str] = {"recorder_fill_percent": fill}
    with begun(mission, scenario, tmp_path, "otv", state) as craft:
        assert isinstance(craft, Orbiter)
        made = [craft.board.emit("PING_REPORT", {}, craft.board.start_ns) for _ in range(20)]
    assert craft.recorder.fill_percent <= 100.0
    assert craft.recorder.fill_percent >= fill - 1e-6
    for packet in made:
        assert craft.recorder.find(packet.apid, packet.count, packet.count) == [packet]


def test_a_node_begins_as_its_scenario_asks(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    make_keys(tmp_path / "keys", mission.spacecraft.values())
    asked = replace(scenario, initial={"otv": OTV, "cube-tharsis": CUBE})
    args = (mission, asked, 1, tmp_path, tmp_path / "keys")
    otv = OrbiterNode(mission.spacecraft["otv"], *args)
    cube = LanderNode(mission.spacecraft["cube-tharsis"], *args)
    with contextlib.closing(otv), contextlib.closing(cube):
        assert (otv.orbiter.board.mode, cube.lander.board.mode) == ("SAFE", "SAFE")
