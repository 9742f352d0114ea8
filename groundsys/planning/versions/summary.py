"""A plan in figures: antenna hours, what comes home for whom, which needs are served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.mission.model import Mission, Scenario
from groundsys.mission.planning_data import ContactNeed
from groundsys.planning.plan import Plan
from groundsys.planning.situation import Homecoming


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
    last_home_ns: int | None


@dataclass(frozen=True, slots=True)
class NeedOutlook:
    """How often a need is served, and by which passes."""

    need: str
    kind: str
    spacecraft: str
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanSummary:
    passes: int
    relay_sessions: int
    antennas: tuple[AntennaHours, ...]
    customers: tuple[CustomerOutlook, ...]
    needs: tuple[NeedOutlook, ...]


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
                tuple(one.id for one in plan.passes if need.id in one.serves),
            )
            for need in (*scenario.planning.needs, *more_needs)
        ),
    )


def _outlook(customer: str, ones: Sequence[Homecoming], goal_s: float) -> CustomerOutlook:
    home = [one for one in ones if one.home_at is not None]
    latencies = np.array([latency_s(one) for one in home])
    bits = np.array([one.bits for one in home])
    order = np.argsort(latencies)
    median: float | None = None
    if len(home):
        reached = np.cumsum(bits[order]) >= bits.sum() / 2.0
        median = float(latencies[order][int(np.argmax(reached))])
    return CustomerOutlook(
        customer=customer,
        bits=float(sum(one.bits for one in ones)),
        bits_home=float(bits.sum()),
        bits_in_time=float(bits[latencies <= goal_s].sum()) if len(home) else 0.0,
        latency_goal_s=goal_s,
        latency_median_s=median,
        latency_maximum_s=float(latencies.max()) if len(home) else None,
        last_home_ns=max((one.home_at.tai_ns for one in home if one.home_at), default=None),
    )


def latency_s(one: Homecoming) -> float:
    """From the end of measuring to the last of it at home; infinite if never."""
    if one.home_at is None:
        return float("inf")
    return one.home_at.seconds_since(one.measured.end)
