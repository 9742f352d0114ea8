"""`groundsys plan make`: the next version in the plan book, or of what a run flies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.options import data_option, json_option, mission_db_option
from groundsys.cli.plan.booking import show_outcome
from groundsys.cli.plan.drafting import ALLOWED_S, Wish, draft
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource, running_option
from groundsys.cli.plan.subject import book_of, outages, trajectories, utc_time, weathers
from groundsys.values.instants import Interval


@plan.command()
@click.argument("scenario", required=False)
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
    help=f"Search at most so long; {ALLOWED_S:g} by default.",
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
    "--weather",
    metavar="ANTENNA,START,END,DB",
    callback=weathers,
    multiple=True,
    help="Links over an antenna lose so many decibels between two times; may be given again.",
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
    help="Change the newest version as little as it must be; implied by news.",
)
@running_option
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
    scenario: str | None,
    run: str | None,
    book_path: Path | None,
    data_directory: Path,
    mission_db: Path | None,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Make the next version of SCENARIO's plan.

    The search shows value, bound and gap while it goes on; Ctrl-C keeps the best plan found.  With
    --replan or news (--outage, --weather, --oem) the newest version is changed as little as it must
    be, and nothing before --from.  A version is written only when it is whole and checked.

    With --run there is no SCENARIO: the running ground segment is told the news, and its planning
    desk mends the plan that it flies.
    """
    wish = Wish(**wishes)
    if run is not None:
        _make_running(PlanSource(None, data_directory, None, run), wish, as_json)
        return
    if scenario is None:
        raise click.UsageError("name a SCENARIO, or a running ground segment with --run")
    from groundsys.planning.checking.plans import check_plan
    from groundsys.planning.versions.summary import summarise

    book = book_of(book_path, data_directory, scenario)
    console = Console(stderr=True) if as_json else Console()
    made, subject, interrupted = draft(scenario, mission_db, book, wish)
    document = book.add(made)
    summary = summarise(
        *(document.plan, document.homecomings, subject.mission, subject.scenario),
        document.situation.needs,
    )
    findings = check_plan(
        *(document.plan, subject.mission, subject.scenario, subject.geometry),
        document.situation,
    )
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
    verb = "show" if document.parent is None else "diff"
    console.print(
        f"version [bold]{document.version}[/] of {subject.scenario.id} ({document.reason}) in "
        f"{book.folder}; look at it: groundsys plan {verb}",
        highlight=False,
        soft_wrap=True,
    )


def _make_running(source: PlanSource, wish: Wish, as_json: bool) -> None:
    """Tell the desks what is new, one after the other; without news they plan again."""
    from groundsys.cli.plan.running import adopted, ask

    def told(verb: str, **content: Any) -> dict[str, Any]:
        answer = ask(source.run_path, source.data_directory, verb, **content)
        adopted([answer])
        return answer

    outcome: dict[str, Any] = {}
    for antenna, interval in wish.outages:
        outcome = told("plan_notice", kind="antenna_out", antenna=antenna, **_stretch(interval))
    for antenna, interval, loss_db in wish.weather:
        outcome = told("plan_notice", kind="weather", antenna=antenna, loss_db=loss_db,
                       **_stretch(interval))  # fmt: skip
    for craft, path in wish.trajectories:
        oem = path.read_text()
        outcome = told("plan_notice", kind="trajectory", spacecraft=craft, oem=oem)
    if not wish.news:
        outcome = told("plan_make")
    show_outcome(outcome, as_json)


def _stretch(interval: Interval) -> dict[str, int]:
    return {"start_ns": interval.start.tai_ns, "end_ns": interval.end.tai_ns}
