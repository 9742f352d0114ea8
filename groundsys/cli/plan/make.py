"""`groundsys plan make`: the next version in the plan book."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from groundsys.cli.options import data_option, json_option, mission_db_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.progress import SearchProgress
from groundsys.cli.plan.subject import (
    PlanSubject,
    book_of,
    known_antennas,
    mission_and_scenario,
    outages,
    over,
    trajectories,
    utc_time,
    with_trajectories,
)
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.mission.model import Mission, Scenario
    from groundsys.planning.book import PlanBook, PlanDocument

#: what a search may take if nobody says (wall seconds)
_ALLOWED_S = 10.0


@dataclass(frozen=True)
class _Wish:
    """What the operator asked for."""

    days: float | None
    start: Instant | None
    seconds: float | None
    work: float | None
    seed: int
    outages: Sequence[tuple[str, Interval]]
    trajectories: Sequence[tuple[str, Path]]
    replan: bool


@plan.command()
@click.argument("scenario")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Plan so many days.")
@click.option(
    "--from",
    "start",
    metavar="UTC",
    callback=utc_time,
    help="Where a first plan begins; where a changed plan may begin to differ.  By default the "
    "scenario's start.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Search at most so long; {_ALLOWED_S:g} by default.",
)
@click.option(
    "--work",
    type=click.FloatRange(min=0, min_open=True),
    help="Search with so much work instead (CP-SAT's deterministic seconds): the same seed and "
    "work give the same plan on every machine.",
)
@click.option("--seed", default=1, show_default=True, help="Seed of the search.")
@click.option(
    "--outage",
    "outages",
    metavar="ANTENNA,START,END",
    callback=outages,
    multiple=True,
    help="An antenna is out between two times; may be given again.",
)
@click.option(
    "--oem",
    "trajectories",
    metavar="CRAFT=FILE",
    callback=trajectories,
    multiple=True,
    help="A newer orbit of a craft: a CCSDS OEM file; may be given again.",
)
@click.option(
    "--replan",
    is_flag=True,
    help="Change the newest version as little as it must be; implied by --outage and --oem.",
)
@click.option(
    "--book",
    "book_path",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the plan book; by default plans/SCENARIO in the data folder.",
)
@data_option
@mission_db_option
@json_option
def make(
    scenario: str,
    book_path: Path | None,
    data_directory: Path,
    mission_db: Path | None,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Make the next version of SCENARIO's plan.

    The search shows value, bound and gap while it goes on; Ctrl-C keeps the best plan found.  With
    --replan, --outage or --oem the newest version is changed as little as it must be, and nothing
    before --from.  A version is written only when it is whole and checked.
    """
    from groundsys.planning.check import check_plan
    from groundsys.planning.summary import summarise

    wish = _Wish(**wishes)
    book = book_of(book_path, data_directory, scenario)
    console = Console(stderr=True) if as_json else Console()
    made, subject, interrupted = _make(scenario, mission_db, book, wish)
    document = book.add(made)
    summary = summarise(document.plan, document.homecomings, subject.mission, subject.scenario)
    findings = check_plan(document.plan, subject.mission, subject.scenario, subject.geometry)
    if as_json:
        from groundsys.planning.exchange.fields import to_plain

        answer = {
            "version": document.version,
            "parent": document.parent,
            "book": str(book.folder),
            "scenario": document.scenario,
            "reason": document.reason,
            "span": to_plain(document.span, "span"),
            "value": document.value,
            "bound": document.bound,
            "gap": document.gap,
            "elapsed_s": document.elapsed_s,
            "interrupted": interrupted,
            "findings": findings,
            "summary": to_plain(summary, "summary"),
            "shortfalls": to_plain(document.shortfalls, "shortfalls"),
        }
        click.echo(json.dumps(answer, indent=2))
        return
    from groundsys.cli.plan.tables import print_summary

    if interrupted:
        console.print("[yellow]ended by Ctrl-C[/]: the best plan found so far is kept")
    print_summary(console, document, summary, findings)
    console.print(
        f"version [bold]{document.version}[/] of {subject.scenario.id} ({document.reason}) in "
        f"{book.folder}; look at it: groundsys plan show",
        highlight=False,
        soft_wrap=True,
    )


def _make(
    scenario_id: str, mission_db: Path | None, book: PlanBook, wish: _Wish
) -> tuple[PlanDocument, PlanSubject, bool]:
    """The version to be added, with what it is about; nothing has been written yet but OEMs."""
    from groundsys.geometry import Geometry
    from groundsys.planning.book import PlanDocument
    from groundsys.planning.situation import Effort, Outage, Situation

    mission, scenario = mission_and_scenario(scenario_id, mission_db)
    known_antennas([antenna for antenna, _ in wish.outages], mission)
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
    situation = Situation(now, previous.plan if previous else None, closed)
    wall_s = wish.seconds
    if wall_s is None and wish.work is None:
        wall_s = _ALLOWED_S
    effort = Effort(wall_s, wish.work, wish.seed)
    with SearchProgress(Console(stderr=True), wall_s) as progress:
        geometry = Geometry(mission)
        result = search(mission, scenario, geometry, situation, effort, progress)
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
        trajectories={
            **{craft: path.name for craft, path in kept.items()},
            **{craft: _keep(book, craft, path) for craft, path in files.items()},
        },
        parent=previous.version if previous else None,
    )
    return document, PlanSubject(document, mission, scenario, geometry), progress.interrupted


def search(
    mission: Mission,
    scenario: Scenario,
    geometry: Any,
    situation: Any,
    effort: Any,
    progress: SearchProgress,
) -> Any:
    import groundsys.planning as planning
    from groundsys.planning.situation import PlanResult

    if not hasattr(planning, "make_plan"):
        return PlanResult(planning.plan_day(mission, scenario, geometry), (), (), 0.0, 0.0, 0.1)
    if situation.booked is None:
        return planning.make_plan(
            mission,
            scenario,
            geometry,
            situation,
            effort,
            on_progress=progress.show,
            stop=progress.enough,
        )
    return planning.replan(
        mission, scenario, geometry, situation, effort, on_progress=progress.show
    )


def _previous(book: PlanBook, scenario_id: str, wish: _Wish) -> PlanDocument | None:
    """The version to be changed; None if a new plan is wanted, or the book is empty."""
    if not (wish.replan or ((wish.outages or wish.trajectories) and book.versions)):
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


def _span(scenario: Scenario, wish: _Wish, previous: PlanDocument | None) -> Interval:
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


def _reason(wish: _Wish, previous: PlanDocument | None, interrupted: bool) -> str:
    """Why this version was made, in words that stand in the book."""
    parts = [
        *(f"{antenna} out {_hours(interval)}" for antenna, interval in wish.outages),
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
