"""Four orbiters about Mars that two antennas must share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.contacts import ContactProblem
from groundsys.planning.contact_graph.problem import contact_problem
from groundsys.planning.situation import Situation
from tests.planning.missions import MISSION, lasting, with_needs

_OTV = MISSION.spacecraft["otv"]
assert _OTV.orbit is not None
ORBITERS = {
    f"orbiter-{number}": replace(
        _OTV,
        id=f"orbiter-{number}",
        orbit=replace(
            _OTV.orbit,
            mean_anomaly_deg=60.0 * number,
            raan_deg=_OTV.orbit.raan_deg + 30.0 * number,
        ),
    )
    for number in range(4)
}
FLEET: Mission = replace(
    MISSION,
    spacecraft=ORBITERS,
    antennas={id: MISSION.antennas[id] for id in ("dss-43", "dss-63")},
)


@cache
def the_fleet() -> Geometry:
    return Geometry(FLEET)


def asking(*needs: ContactNeed, days: float = 1.0, **data: object) -> Scenario:
    """The fleet's days, with these needs and no customer."""
    scenario = replace(
        lasting(days),
        spacecraft=tuple(FLEET.spacecraft),
        antennas=tuple(FLEET.antennas),
        customers=(),
    )
    return with_needs(scenario, *needs, **data)


def long_tracks(*hours: float, **more: object) -> tuple[ContactNeed, ...]:
    """Every day so many hours for each orbiter, at least half of them, in parts of an hour."""
    return tuple(
        replace(
            ContactNeed(
                f"tracks-{number}",
                f"orbiter-{number}",
                "track",
                3600.0 * each,
                1800.0 * each,
                every_s=86_400.0,
                split_minimum_s=3600.0,
            ),
            **more,
        )
        for number, each in enumerate(hours)
    )


def problem_of(scenario: Scenario) -> ContactProblem:
    return contact_problem(FLEET, scenario, the_fleet(), Situation(scenario.span.start))
