"""Power through the polar night: with its radioisotope source a cube lives, without it it dies."""

from __future__ import annotations

from dataclasses import replace

from groundsys.mission import load_mission
from groundsys.mission.model import Spacecraft
from sims.craft.dust import Dust
from sims.craft.lander_platform import LanderLoads, LanderPlatform

_MISSION = load_mission()
_START = _MISSION.scenarios["quickstart"].span.start
_DAYS = 4
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


def test_the_polar_cube_lives_on_through_the_night() -> None:
    assert lowest_percent(_MISSION.spacecraft["cube-polar"]) > 80.0


def test_without_its_source_it_would_run_down() -> None:
    craft = _MISSION.spacecraft["cube-polar"]
    platform = {name: value for name, value in craft.platform.items() if name != "radioisotope_w"}
    assert lowest_percent(replace(craft, platform=platform)) == 0.0


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
    craft = _MISSION.spacecraft["cube-tharsis"]
    frozen = replace(craft, platform={**craft.platform, "ambient_mean_c": -90.0})
    platform = LanderPlatform(frozen, 1, _START.tai_ns, Dust())
    platform.heater.mode = "OFF"
    platform.set_temperatures(shell_c=None, computer_c=-60.0)
    before_wh = platform.battery.charge_wh
    platform.advance(_START.plus_seconds(86_400.0).tai_ns, _ASLEEP)
    assert platform.battery.charge_wh < before_wh
    assert platform.telemetry()["thermal_heater_power"] == 0.0
