"""A plan in figures: antenna hours, what comes home for whom, which needs are served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.contacts import NeedCase, Visit
from groundsys.planning.contact_graph.needs import cases_of
from groundsys.planning.contact_graph.outlook import visit_of
from groundsys.planning.contact_graph.requests import share_of
from groundsys.planning.optimiser.fairness import Fairness, measure
from groundsys.planning.plan import Plan
from groundsys.planning.rules import rules_of
from groundsys.planning.situation import Homecoming, Situation

_GRACE_S = 3.0


@dataclass(frozen=True, slots=True)
class AntennaHours:
    """What a plan takes of one antenna."""

    antenna: str
    passes: int
    hours: float
    cost: float


@dataclass(frozen=True, slots=True)
class CustomerOutlook:
    """What a plan brings home for one customer; latencies from the end of measuring."""

    customer: str
    bits: float
    bits_home: float
    #: within the customer's goal
    bits_in_time: float
    latency_goal_s: float
    #: weighted by volume; None if nothing comes home
    latency_median_s: float | None
    latency_maximum_s: float | None
    #: half of the volume that comes home is there within this with a chance of 95 %; None if not
    latency_median_95_s: float | None
    last_home_ns: int | None


@dataclass(frozen=True, slots=True)
class NeedOutlook:
    """Whose need it is, by which passes it is served, and how much they grant of what it asks."""

    need: str
    kind: str
    spacecraft: str
    mission: str
    passes: tuple[str, ...]
    asked_s: float
    granted_s: float


@dataclass(frozen=True, slots=True)
class FairnessOutlook:
    """How evenly missions get the tracks that they ask for.

    U of a mission is the share of what it asks for, in seconds, that it does not get; U_RMS and
    U_MAX are over the missions.
    """

    u_rms: float
    u_max: float
    unserved: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PlanSummary:
    passes: int
    relay_sessions: int
    antennas: tuple[AntennaHours, ...]
    customers: tuple[CustomerOutlook, ...]
    needs: tuple[NeedOutlook, ...]
    #: None if nobody asks for tracks
    fairness: FairnessOutlook | None


def summarise(
    plan: Plan,
    homecomings: Sequence[Homecoming],
    mission: Mission,
    scenario: Scenario,
    more_needs: Sequence[ContactNeed] = (),
) -> PlanSummary:
    """The plan's figures, customers and antennas in the scenario's order."""
    passes: Counter[str] = Counter(one.antenna for one in plan.passes)
    hours: Counter[str] = Counter()
    for one in plan.passes:
        hours[one.antenna] += one.end.seconds_since(one.start) / 3600.0  # type: ignore[assignment]
    needs = (*scenario.planning.needs, *more_needs)
    granted, fairness = _granted(plan, mission, scenario, more_needs)
    antennas = [*scenario.antennas, *sorted(set(passes) - set(scenario.antennas))]
    return PlanSummary(
        passes=len(plan.passes),
        relay_sessions=len(plan.relay_sessions),
        antennas=tuple(
            AntennaHours(
                id, passes[id], float(hours[id]), hours[id] * mission.antennas[id].cost_per_hour
            )
            for id in antennas
        ),
        customers=tuple(
            _outlook(
                customer_id,
                [one for one in homecomings if one.customer == customer_id],
                mission.customers[customer_id].latency_goal_s,
            )
            for customer_id in scenario.customers
        ),
        needs=tuple(
            NeedOutlook(
                need.id,
                need.kind,
                need.spacecraft,
                need.of_mission,
                tuple(one.id for one in plan.passes if need.id in one.serves),
                *granted[need.id],
            )
            for need in needs
        ),
        fairness=FairnessOutlook(fairness.u_rms, fairness.u_max, fairness.unserved)
        if needs
        else None,
    )


def _granted(
    plan: Plan, mission: Mission, scenario: Scenario, more_needs: Sequence[ContactNeed]
) -> tuple[Mapping[str, tuple[float, float]], Fairness]:
    """Seconds asked for and granted by need, and how fairly they are; no more than is asked."""
    situation = Situation(scenario.span.start, needs=tuple(more_needs))
    visits: dict[str, list[tuple[Visit, tuple[str, ...]]]] = {}
    for one in plan.passes:
        visit = visit_of(one, mission, scenario.span.start)
        visits.setdefault(one.spacecraft, []).append((visit, one.serves))
    totals = {need.id: (0.0, 0.0) for need in (*scenario.planning.needs, *more_needs)}
    shares: list[tuple[str, int, int]] = []
    for case in cases_of(scenario, situation):
        need = case.need
        mine = [visit for visit, serves in visits.get(need.spacecraft, ()) if need.id in serves]
        share = share_of(_with_grace(case), mine, rules_of(scenario))
        shares.append(share)
        asked_s, granted_s = totals[need.id]
        totals[need.id] = (asked_s + share[1], granted_s + share[2])
    return totals, measure(shares)


def _with_grace(case: NeedCase) -> NeedCase:
    """Light time at one moment of a pass, and whole seconds, may have taken a little."""
    need = case.need
    least_s = max(1.0, need.minimum_s - _GRACE_S)
    part_s = need.split_minimum_s and max(1.0, need.split_minimum_s - _GRACE_S)
    return replace(case, need=replace(need, minimum_s=least_s, split_minimum_s=part_s))


def _outlook(customer: str, ones: Sequence[Homecoming], goal_s: float) -> CustomerOutlook:
    home = [one for one in ones if one.home_at is not None]
    latencies = np.array([latency_s(one) for one in home])
    bits = np.array([one.bits for one in home])
    sure = np.array(
        [np.inf if one.by_95 is None else one.by_95.seconds_since(one.measured.end) for one in home]
    )
    return CustomerOutlook(
        customer=customer,
        bits=float(sum(one.bits for one in ones)),
        bits_home=float(bits.sum()),
        bits_in_time=float(bits[latencies <= goal_s].sum()) if len(home) else 0.0,
        latency_goal_s=goal_s,
        latency_median_s=_middle(latencies, bits),
        latency_maximum_s=float(latencies.max()) if len(home) else None,
        latency_median_95_s=_middle(sure, bits),
        last_home_ns=max((one.home_at.tai_ns for one in home if one.home_at), default=None),
    )


def _middle(latencies: FloatArray, bits: FloatArray) -> float | None:
    """The latency within which half of the volume comes; None if it never does."""
    order = np.argsort(latencies)
    reached = np.cumsum(bits[order]) >= bits.sum() / 2.0
    middle = float(latencies[order][int(np.argmax(reached))]) if len(bits) else np.inf
    return middle if np.isfinite(middle) else None


def latency_s(one: Homecoming) -> float:
    """From the end of measuring to the last of it at home; infinite if never."""
    if one.home_at is None:
        return float("inf")
    return one.home_at.seconds_since(one.measured.end)
