"""The next version of a plan, drafted: what it is made from, the search, the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from groundsys.cli.plan.progress import SearchProgress
from groundsys.cli.plan.subject import (
    PlanSubject,
    known_antennas,
    over,
    with_trajectories,
)
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.geometry import Geometry
    from groundsys.mission.model import Mission
    from groundsys.mission.scenario.scenario_model import Scenario
    from groundsys.planning.situation import Effort, PlanResult, Situation
    from groundsys.planning.versions.book import PlanBook, PlanDocument

#: what a search may take if nobody says (wall seconds)
ALLOWED_S = 10.0


@dataclass(frozen=True)
class Wish:
    """What the operator asked for."""

    days: float | None
    start: Instant | None
    seconds: float | None
    work: float | None
    seed: int
    outages: Sequence[tuple[str, Interval]]
    weather: Sequence[tuple[str, Interval, float]]
    trajectories: Sequence[tuple[str, Path]]
    replan: bool

    @property
    def news(self) -> bool:
        """Whether something is told that a plan must respect."""
        return bool(self.outages or self.weather or self.trajectories)


def draft(
    scenario_id: str, mission_db: Path | None, book: PlanBook, wish: Wish
) -> tuple[PlanDocument, PlanSubject, bool]:
    """The version to be added, with what it is about; nothing has been written yet but OEMs."""
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario
    from groundsys.planning.situation import Effort, Outage, Situation, Weather
    from groundsys.planning.versions.book import PlanDocument

    mission, scenario = load_scenario(scenario_id, mission_db)
    known_antennas([*(one[0] for one in wish.outages), *(one[0] for one in wish.weather)], mission)
    previous = _previous(book, scenario_id, wish)
    files = dict(wish.trajectories)
    kept = {
        craft: book.folder / name
        for craft, name in (previous.trajectories if previous else {}).items()
        if craft not in files
    }
    mission = with_trajectories(mission, {**kept, **files})
    span = _span(scenario, wish, previous)
    scenario = over(scenario, span)
    closed = (
        *(previous.outages if previous else ()),
        *(Outage(antenna, interval) for antenna, interval in wish.outages),
    )
    weather = (
        *(previous.weather if previous else ()),
        *(Weather(*one) for one in wish.weather),
    )
    now = span.start
    if previous is not None:
        now = wish.start or previous.now
        if not span.contains(now):
            raise DefinitionError(
                "the plan cannot change where it is not",
                expected=f"{span.start.utc_iso(0)} … {span.end.utc_iso(0)}",
                found=now.utc_iso(0),
                remedy="give a --from within it, or make a new plan without --replan",
            )
    situation = Situation(now, previous.plan if previous else None, closed, weather)
    wall_s = wish.seconds
    if wall_s is None and wish.work is None:
        wall_s = ALLOWED_S
    effort = Effort(wall_s, wish.work, wish.seed)
    with SearchProgress(Console(stderr=True), wall_s) as progress:
        geometry = Geometry(mission)
        result = _search(mission, scenario, geometry, situation, effort, progress)
    document = PlanDocument(
        scenario=scenario.id,
        span=span,
        now=now,
        made_at=Instant.from_utc(datetime.now(UTC)),
        reason=_reason(wish, previous, progress.interrupted),
        plan=result.plan,
        value=result.value,
        bound=result.bound,
        elapsed_s=result.elapsed_s,
        homecomings=result.homecomings,
        shortfalls=result.shortfalls,
        outages=closed,
        weather=weather,
        trajectories={
            **{craft: path.name for craft, path in kept.items()},
            **{craft: _keep(book, craft, path) for craft, path in files.items()},
        },
        parent=previous.version if previous else None,
    )
    return document, PlanSubject(document, mission, scenario, geometry), progress.interrupted


def _search(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation,
    effort: Effort,
    progress: SearchProgress,
) -> PlanResult:
    """A first plan, or the booked one changed as little as it must be."""
    from groundsys.planning import make_plan, replan

    if situation.booked is None:
        return make_plan(
            *(mission, scenario, geometry, situation, effort),
            on_progress=progress.show,
            stop=progress.enough,
        )
    return replan(*(mission, scenario, geometry, situation, effort), on_progress=progress.show)


def _previous(book: PlanBook, scenario_id: str, wish: Wish) -> PlanDocument | None:
    """The version to be changed; None if a new plan is wanted, or the book is empty."""
    if not (wish.replan or (wish.news and book.versions)):
        return None
    previous = book.read()
    if previous.scenario != scenario_id:
        raise DefinitionError(
            f"the plan book in {book.folder} is another scenario's",
            expected=scenario_id,
            found=previous.scenario,
            remedy="name another folder with --book",
        )
    return previous


def _span(scenario: Scenario, wish: Wish, previous: PlanDocument | None) -> Interval:
    """What is planned: a changed plan keeps its start."""
    before = previous.span if previous is not None else scenario.span
    start = before.start if previous is not None else wish.start or before.start
    end = start + timedelta(days=wish.days) if wish.days is not None else before.end
    if end <= start:
        raise DefinitionError(
            "there is nothing to plan",
            expected=f"a --from before {end.utc_iso(0)}, where the scenario ends",
            found=start.utc_iso(0),
            remedy="give an earlier --from, or --days",
        )
    return Interval(start, end)


def _reason(wish: Wish, previous: PlanDocument | None, interrupted: bool) -> str:
    """Why this version was made, in words that stand in the book."""
    parts = [
        *(f"{antenna} out {_hours(interval)}" for antenna, interval in wish.outages),
        *(f"weather over {one[0]} {_hours(one[1])}" for one in wish.weather),
        *(f"new orbit of {craft}" for craft, _ in wish.trajectories),
    ]
    if not parts:
        parts = ["made anew" if previous is None else "searched again"]
    if interrupted:
        parts.append("search ended early")
    return ", ".join(parts)


def _hours(interval: Interval) -> str:
    start, end = interval.start.to_utc(), interval.end.to_utc()
    return f"{start:%d %b %H:%M} to {end:%d %b %H:%M}"


def _keep(book: PlanBook, craft: str, path: Path) -> str:
    """A copy of a trajectory beside the versions that use it, named by its content."""
    content = path.read_bytes()
    return book.keep_file(f"{craft}-{sha256(content).hexdigest()[:12]}.oem", content)
