"""Missions and plans that several tests share; each is made once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed, PlanningData
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.values.instants import Instant, Interval

MISSION = load_mission()
QUICKSTART = MISSION.scenarios["quickstart"]
SHORT = MISSION.scenarios["short"]
NEVER = Instant(2**62)
#: enough for a second or two
EFFORT = Effort(work=0.3)


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


def lasting(days: float) -> Scenario:
    """The quickstart with all antennas, as many days as asked for, and without an end."""
    start = QUICKSTART.span.start
    return replace(
        QUICKSTART,
        span=Interval(start, start.plus_seconds(days * 86_400.0)),
        cut_off=NEVER,
        quiet_from=NEVER,
        antennas=tuple(MISSION.antennas),
    )


def made(
    scenario: Scenario,
    situation: Situation | None = None,
    mission: Mission = MISSION,
    geometry: Geometry | None = None,
    effort: Effort = EFFORT,
) -> PlanResult:
    return make_plan(
        mission,
        scenario,
        geometry or the_geometry(),
        situation or Situation(scenario.span.start),
        effort,
    )


@cache
def the_day() -> PlanResult:
    return made(QUICKSTART)


@cache
def three_days() -> PlanResult:
    return made(lasting(3.0))


def hour(number: float) -> Instant:
    """So many hours after the quickstart's start."""
    return QUICKSTART.span.start.plus_seconds(3600.0 * number)


def hours(first: float, last: float) -> Interval:
    return Interval(hour(first), hour(last))


def with_needs(scenario: Scenario, *needs: ContactNeed, **data: object) -> Scenario:
    return replace(scenario, planning=PlanningData(needs=needs, **data))  # type: ignore[arg-type]
