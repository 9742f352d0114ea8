"""Criteria of a scenario that no flight could meet, as far as geometry and arithmetic tell.

Each bound is of what there could be at most: it claims nothing of a criterion that lies below it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groundsys.geometry import Geometry, all_view_periods, relay_windows
from groundsys.mission.as_flown import as_flown
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.mission.scenario.legs import on_leg
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.rules import rules_of
from groundsys.products.payload_file import HEADER


@dataclass(frozen=True, slots=True)
class Impossible:
    """A criterion asks for more than there can be; `of_all`: of all legs together."""

    criterion: str
    asked: float
    most: int
    why: str
    of_all: bool = False


def impossible_criteria(mission: Mission, scenario: Scenario) -> tuple[Impossible, ...]:
    """What no flight can meet of a scenario's criteria, leg by leg, and of those of all legs."""
    mission = as_flown(mission, scenario)
    legs = [on_leg(mission, scenario, number + 1) for number in range(scenario.leg_count)]
    flights = legs or [(mission, scenario)]
    bounds = [_bounds(*flown) for flown in flights]
    found = []
    for number, of_leg in enumerate(bounds, 1):
        where = f" on leg {number}" if legs else ""
        for name, (most, why) in of_leg.items():
            asked = scenario.criteria.get(name, 0.0)
            if asked > most:
                found.append(Impossible(name, asked, most, why + where))
    for name, asked in scenario.all_legs.items():
        together = [of_leg[name] for of_leg in bounds if name in of_leg]
        if together and asked > (most := sum(one for one, _ in together)):
            found.append(Impossible(name, asked, most, together[0][1] + " on all legs", True))
    return tuple(found)


def _bounds(mission: Mission, scenario: Scenario) -> Mapping[str, tuple[int, str]]:
    """By criterion: the most that there can be, and of what."""
    geometry = Geometry(mission)
    bounds: dict[str, tuple[int, str]] = {
        "min_passes": (_passes(mission, scenario, geometry), "stretches in view of an antenna"),
        "min_relay_sessions": (
            _sessions(mission, scenario, geometry),
            "overflights of a cube that are long enough",
        ),
    }
    if scenario.traffic is None and not scenario.rehearses and not scenario.procedures:
        asked = len(scenario.commands)
        bounds["min_commands_of_people"] = (asked, "commands that people ask for")
    for customer in scenario.customers:
        payloads = [mission.payloads[id] for id in mission.customers[customer].payloads]
        flown = {one for id in scenario.spacecraft for one in mission.spacecraft[id].payloads}
        octets = sum(_octets(one, scenario.span.seconds) for one in payloads if one.id in flown)
        bounds[f"min_bytes_{customer}"] = (octets, "bytes that its payloads can measure")
    return bounds


def _passes(mission: Mission, scenario: Scenario, geometry: Geometry) -> int:
    """A view period holds no more passes than it has stretches of the shortest there may be."""
    needs = [need.shortest_s for need in scenario.planning.needs]
    shortest_s = min([rules_of(scenario).pass_minimum_s, *needs])
    speakers = [id for id in scenario.spacecraft if "x_band" in mission.spacecraft[id].radios]
    return sum(
        math.floor(view.receive.seconds / shortest_s)
        for craft in speakers
        for views in all_view_periods(geometry, scenario.antennas, craft, scenario.span).values()
        for view in views
    )


def _sessions(mission: Mission, scenario: Scenario, geometry: Geometry) -> int:
    rules = rules_of(scenario)
    relayed = [(id, mission.spacecraft[id].relay) for id in scenario.spacecraft]
    return sum(
        math.ceil(window.interval.seconds / rules.session_stretch_s)
        for cube, relay in relayed
        if relay is not None
        for window in relay_windows(geometry, relay, cube, scenario.span)
        if window.interval.seconds >= rules.session_minimum_s
    )


def _octets(payload: Payload, seconds: float) -> int:
    """Of all records that a payload takes in that time, and of its files' headers."""
    record = sum(item.bits for item in payload.record) // 8
    records = math.ceil(seconds / payload.sample_interval_s) + 1
    files = math.ceil(seconds / payload.file_interval_s) + 1
    return records * record + files * HEADER.size
