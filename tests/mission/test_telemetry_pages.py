"""Derived values and pages are data: what is wrong with them is found with file and line."""

from __future__ import annotations

import shutil

import pytest

from groundsys.mission import check_mission
from groundsys.mission.model import Mission
from tests.mission.conftest import Definitions

DERIVED = "telemetry/derived.yaml"
POWER = "telemetry/pages/2-power.yaml"

CASES = [
    (DERIVED, "eps_battery_voltage * eps_battery_current", "eps_battery_voltage ** 2",
     "is no arithmetic"),
    (DERIVED, "eps_battery_voltage * eps_battery_current", "eps_batery_voltage * 2",
     "unknown parameter 'eps_batery_voltage'"),
    (DERIVED, "eps_battery_voltage * eps_battery_current", "obc_mode * 2", "obc_mode is no number"),
    (DERIVED, "eps_battery_voltage * eps_battery_current", "2 * 3", "always the same"),
    (DERIVED, "eps_battery_voltage * eps_battery_current", "payload_current * relay_c_n0",
     "no model sends all of"),
    (DERIVED, "unit: W", "unit: watt", "unknown unit 'watt'"),
    (DERIVED, "maximum: 5000", "maximal: 5000", "unknown key 'maximal'"),
    (DERIVED, "- name: battery_power", "- name: wheel_speed_greatest",
     "is defined twice|  - name: w"),
    (DERIVED, "- name: battery_power", "- name: eps_load_power", "is sent by a craft"),
    (POWER, "{parameter: battery_power}", "{parameter: batery_power}",
     "unknown parameter 'batery_power'"),
    (POWER, "{parameter: eps_charge_mode, as: value}", "{parameter: eps_charge_mode, as: plot}",
     "cannot be plotted"),
    (POWER, "as: plot", "as: picture", "as is 'picture'"),
    (POWER, "title: Power", "titel: Power", "unknown key 'titel'"),
    (POWER, "{parameter: eps_solar_current}", "{parameter: eps_load_power}",
     "stands twice|  - {parameter: eps_load_power}"),
]  # fmt: skip


def test_what_comes_with_groundsys_is_sound(mission: Mission) -> None:
    assert len(mission.pages) >= 4
    (power,) = (one for one in mission.derived if one.name == "battery_power")
    assert power.expression.names == ("eps_battery_voltage", "eps_battery_current")
    assert power.is_of(mission.spacecraft["otv"].model)


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_a_spoilt_definition_is_found_where_it_stands(
    definitions: Definitions, file: str, old: str, new: str, told: str
) -> None:
    line, message = definitions.spoil(file, old, new, told)
    found = check_mission(definitions.root)
    assert [one for one in found if (one.file, one.line) == (file, line) and message in one.message]


def test_a_mission_needs_no_pages(definitions: Definitions) -> None:
    shutil.rmtree(definitions.root / "telemetry")
    assert check_mission(definitions.root) == []
