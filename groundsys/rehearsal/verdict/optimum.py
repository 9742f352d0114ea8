"""The best plan that could have been made at the moment of each mending, to compare with.

It is planned afresh, without regard for what was booked ahead, with what was known then.
"""

from __future__ import annotations

from collections import Counter

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan, make_plan
from groundsys.planning.contact_graph.demand import file_bits
from groundsys.planning.situation import Effort, Situation
from groundsys.rehearsal.verdict.replanning import (
    Replan,
    bits_after,
    could_not_stay,
    mended_versions,
    pass_counts,
)
from groundsys.relay.aboard import bits_aboard, sources_of
from groundsys.store import Store

#: how hard the optimum is looked for: CP-SAT's deterministic seconds
_OPTIMUM = Effort(work=20.0)


def judge_replans(mission: Mission, scenario: Scenario, store: Store) -> tuple[Replan, ...]:
    """Each version that mended the plan, compared with the optimum of its moment."""
    geometry = Geometry(mission)
    pace_bps = {
        payload: file_bits(mission.payloads[payload]) / mission.payloads[payload].file_interval_s
        for id in scenario.spacecraft
        for payload in mission.spacecraft[id].payloads
    }
    versions, deliveries = store.plans.all(), store.catalogue.deliveries()
    sessions = store.relay_sessions.all()
    judged = []
    for before, version, known in mended_versions(versions, store.plans.notices()):
        moment = version.made_at
        home = Counter[tuple[str, str]]()
        for one in deliveries:
            if one.delivered_at <= moment:
                craft = mission.spacecraft[one.spacecraft]
                home[craft.id, craft.payload_of(one.transaction)] += one.payload_octets
        aboard = bits_aboard(sources_of(mission, scenario, home), sessions, moment)
        begun = Plan(
            scenario.id,
            tuple(one for one in version.plan.passes if one.start <= moment),
            tuple(one for one in version.plan.relay_sessions if one.start <= moment),
        )
        best = make_plan(
            mission,
            scenario,
            geometry,
            Situation(
                now=moment,
                booked=begun,
                outages=known.outages,
                weather=known.weather,
                lost=known.lost,
                needs=known.needs,
                stored_bits=aboard,
            ),
            _OPTIMUM,
        )
        judged.append(
            Replan(
                version=version.version,
                reason=version.reason,
                made_at=moment,
                elapsed_s=version.elapsed_s,
                booked=sum(one.start > moment for one in before.plan.passes),
                forced=len(could_not_stay(before.plan, moment, known)),
                **pass_counts(version.changes),
                bits_home=8.0
                * sum(one.payload_octets for one in deliveries if one.delivered_at > moment),
                bits_optimum=bits_after(best.homecomings, moment, pace_bps),
            )
        )
    return tuple(judged)
