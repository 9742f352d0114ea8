"""`groundsys scenario new`: a scenario of one's own, made of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundsys.cli.options import mission_db_option
from groundsys.cli.scenario.group import scenario

if TYPE_CHECKING:
    from groundsys.values.instants import Instant


@scenario.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    metavar="SCENARIO",
    help="Which one to copy; by default the mission's first (mission.yaml).",
)
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write NAME.yaml; by default among the mission's scenarios.",
)
@click.option("--title", help="Its title; by default made of its name.")
@click.option(
    "--start", metavar="UTC", help="When it starts, such as 2031-08-25T00:00:00Z; all in it moves."
)
@click.option(
    "--days", type=click.FloatRange(min=0, min_open=True), help="How long it lasts, in days."
)
@mission_db_option
def new(
    name: str,
    source: str | None,
    folder: Path | None,
    title: str | None,
    start: str | None,
    days: float | None,
    mission_db: Path | None,
) -> None:
    """Write a new scenario NAME that is a copy of another: checked, with its comments kept.

    \b
      groundsys scenario new three-days --days 3
      groundsys scenario new windy --from short --start 2031-08-25T00:00:00Z

    The file is plain YAML: edit it, and `groundsys scenario check` tells what is wrong.  Nothing is
    overwritten, and what would not fly is not written.
    """
    from groundsys.mission.programme import programme_of
    from groundsys.mission.scenario.scenario_copies import title_of
    from groundsys.rehearsal.checking.scenario_writing import Wishes, write_scenario

    wishes = Wishes(name, title or title_of(name), _instant(start) if start else None, days)
    chosen = source or programme_of(mission_db).first_scenario
    path, flies = write_scenario(chosen, wishes, folder, mission_db)
    click.echo(f"written: {path}\n\nnext:\n")
    option = f" --mission-db {mission_db}" if mission_db else ""
    if flies:
        click.echo(f"  edit it, then: groundsys scenario check {name}{option}")
        click.echo(f"  groundsys rehearse {name}{option} --report {name}.json")
    else:
        click.echo(f"  edit it, then: groundsys scenario check {path}{option}")
        click.echo("  to fly it, put it into the scenarios/ of a folder of definitions")


def _instant(text: str) -> Instant:
    from groundsys.values.instants import Instant

    try:
        return Instant.from_utc_iso(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no time of UTC such as 2031-08-25T00:00:00Z", param_hint="--start"
        ) from error
