"""Gathering what a plan is chosen from."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.candidates import pass_windows
from groundsys.planning.contact_graph.contacts import ContactProblem, NeedCase, PassWindow
from groundsys.planning.contact_graph.demand import produce_of
from groundsys.planning.contact_graph.needs import cases_of
from groundsys.planning.contact_graph.session_windows import session_windows
from groundsys.planning.contact_graph.tabulated import tabulated
from groundsys.planning.plan import PlanningRules
from groundsys.planning.rules import rules_of
from groundsys.planning.situation import Situation
from groundsys.planning.tracks import Span
from groundsys.values.errors import DefinitionError, PlanError
from groundsys.values.instants import Interval

#: an antenna is told of a pass so long before it has to configure itself
NOTICE_S = 60


def contact_problem(
    mission: Mission, scenario: Scenario, geometry: Geometry, situation: Situation
) -> ContactProblem:
    """Windows, data, needs and closures of a scenario; `PlanError` for what cannot be planned."""
    rules = rules_of(scenario)
    _check_names(mission, scenario, situation)
    networks = {
        id: tuple(other for other in scenario.spacecraft if mission.spacecraft[other].relay == id)
        for id in scenario.spacecraft
        if mission.spacecraft[id].relay is None
    }
    if not networks:
        raise PlanError(
            f"no craft of scenario {scenario.id} speaks to Earth",
            expected="at least one craft without a relay",
            found=", ".join(scenario.spacecraft) or "no craft",
            remedy="add one to the scenario",
        )
    needs = cases_of(scenario, situation)
    shortest_s = min([rules.pass_minimum_s, *(case.need.shortest_s for case in needs)])
    try:
        quick = tabulated(geometry, scenario.span.start, scenario.span.end)
        passes = {
            id: pass_windows(mission, scenario, geometry, quick, id, rules, situation, shortest_s)
            for id in networks
        }
        sessions = {
            id: session_windows(mission, scenario, geometry, id, rules)
            for heard in networks.values()
            for id in heard
        }
    except DefinitionError as error:
        raise PlanError(
            f"geometry cannot serve scenario {scenario.id}: {error.message}",
            expected=error.expected,
            found=error.found,
            remedy=error.remedy or "mend the trajectory, or shorten the scenario",
        ) from error
    _check_views(scenario, networks, passes, needs, rules)
    epoch = scenario.span.start
    known_s = int(max(0.0, situation.now.seconds_since(epoch) + NOTICE_S))
    until_s = int(scenario.span.seconds)
    drains = scenario.quiet_from < scenario.span.end
    if drains:
        until_s -= int(rules.closing_s)
    return ContactProblem(
        scenario=scenario.id,
        epoch=epoch,
        span=Span(known_s if situation.now > epoch else 0, until_s),
        rules=rules,
        networks=networks,
        passes=passes,
        sessions=sessions,
        produce={
            id: produce_of(mission, scenario, id, rules, situation) for id in scenario.spacecraft
        },
        needs=needs,
        closed=_closures(scenario, situation),
        beams={id: mission.antennas[id].downlinks_per_beam for id in scenario.antennas},
        cost_per_hour={id: mission.antennas[id].cost_per_hour for id in scenario.antennas},
        recorder_bits={
            id: 8e6 * mission.spacecraft[id].platform.get("recorder_mb", 1e9) for id in networks
        },
        beam_of={id: _beam(geometry, id) for id in networks},
        quiet_from=int(min(scenario.quiet_from, scenario.span.end).seconds_since(epoch)),
        closing=drains,
    )


def _beam(geometry: Geometry, craft_id: str) -> str:
    """Craft about the same planet other than Earth fit into one beam; any other is alone."""
    center = geometry.craft(craft_id).trajectory.center
    return center if center not in ("earth", "sun") else craft_id


def _closures(scenario: Scenario, situation: Situation) -> Mapping[str, tuple[Span, ...]]:
    closed: dict[str, list[Span]] = {}
    shut = [(one.antenna, one.interval) for one in scenario.planning.maintenance]
    shut += [(one.antenna, one.interval) for one in situation.outages]
    for antenna, interval in shut:
        closed.setdefault(antenna, []).append(_span(interval, scenario))
    return {antenna: tuple(sorted(spans)) for antenna, spans in closed.items()}


def _span(interval: Interval, scenario: Scenario) -> Span:
    epoch = scenario.span.start
    return Span(
        int(interval.start.seconds_since(epoch) // 1),
        int(-(-interval.end.seconds_since(epoch) // 1)),
    )


def _check_names(mission: Mission, scenario: Scenario, situation: Situation) -> None:
    told = [("weather", one.antenna) for one in situation.weather]
    told += [("outage", one.antenna) for one in situation.outages]
    told += [("maintenance", one.antenna) for one in scenario.planning.maintenance]
    told += [("scenario", id) for id in scenario.antennas]
    for source, id in told:
        if id not in mission.antennas:
            raise PlanError(
                f"there is no antenna {id}, as the {source} has it",
                expected=", ".join(sorted(mission.antennas)),
                found=id,
                remedy="correct the antenna's name",
            )
    for id in scenario.spacecraft:
        if id not in mission.spacecraft:
            raise PlanError(
                f"there is no craft {id}",
                expected=", ".join(sorted(mission.spacecraft)),
                found=id,
                remedy="correct the scenario's spacecraft",
            )
    for id in scenario.spacecraft:
        relay = mission.spacecraft[id].relay
        if relay is not None and relay not in scenario.spacecraft:
            raise PlanError(
                f"{id} is heard through {relay}, which is not in scenario {scenario.id}",
                expected=f"{relay} among the scenario's spacecraft",
                found=", ".join(scenario.spacecraft),
                remedy=f"add {relay} or leave {id} out",
            )
    for id in situation.lost:
        if situation.booked is None or all(one.id != id for one in situation.booked.passes):
            raise PlanError(
                f"pass {id} is said to be lost, but is not booked",
                found=id,
                remedy="name a pass of the booked plan",
            )


def _check_views(
    scenario: Scenario,
    networks: Mapping[str, tuple[str, ...]],
    passes: Mapping[str, tuple[PassWindow, ...]],
    needs: tuple[NeedCase, ...],
    rules: PlanningRules,
) -> None:
    """Refuse what no view is long enough for."""
    longest = {
        id: max((one.tracking.seconds for one in windows), default=0)
        for id, windows in passes.items()
    }
    for id in networks:
        if longest[id] < rules.pass_minimum_s and all(
            case.need.spacecraft != id or case.need.shortest_s > longest[id] for case in needs
        ):
            raise PlanError(
                f"no antenna sees {id} long enough for a pass",
                expected=f"a view period of at least {rules.pass_minimum_s:.0f} s",
                found=f"the longest has {longest[id]} s" if longest[id] else "none",
                remedy="add an antenna to the scenario or lengthen it",
            )
    for case in needs:
        need = case.need
        if need.spacecraft not in networks:
            raise PlanError(
                f"need {need.id} is of a craft that does not speak to Earth",
                expected=", ".join(networks),
                found=need.spacecraft,
                remedy="ask for its relay",
            )
        if need.shortest_s > longest[need.spacecraft]:
            raise PlanError(
                f"need {need.id} asks for more than any view has",
                expected=f"a minimum of at most {longest[need.spacecraft]} s",
                found=f"{need.shortest_s:.0f} s",
                remedy="lower its minimum, or name antennas that see the craft longer",
            )
