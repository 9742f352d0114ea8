"""`groundsys plan export` and `import`: plans for others, and others' plans."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.options import data_option, json_option, mission_db_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource, source_options
from groundsys.cli.plan.subject import book_of, over, subject_of
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval


@plan.command("export")
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help="Which form, see --list; by default what the ending of --out says.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write; a folder for forms of several files.",
)
@click.option("--list", "listing", is_flag=True, help="Tell the forms, and write nothing.")
@click.option("--version", type=int, help="Which version; the newest by default.")
@source_options
@json_option
def export(
    source: PlanSource,
    format_name: str | None,
    out: Path | None,
    listing: bool,
    version: int | None,
    as_json: bool,
) -> None:
    """Write a plan for others: stations, customers, calendars, other planners.

    Each file appears whole or not at all.
    """
    from groundsys.planning.exchange import EXPORTS, ExportContext, export_plan

    if listing:
        for name, exporter in EXPORTS.items():
            what = "a file" if exporter.single else "a folder"
            click.echo(f"{name:<16} {exporter.title} ({what}, {exporter.suffix})")
        return
    if out is None:
        raise click.UsageError("name the file to write with --out, or see --list")
    name = format_name or _by_ending(
        out, [(one.suffix, one.name) for one in EXPORTS.values() if one.single]
    )
    subject = subject_of(source, version)
    context = ExportContext(subject.mission, subject.geometry, Instant.from_utc(datetime.now(UTC)))
    paths = export_plan(name, subject.document.plan, context, out)
    if as_json:
        click.echo(json.dumps({"format": name, "files": [str(path) for path in paths]}, indent=2))
        return
    for path in paths:
        click.echo(f"written: {path}")


@plan.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--scenario", required=True, help="Whose plan it is.")
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help="Which form it has; by default what its ending says.",
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
def import_(
    file: Path,
    scenario: str,
    format_name: str | None,
    book_path: Path | None,
    data_directory: Path,
    mission_db: Path | None,
    as_json: bool,
) -> None:
    """Take somebody's plan as the next version of the plan book, if it holds.

    It is checked like one of ours; one with a conflict is refused, and the book stays as it was.
    """
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario
    from groundsys.planning import predict_homecomings
    from groundsys.planning.checking.plans import check_plan
    from groundsys.planning.exchange import IMPORTS, ExportContext, import_plan
    from groundsys.planning.situation import Situation
    from groundsys.planning.versions.book import PlanDocument

    name = format_name or _by_ending(file, [(one.suffix, one.name) for one in IMPORTS.values()])
    mission, definition = load_scenario(scenario, mission_db)
    geometry = Geometry(mission)
    made_at = Instant.from_utc(datetime.now(UTC))
    read = import_plan(name, file, ExportContext(mission, geometry, made_at), scenario)
    ends: list[Instant] = [definition.span.end, *(one.end for one in read.passes)]
    definition = over(definition, Interval(definition.span.start, max(ends)))
    if findings := check_plan(read, mission, definition, geometry):
        raise PlanError(
            f"the plan in {file} does not hold",
            found="; ".join(findings),
            remedy="mend it there, or plan anew: groundsys plan make",
        )
    situation = Situation(definition.span.start)
    book = book_of(book_path, data_directory, scenario)
    document = book.add(
        PlanDocument(
            scenario=scenario,
            span=definition.span,
            now=definition.span.start,
            made_at=made_at,
            reason=f"imported from {file.name}",
            plan=read,
            homecomings=predict_homecomings(read, mission, definition, geometry, situation),
        )
    )
    if as_json:
        told = {"version": document.version, "book": str(book.folder), "scenario": scenario}
        click.echo(json.dumps(told, indent=2))
        return
    Console().print(
        f"version [bold]{document.version}[/] of {scenario} in {book.folder}: {file.name}, "
        f"{len(read.passes)} passes, {len(read.relay_sessions)} relay sessions, no conflict",
        highlight=False,
        soft_wrap=True,
    )


def _by_ending(path: Path, forms: Sequence[tuple[str, str]]) -> str:
    """The first form whose files end so."""
    for suffix, name in forms:
        if path.suffix.lower() == suffix:
            return name
    raise PlanError(
        f"the ending of {path.name} tells no form",
        expected=", ".join(sorted({suffix for suffix, _ in forms})),
        found=path.suffix or "none",
        remedy="name one with --format, see `groundsys plan export --list`",
    )
