"""What a plan is made from beside the mission, how hard to try, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.planning.plan import Plan
from groundsys.values.instants import EarthReceiveTime, Instant, Interval


@dataclass(frozen=True, slots=True)
class Outage:
    """An antenna is closed: out of order, lent to others, under maintenance."""

    antenna: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Weather:
    """A link over this antenna loses so much more."""

    antenna: str
    interval: Interval
    loss_db: float


@dataclass(frozen=True, slots=True)
class Situation:
    """What planning must respect: all that is known at `now` and not in the mission's files."""

    now: Instant
    #: what is flown now; None for a first plan
    booked: Plan | None = None
    outages: tuple[Outage, ...] = ()
    weather: tuple[Weather, ...] = ()
    #: ids of booked passes that will not take place or did not
    lost: frozenset[str] = frozenset()
    #: needs beside those of the scenario
    needs: tuple[ContactNeed, ...] = ()
    #: bits stored aboard at `now`, by (craft, payload or "" for its own telemetry)
    stored_bits: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effort:
    """When the search stops: by wall time, or by work, which makes it repeatable to the bit."""

    wall_s: float | None = None
    #: CP-SAT's deterministic seconds
    work: float | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """A better plan was found, or a better bound."""

    elapsed_s: float
    value: float
    bound: float
    what: str

    @property
    def gap(self) -> float:
        """(bound − value) / |bound|; 0 when the plan is proven best."""
        return (self.bound - self.value) / abs(self.bound) if self.bound else 0.0


@dataclass(frozen=True, slots=True)
class Homecoming:
    """When the data that a payload measured in a stretch of time will be with its customer.

    Whole, and published: whatever the downlink loses on the way has been sent again.
    """

    customer: str
    spacecraft: str
    payload: str
    measured: Interval
    bits: float
    #: as likely sooner as later, if this plan brings it home at all; None if it never does
    home_at: EarthReceiveTime | None
    #: no later than this with a chance of 95 %; None if no pass of this plan makes that sure
    by_95: EarthReceiveTime | None = None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a need or a customer got less than asked for."""

    subject: str
    asked: str
    granted: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan that was checked, what it will bring, and how good it is."""

    plan: Plan
    homecomings: tuple[Homecoming, ...]
    shortfalls: tuple[Shortfall, ...]
    #: what the plan is worth, and a proven upper bound of it
    value: float
    bound: float
    elapsed_s: float

    @property
    def gap(self) -> float:
        return (self.bound - self.value) / abs(self.bound) if self.bound else 0.0
