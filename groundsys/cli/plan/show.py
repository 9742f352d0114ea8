"""`groundsys plan show`: a version as a chart, in the terminal or a browser, and its tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from groundsys.cli.options import json_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource, source_options
from groundsys.cli.plan.subject import PlanSubject, subject_of, utc_time
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.planning.versions.summary import PlanSummary

#: a plan with more passes is told day by day unless --all
_PASSES_TOLD = 40
_NARROWEST = 60


@plan.command()
@click.option("--version", type=int, help="Which version; the newest by default.")
@click.option("--from", "start", metavar="UTC", callback=utc_time, help="Show from here on.")
@click.option("--to", "end", metavar="UTC", callback=utc_time, help="Show up to here.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page here.")
@click.option("--width", type=click.IntRange(min=_NARROWEST), help="Columns; all by default.")
@click.option("--all", "every", is_flag=True, help="Every pass, however many there are.")
@source_options
@json_option
def show(
    source: PlanSource,
    version: int | None,
    start: Instant | None,
    end: Instant | None,
    html: Path | None,
    width: int | None,
    every: bool,
    as_json: bool,
) -> None:
    """Show a plan: antennas over time, and the table of its passes.

    A bar is a pass or a relay session; its solid part transmits too.  Behind it, thin, is when
    there could be one.  --html writes one file with elevation, rates, data on their way and light
    time, to be opened in any browser; it fetches nothing.
    """
    from groundsys.planning.gantt import chart_of

    subject = subject_of(source, version)
    document = subject.document
    shown = part_of(document.span, start, end)
    if as_json:
        from groundsys.planning.exchange.fields import to_plain

        summary = to_plain(summary_of(subject), "summary")
        click.echo(json.dumps({**to_plain(document, "version"), "summary": summary}, indent=2))
        return
    chart = chart_of(
        document.plan,
        subject.mission,
        subject.scenario,
        subject.geometry,
        shown,
        title=subject.title,
        situation=document.situation,
        now=document.now if document.now != document.span.start else None,
    )
    console = Console(width=width)
    if html is not None:
        _write_page(html, _page(subject, chart))
        console.print(f"written: {html}; open it in a browser", highlight=False, soft_wrap=True)
        return
    from groundsys.planning.gantt import terminal_gantt

    heading = f"[bold]{subject.title}[/]  [dim]{document.reason}[/]"
    console.print(heading, highlight=False)
    console.print(terminal_gantt(chart, max(console.width, _NARROWEST)), soft_wrap=True)
    console.print()
    _print_tables(console, subject, shown, every)


def part_of(span: Interval, start: Instant | None, end: Instant | None) -> Interval:
    """The part of `span` between the two, each of which may be left out."""
    first = max(start, span.start) if start is not None else span.start
    last = min(end, span.end) if end is not None else span.end
    if last <= first:
        raise DefinitionError(
            "there is nothing of the plan to show between these times",
            expected=f"within {span.start.utc_iso(0)} … {span.end.utc_iso(0)}",
            found=f"{(start or first).utc_iso(0)} … {(end or last).utc_iso(0)}",
            remedy="give --from and --to within it",
        )
    return Interval(first, last)


def summary_of(subject: PlanSubject) -> PlanSummary:
    """The plan's figures."""
    from groundsys.planning.versions.summary import summarise

    document = subject.document
    return summarise(
        *(document.plan, document.homecomings, subject.mission, subject.scenario),
        document.situation.needs,
    )


def _print_tables(console: Console, subject: PlanSubject, shown: Interval, every: bool) -> None:
    from groundsys.cli.plan.tables import (
        day_table,
        mission_table,
        one_line,
        pass_table,
        session_table,
    )
    from groundsys.planning.gantt.chart import days_of

    plan_ = subject.document.plan
    passes = [one for one in plan_.passes if Interval(one.start, one.end).overlaps(shown)]
    sessions = [one for one in plan_.relay_sessions if Interval(one.start, one.end).overlaps(shown)]
    if len(passes) <= _PASSES_TOLD or every:
        console.print(pass_table(passes, console.width))
        console.print()
        console.print(session_table(sessions))
    else:
        console.print(day_table(days_of(shown, 1), passes, sessions))
        console.print("[dim]pass by pass: --all, or a part of it with --from and --to[/]")
    console.print()
    summary = summary_of(subject)
    if summary.fairness is not None:
        console.print(mission_table(summary.fairness))
        console.print()
    console.print(one_line(subject.document, summary), highlight=False)


def _page(subject: PlanSubject, chart: object) -> str:
    from groundsys.planning.checking.plans import check_plan
    from groundsys.planning.gantt import Chart, PlanPage, figures_of, html_gantt

    assert isinstance(chart, Chart)
    document = subject.document
    summary = summary_of(subject)
    findings = check_plan(
        *(document.plan, subject.mission, subject.scenario, subject.geometry),
        document.situation,
    )
    figures = {"checker": "no conflict" if not findings else "; ".join(findings)}
    if document.bound:
        figures = {
            "value": f"{document.value:,.2f}",
            "gap to the bound": f"{document.gap:.2%}",
            **figures,
        }
    start, end = chart.span.start.to_utc(), chart.span.end.to_utc()
    page = PlanPage(
        subtitle=f"{start:%d %B %Y %H:%M} to {end:%d %B %Y %H:%M} UTC · {document.reason} · made "
        f"{document.made_at.to_utc():%Y-%m-%d %H:%M} UTC",
        figures=figures_of(summary, figures),
        summary=summary,
        homecomings=document.homecomings,
        shortfalls=document.shortfalls,
    )
    return html_gantt(
        chart, document.plan, subject.mission, subject.scenario, subject.geometry, page
    )


def _write_page(path: Path, text: str) -> None:
    from groundsys.planning.exchange.files import write_whole

    write_whole(path, text)
