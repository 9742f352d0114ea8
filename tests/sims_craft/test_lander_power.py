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
    assert lowest_percent(_MISSION.spacecraft["cube-tharsis"]) > 50.0
