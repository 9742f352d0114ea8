"""Scenarios of several legs: the same hours flown again at other dates, the clock jumps between.

`NAME@2` is the second leg of the scenario NAME, and a scenario of its own; of a voyage it is the
scenario that the voyage names (`voyages`).  What the scenario
says in times of its first leg is moved along; every craft's orbit is taken as determined anew at
the leg's start, with the same elements about the frame of that date.  As the distance changes
sevenfold, craft fall back to their lowest rate of downlink, which every antenna receives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.mission.as_flown import as_flown
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

SEPARATOR = "@"


def leg_id(scenario: Scenario, number: int) -> str:
    """The id of a leg, counted from 1."""
    return f"{scenario.id}{SEPARATOR}{number}"


def on_leg(mission: Mission, scenario: Scenario, number: int) -> tuple[Mission, Scenario]:
    """The mission and the scenario as flown on that leg; faults of other legs are left out."""
    count = scenario.leg_count
    if not 1 <= number <= count:
        raise DefinitionError(
            f"scenario {scenario.id} has no leg {number}",
            expected=f"1 to {count}" if count else "no leg: it has none",
        )
    if scenario.voyage:
        named = mission.scenarios[scenario.voyage[number - 1]]
        named = replace(named, faults=(*named.faults, *_faults_of(scenario, number)))
        return as_flown(mission, named), named
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
        faults=_faults_of(scenario, number),
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


def _faults_of(scenario: Scenario, number: int) -> tuple[Mapping[str, Any], ...]:
    """Those of a leg; one that names no leg strikes on each."""
    return tuple(
        {key: value for key, value in one.items() if key != "leg"}
        for one in scenario.faults
        if one.get("leg", number) == number
    )


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
