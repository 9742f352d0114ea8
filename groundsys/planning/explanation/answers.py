"""What is asked about, and the form of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.plan import Plan, PlanningRules
from groundsys.planning.situation import Homecoming, Shortfall, Situation
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True)
class PlanInQuestion:
    """A plan with all that it follows from."""

    plan: Plan
    mission: Mission
    scenario: Scenario
    geometry: Geometry
    rules: PlanningRules
    situation: Situation
    homecomings: tuple[Homecoming, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()

    def around(self, start: Instant, end: Instant, seconds: float) -> Interval:
        """A stretch and so much before and after it, as far as the plan reaches.

        A trajectory that was given for the plan may end there.
        """
        span = self.scenario.span
        first = max(start.plus_seconds(-seconds), min(start, span.start))
        return Interval(first, min(end.plus_seconds(seconds), max(end, span.end)))

    def closed(self, antenna: str) -> tuple[tuple[str, Interval], ...]:
        """When the antenna is closed, and why."""
        return (
            *(
                ("maintenance", one.interval)
                for one in self.scenario.planning.maintenance
                if one.antenna == antenna
            ),
            *(
                ("an outage", one.interval)
                for one in self.situation.outages
                if one.antenna == antenna
            ),
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """Facts, each with its name, then reasons in sentences."""

    subject: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]


def clock(instant: Instant) -> str:
    """Day and time in UTC."""
    return f"{instant.to_utc():%d %b %H:%M:%S}"


def stretch(interval: Interval) -> str:
    """From when to when in UTC; the day once if it is the same."""
    start, end = interval.start.to_utc(), interval.end.to_utc()
    until = f"{end:%H:%M:%S}" if start.date() == end.date() else clock(interval.end)
    return f"{clock(interval.start)} to {until}"


def duration(seconds: float) -> str:
    """In the unit that reads best."""
    if seconds < 120.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def rate(bits_per_second: float) -> str:
    return f"{bits_per_second / 1e3:g} kbit/s"


def megabytes(bits: float) -> str:
    return f"{bits / 8e6:,.1f} MB"
