"""How a rehearsal's customers were served: versions, the latency clock, the service level.

Latency and service level are told by the simulators' own record of when each file was closed; its
split is the ground's (`groundsys.custody.latency`), and how far the two are apart is told as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.custody import (
    KnownFile,
    LatencySplit,
    Outcome,
    Version,
    latency_told,
    percentile,
    worst_share,
)
from groundsys.desks.delivery.custody_book import LatencyClock, by_customer, read_book, version_of
from groundsys.geometry import Geometry
from groundsys.mission.ground.customer_model import ServiceLevel
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.store import Store
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Interval


@dataclass(frozen=True, slots=True)
class Served:
    """What the ground says of one customer's files."""

    #: that were published of them, the first of each included
    versions: int
    #: by file name, of those that are home and whose way was seen
    splits: Mapping[str, LatencySplit]
    level: ServiceLevel | None


@dataclass(frozen=True, slots=True)
class ServiceFlown:
    """A service level over a flight: the smallest share in time of any of its windows."""

    level: ServiceLevel
    worst: float | None

    @property
    def is_met(self) -> bool:
        return self.worst is not None and self.worst >= self.level.share


def served_customers(store: Store, mission: Mission, scenario: Scenario) -> Mapping[str, Served]:
    """From the custody book as it stands when the flight is over."""
    versions: list[Version] = [version_of(one) for one in store.plans.all()]
    clock = LatencyClock(scenario, Geometry(mission))
    book = read_book(store, mission, scenario, clock, versions, scenario.span.end)
    published = {one.id: one.version for one in store.catalogue.files() if one.delivered_at}
    return {
        customer: Served(
            sum(
                published.get(_record_id(mission, one.custody.file), 0)
                for one in entries
                if one.custody.is_home
            ),
            {one.custody.file.name: one.latency for one in entries if one.latency is not None},
            mission.customers[customer].service_level,
        )
        for customer, entries in by_customer(book, scenario.customers).items()
    }


def _record_id(mission: Mission, file: KnownFile) -> str:
    return f"{mission.spacecraft[file.spacecraft].entity_id}:{file.transaction}"


def service_flown(
    level: ServiceLevel | None, outcomes: Sequence[Outcome], span: Interval
) -> ServiceFlown | None:
    """How a level was kept in a flight; None if there was none."""
    if level is None:
        return None
    return ServiceFlown(level, worst_share(level, outcomes, span.start, span.end))


def latency_for_report(
    latencies_s: Sequence[float], splits: Sequence[LatencySplit]
) -> dict[str, Any]:
    """Median, 95th percentile and longest in s by the simulators; the mean parts by the ground."""
    median, p95, longest = (percentile(latencies_s, share) for share in (0.5, 0.95, 1.0))
    return {
        "median": None if median is None else round(median, 1),
        "p95": None if p95 is None else round(p95, 1),
        "max": None if longest is None else round(longest, 1),
        "split": latency_told(splits)["split"],
    }


def service_for_report(flown: ServiceFlown | None) -> dict[str, Any]:
    """Empty parts where nothing was promised."""
    if flown is None:
        return {"service_level": None, "sla_met": None}
    level = flown.level
    return {
        "service_level": {
            "share": level.share,
            "within_h": level.within_s / 3600.0,
            "window_h": level.window_s / 3600.0,
            "worst_share": None if flown.worst is None else round(flown.worst, 4),
        },
        "sla_met": flown.is_met,
    }


def latency_errors_s(
    latencies_s: Mapping[str, float], splits: Mapping[str, LatencySplit]
) -> list[float]:
    """By how much the ground's latency differs from the true one, of each file that has both."""
    return [
        abs(splits[name].whole_ns / NANOSECONDS_PER_SECOND - latency_s)
        for name, latency_s in latencies_s.items()
        if name in splits
    ]


def judge_service(
    flown: Mapping[str, ServiceFlown | None],
    errors_s: Sequence[float],
    limits: Mapping[str, float],
) -> list[Criterion]:
    """What a scenario asks of latencies and service levels, if it asks anything."""
    criteria = []
    if "min_service_levels_met" in limits:
        missed = sorted(id for id, one in flown.items() if one is not None and not one.is_met)
        met = sum(one is not None and one.is_met for one in flown.values())
        criteria.append(
            Criterion(
                "service_levels_met",
                met >= limits["min_service_levels_met"],
                f"at least {limits['min_service_levels_met']:g}",
                f"{met}" + (f"; not of {', '.join(missed)}" if missed else ""),
            )
        )
    if "max_latency_error_s" in limits:
        limit = limits["max_latency_error_s"]
        worst = max(errors_s, default=None)
        criteria.append(
            Criterion(
                "latency_error_s",
                worst is not None and worst <= limit,
                f"at most {limit:g} s of every file, at least one",
                "no file" if worst is None else f"{worst:.3f} s of {len(errors_s)} files",
            )
        )
    return criteria
