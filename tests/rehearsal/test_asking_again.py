"""Once the craft are quiet, the ground has time to ask again and again for what it lacks.

What is asked for may be lost once more: in the scenarios up to one frame in sixty on its way down
and one command in twenty on its way up, so one answer in fifteen.  After four such rounds one
lost frame in 15⁴ = 50 000 still lacks.  After two it is one in 225: of the nine or so that
`commanding-short` loses where the two rounds begin, one flight in 25 ended without a packet, and
as many without a report on what was said in the last pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from groundsys.desks.planning.planning_desk import EFFORT
from groundsys.geometry import Geometry
from groundsys.mission import load_mission
from groundsys.mission.as_flown import as_flown
from groundsys.mission.model import Mission
from groundsys.mission.scenario.legs import on_leg
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import PlannedPass
from groundsys.planning.mission_plan import make_plan
from groundsys.planning.situation import Situation
from groundsys.values.instants import Instant, Interval

ROUNDS = 4
#: beside the round trip: the replay itself, and reading the archive
ANSWER_S = 420.0
DAY_S = 86_400.0


def _flights(mission: Mission) -> Iterable[tuple[str, Mission, Scenario]]:
    """Every leg of every scenario that craft end quietly in, but those planned for long."""
    for one in mission.scenarios.values():
        if one.quiet_from < one.span.end and one.span.seconds < 10 * DAY_S:
            for number in range(len(one.legs)):
                yield (f"{one.id}@{number + 1}", *on_leg(mission, one, number + 1))
            if not one.legs:
                yield one.id, as_flown(mission, one), one


def _passes(mission: Mission, scenario: Scenario) -> list[PlannedPass]:
    situation = Situation(now=scenario.span.start)
    return list(make_plan(mission, scenario, Geometry(mission), situation, EFFORT).plan.passes)


def _rounds(passes: Iterable[PlannedPass], quiet_from: Instant) -> int:
    """How often it can ask, each time with the answer to what it asked before."""
    rounds, ready = 0, quiet_from
    for one in sorted(passes, key=lambda planned: planned.start):
        while (asked := max(ready, Instant(one.uplink_from.tai_ns))) < one.uplink_until:
            rounds += 1
            ready = asked.plus_seconds(2.0 * one.light_time_s + ANSWER_S)
    return rounds


@pytest.mark.parametrize("name", [name for name, *_ in _flights(load_mission())])
def test_what_lacks_can_be_asked_for_four_times(name: str) -> None:
    flown = {id: rest for id, *rest in _flights(load_mission())}
    mission, scenario = flown[name]
    passes = _passes(mission, scenario)
    for craft in {one.spacecraft for one in passes}:
        mine = [one for one in passes if one.spacecraft == craft]
        assert _rounds(mine, scenario.quiet_from) >= ROUNDS, (
            f"{name} grows quiet too late for {craft}: let `end` be later, or `quiet_from` earlier"
        )


def test_nine_hours_at_a_light_time_of_22_minutes_leave_two_rounds() -> None:
    """As `commanding-short` once was, and lost a packet in its last pass."""
    mission = load_mission()
    mission, scenario = on_leg(mission, mission.scenarios["commanding-short"], 1)
    start = scenario.span.start
    short = replace(scenario, span=Interval(start, start.plus_seconds(9 * 3600.0)))
    assert _rounds(_passes(mission, short), short.quiet_from) == 2
