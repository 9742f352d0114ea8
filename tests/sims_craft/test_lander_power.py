"""Power and warmth of landed cubes: through the polar night, the equator's, and a storm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant
from sims.craft.computer.board import RECOVERY_MARGIN
from sims.craft.nature.dust import Dust, DustStorm
from sims.craft.probe.lander_platform import LanderLoads, LanderPlatform
from sims.faults import Stretch

_MISSION = load_mission()
_START = _MISSION.scenarios["quickstart"].span.start
_DAYS = 4
_HEAT = "radioisotope_heat_w"
_ASLEEP = LanderLoads(awake=False, payload=True, transmitting=0.0)
_HEARD = LanderLoads(awake=True, payload=True, transmitting=0.6)


def lowest_percent(craft: Spacecraft) -> float:
    """Over some days with a session of 15 minutes every four hours."""
    platform = LanderPlatform(craft, 1, _START.tai_ns, Dust())
    now = _START
    lowest = platform.battery.percent
    for _ in range(6 * _DAYS):
        for seconds, loads in ((900.0, _HEARD), (13_500.0, _ASLEEP)):
            now = now.plus_seconds(seconds)
            platform.advance(now.tai_ns, loads)
            lowest = min(lowest, platform.battery.percent)
    return lowest


def without(craft: Spacecraft, name: str) -> Spacecraft:
    """The craft without one of its platform's numbers."""
    platform = {key: value for key, value in craft.platform.items() if key != name}
    return replace(craft, platform=platform)


def test_the_polar_cube_lives_on_through_the_night() -> None:
    assert lowest_percent(_MISSION.spacecraft["cube-polar"]) > 80.0


def test_without_its_source_it_would_run_down() -> None:
    craft = _MISSION.spacecraft["cube-polar"]
    assert lowest_percent(without(craft, "radioisotope_w")) == 0.0


def test_without_its_waste_heat_it_would_freeze_where_carbon_dioxide_does() -> None:
    """−124 °C outside: 8.2 W leave the box at −25 °C; 7 W come in, and 1.2 W of what is on."""
    winter = Instant.from_utc_iso("2031-12-17T00:00:00Z")
    craft = _MISSION.spacecraft["cube-polar"]
    for kept, lowest_c, highest_c in (
        (craft, -27.0, -18.0),
        (without(craft, _HEAT), -120.0, -90.0),
    ):
        platform = LanderPlatform(kept, 1, winter.tai_ns, Dust())
        platform.heater.mode = "OFF"
        platform.advance(winter.plus_seconds(5 * 86_400.0).tai_ns, _ASLEEP)
        assert lowest_c < float(platform.telemetry()["eps_battery_temperature"]) < highest_c


def test_in_the_polar_summer_a_switch_keeps_that_heat_out() -> None:
    summer = Instant.from_utc_iso("2032-12-07T00:00:00Z")
    platform = LanderPlatform(_MISSION.spacecraft["cube-polar"], 1, summer.tai_ns, Dust())
    platform.advance(summer.plus_seconds(5 * 86_400.0).tai_ns, _ASLEEP)
    assert float(platform.telemetry()["eps_battery_temperature"]) < 0.0


def test_the_cube_near_the_equator_lives_by_the_sun() -> None:
    """Its cells are at −24 °C by night, hold 29 % back, and lose a tenth in their resistance."""
    assert 40.0 < lowest_percent(_MISSION.spacecraft["cube-tharsis"]) < 60.0


def test_a_frozen_cube_warms_its_battery_before_it_charges_it() -> None:
    """In the morning of a night that took it to −45 °C, the Sun's surplus goes into its heater."""
    craft = _MISSION.spacecraft["cube-tharsis"]
    platform = LanderPlatform(craft, 1, _START.tai_ns, Dust())
    platform.heater.setpoint_c = -60.0
    platform.set_temperatures(shell_c=None, computer_c=-43.0)
    platform.battery.percent = 40.0
    now, modes, held_wh = _START, [], platform.battery.charge_wh
    for _ in range(24 * 60):
        now = now.plus_seconds(60.0)
        platform.advance(now.tai_ns, _ASLEEP)
        told = platform.telemetry()
        mode, battery_c = str(told["eps_charge_mode"]), float(told["eps_battery_temperature"])
        if mode == "CHARGING":
            assert battery_c > -30.5
        if mode == "TOO_COLD":
            assert battery_c < -29.0
            assert 0.0 < float(told["thermal_heater_power"]) <= platform.heater.power_w
            assert platform.battery.charge_wh <= held_wh
        if mode not in modes:
            modes.append(mode)
    assert modes.index("TOO_COLD") < modes.index("CHARGING")
    assert platform.battery.percent > 60.0


def test_a_cube_whose_heater_is_off_stays_too_cold_to_charge() -> None:
    """One for the equator, where the Sun has just come back after the winter of the far north."""
    craft = _MISSION.spacecraft["cube-tharsis"]
    assert craft.site is not None
    north = replace(craft, site=replace(craft.site, latitude_deg=75.0))
    spring = Instant.from_utc_iso("2032-05-23T00:00:00Z")
    platform = LanderPlatform(north, 1, spring.tai_ns, Dust())
    platform.heater.mode = "OFF"
    platform.set_temperatures(shell_c=None, computer_c=-60.0)
    before_wh = platform.battery.charge_wh
    modes = set()
    for hour in range(1, 25):
        platform.advance(spring.plus_seconds(3_600.0 * hour).tai_ns, _ASLEEP)
        modes.add(platform.telemetry()["eps_charge_mode"])
    assert "TOO_COLD" in modes
    assert "CHARGING" not in modes
    assert platform.battery.charge_wh < before_wh
    assert platform.telemetry()["thermal_heater_power"] == 0.0


_STORM = _MISSION.scenarios["surface-network"]


@pytest.mark.parametrize(
    ("craft_id", "left", "starved"), [("cube-ascraeus", 20.0, 40.0), ("cube-scout", 20.0, 45.0)]
)
def test_the_storm_starves_what_lives_by_the_sun_and_leaves_it_a_margin(
    craft_id: str, left: float, starved: float
) -> None:
    """Through the storm of `surface-network`, and never below 65 % without it."""
    craft = _MISSION.spacecraft[craft_id]
    [storm] = _STORM.faults
    dust = DustStorm(
        Stretch.of(storm, _STORM.span.start),
        *(float(storm[name]) for name in ("optical_depth", "rise_sols", "clearing_sols")),
    )
    assert left < through(craft, Dust((dust,))) < starved
    assert through(craft, Dust()) > 65.0


def through(craft: Spacecraft, dust: Dust) -> float:
    """The lowest charge over thirteen sols from before the storm on: two sessions a day, or one a
    rest while it saves power, when its box cools and its instrument is off."""
    usual = craft.platform
    begin = _STORM.span.start.plus_seconds(3 * 86_400.0)
    platform = LanderPlatform(craft, 1, begin.tai_ns, dust)
    platform.battery.percent = 85.0
    saves, payload, heard_s, lowest = False, True, 0.0, 100.0
    for step in range(13 * 148):
        time_s = 600.0 * step
        rest_s = 3_600.0 * usual["low_power_rest_h"] if saves else 0.0
        awake = step % 72 == 0 and time_s - heard_s >= rest_s
        heard_s = time_s if awake else heard_s
        loads = LanderLoads(awake, payload, 0.8 if awake else 0.0)
        platform.advance(begin.plus_seconds(time_s + 600.0).tai_ns, loads)
        percent = platform.battery.percent
        lowest = min(lowest, percent)
        if percent < usual["safe_mode_below_percent"]:
            saves, payload = True, False
            platform.heater.setpoint_c = usual["survival_setpoint_c"]
        elif percent > usual["safe_mode_below_percent"] + RECOVERY_MARGIN:
            saves = False
            platform.heater.setpoint_c = usual["heater_setpoint_c"]
    return lowest
