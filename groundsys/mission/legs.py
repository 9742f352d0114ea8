"""Scenarios of several legs: the same hours flown again at other dates, the clock jumps between.

`NAME@2` is the second leg of the scenario NAME, and a scenario of its own.  What the scenario
says in times of its first leg is moved along; every craft's orbit is taken as determined anew at
the leg's start, with the same elements about the frame of that date.  As the distance changes
sevenfold, craft fall back to their lowest rate of downlink, which every antenna receives.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groundsys.mission.craft_model import Spacecraft
from groundsys.mission.model import Mission
from groundsys.mission.scenario_model import Scenario
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

SEPARATOR = "@"


def leg_id(scenario: Scenario, number: int) -> str:
    """The id of a leg, counted from 1."""
    return f"{scenario.id}{SEPARATOR}{number}"


def on_leg(mission: Mission, scenario: Scenario, number: int) -> tuple[Mission, Scenario]:
    """The mission and the scenario as flown on that leg; faults of other legs are left out."""
    if not 1 <= number <= len(scenario.legs):
        raise DefinitionError(
            f"scenario {scenario.id} has no leg {number}",
            expected=f"1 to {len(scenario.legs)}" if scenario.legs else "no leg: it has none",
        )
    start = scenario.legs[number - 1]
    later = timedelta(seconds=start.seconds_since(scenario.span.start))

    def moved(interval: Interval) -> Interval:
        return Interval(interval.start + later, interval.end + later)

    planning = scenario.planning
    leg = replace(
        scenario,
        id=leg_id(scenario, number),
        title=f"{scenario.title}, leg {number} of {len(scenario.legs)}",
        span=moved(scenario.span),
        cut_off=scenario.cut_off + later,
        quiet_from=scenario.quiet_from + later,
        commands=tuple(
            replace(one, not_before=one.not_before + later) for one in scenario.commands
        ),
        faults=tuple(
            {key: value for key, value in one.items() if key != "leg"}
            for one in scenario.faults
            if one.get("leg", number) == number
        ),
        notices=tuple(
            replace(one, at=one.at + later, interval=moved(one.interval))
            for one in scenario.notices
        ),
        solutions=tuple(
            replace(
                one,
                cut_off=one.cut_off + later,
                told_at=one.told_at + later,
                burn=one.burn and replace(one.burn, ignition=one.burn.ignition + later),
            )
            for one in scenario.solutions
        ),
        network_campaigns=tuple(
            replace(one, window=moved(one.window), told_from=one.told_from + later)
            for one in scenario.network_campaigns
        ),
        planning=replace(
            planning,
            needs=tuple(
                replace(one, window=moved(one.window) if one.window else None)
                for one in planning.needs
            ),
            maintenance=tuple(
                replace(one, interval=moved(one.interval)) for one in planning.maintenance
            ),
        ),
        traffic=scenario.traffic and replace(scenario.traffic, span=moved(scenario.traffic.span)),
        legs=(),
        all_legs={},
    )
    return _determined_at(mission, start, leg), leg


def _determined_at(mission: Mission, start: Instant, leg: Scenario) -> Mission:
    spacecraft = {
        id: _as_of(craft, start) if craft.orbit is not None and id in leg.spacecraft else craft
        for id, craft in mission.spacecraft.items()
    }
    scenarios = {**mission.scenarios, leg.id: leg}
    return replace(mission, spacecraft=spacecraft, scenarios=scenarios)


def _as_of(craft: Spacecraft, start: Instant) -> Spacecraft:
    assert craft.orbit is not None
    platform = dict(craft.platform)
    if "x_band" in craft.radios:
        platform["downlink_rate_bps"] = min(craft.radios["x_band"].rates_bps)
    return replace(craft, orbit=replace(craft.orbit, epoch=start), platform=platform)
