"""Whether another agency's orbit raised its alert, said what it changes, and was decided on.

The alert must list every pass that was booked ahead and every session to come of its craft: by the
plan that was flown when it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.store import PlanVersion, Store, StoredSolution
from groundsys.values.instants import Instant

_ALARM = "ground:solution:"


@dataclass(frozen=True, slots=True)
class SolutionEvidence:
    """Of one that the scenario has come; texts tell what is wrong."""

    of: str
    decides: str
    #: None: it never came
    state: str | None
    decided_by: str
    passes: int
    sessions: int
    sequences: int
    products: int
    #: booked, and not in the alert
    unlisted: tuple[str, ...]
    #: whether its alarm stood until it was decided on
    alarmed: bool

    @property
    def is_good(self) -> bool:
        return (
            self.state in ("flown", "superseded")
            and self.decided_by == self.decides
            and not self.unlisted
            and self.passes > 0
            and self.alarmed
        )


def solution_evidence(store: Store, scenario: Scenario) -> tuple[SolutionEvidence, ...]:
    """Every solution of other agencies that the scenario has come."""
    stored, plans = store.solutions.all(), store.plans.all()
    alarms = {one.id: one for one in store.watch.alarms()}
    found = []
    for one in scenario.solutions:
        if one.agency is None:
            continue
        come = next(
            (s for s in stored if s.of == one.spacecraft and s.name == one.agency.name), None
        )
        if come is None:
            nothing = (None, "", 0, 0, 0, 0, (), False)
            found.append(SolutionEvidence(one.spacecraft, one.agency.decides, *nothing))
            continue
        alarm = alarms.get(f"{_ALARM}{one.spacecraft}")
        found.append(
            SolutionEvidence(
                of=one.spacecraft,
                decides=one.agency.decides,
                state=come.state,
                decided_by=come.decided_by,
                passes=len(come.comparison["passes"]),
                sessions=len(come.comparison["sessions"]),
                sequences=len(come.comparison["sequences"]),
                products=len(come.comparison["products"]),
                unlisted=tuple(_unlisted(come, plans)),
                alarmed=alarm is not None
                and come.decided is not None
                and alarm.returned_at is not None,
            )
        )
    return tuple(found)


def _unlisted(come: StoredSolution, plans: Iterable[PlanVersion]) -> Iterator[str]:
    """Contacts of the plan that was flown when it came which the comparison does not speak of."""
    flown = [one for one in plans if one.made_at <= come.imported][-1].plan
    listed = {each["id"] for key in ("passes", "sessions") for each in come.comparison[key]}
    booked: list[tuple[str, Instant]] = [
        *((one.id, Instant(one.start.tai_ns)) for one in flown.passes if one.spacecraft == come.of),
        *(
            (one.id, Instant(one.start.tai_ns))
            for one in flown.relay_sessions
            if come.of in (one.relay, one.spacecraft)
        ),
    ]
    yield from (id for id, start in booked if start > come.imported and id not in listed)


def judge_solutions(
    found: Iterable[SolutionEvidence], limits: Mapping[str, float]
) -> Iterator[Criterion]:
    """What a scenario asks of other agencies' orbits, if it asks anything."""
    if "min_solutions_accepted" not in limits:
        return
    every = list(found)
    good = sum(one.is_good for one in every)
    limit = limits["min_solutions_accepted"]
    yield Criterion(
        "solutions_accepted",
        good >= limit and good == len(every),
        f"at least {limit:g}, each by who decides, by an alert of all that it touches",
        f"{good}; " + "; ".join(map(_told, every)),
    )


def _told(one: SolutionEvidence) -> str:
    if one.state is None:
        return f"of {one.of}: never came"
    by = f" by {one.decided_by}" if one.decided_by else ""
    parts = f"{one.passes} passes, {one.sessions} sessions, {one.sequences} sequences"
    lacking = f", not {', '.join(one.unlisted[:3])}" if one.unlisted else ""
    alarm = "" if one.alarmed else ", no alarm that ended with it"
    return f"of {one.of}: {one.state}{by}, {parts}, {one.products} products{lacking}{alarm}"
