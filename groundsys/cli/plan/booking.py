"""`groundsys plan book` and `cancel`: what a running ground segment is to fly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.options import data_option, json_option, run_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource


@plan.command()
@click.option("--version", type=int, help="Which version of the plan book; the newest by default.")
@click.option(
    "--book",
    "book_path",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the plan book; by default the one written to last.",
)
@run_option
@data_option
@json_option
def book(
    version: int | None,
    book_path: Path | None,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Hand a version of the plan book to the running ground segment.

    Its planning desk checks it against what is booked and known now.  It adopts it as a version of
    its own, moving, adding and cancelling passes; or it says what is wrong, and its plan stands.
    """
    from groundsys.cli.plan.running import ask
    from groundsys.planning.exchange import write_plan_json

    document = PlanSource(book_path, data_directory, None, None).read(version)[0]
    answer = ask(
        run_path,
        data_directory,
        "plan_book",
        plan=json.loads(write_plan_json(document.plan)),
        reason=f"version {document.version} of the plan book ({document.reason})",
    )
    show_outcome(answer, as_json)


@plan.command()
@click.argument("pass_id", metavar="PASS_ID")
@run_option
@data_option
@json_option
def cancel(pass_id: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Give a booked pass of the running ground segment up.

    Its antenna counts as taken for as long; the planning desk mends the plan around it at once.
    """
    from groundsys.cli.plan.running import ask

    answer = ask(run_path, data_directory, "plan_cancel", pass_id=pass_id)
    show_outcome(answer, as_json)


def show_outcome(answer: Mapping[str, Any], as_json: bool) -> None:
    """What the desks made of it; `PlanError` if the old plan stands."""
    from groundsys.cli.plan.changes import print_changes
    from groundsys.cli.plan.running import adopted

    outcome = adopted([answer])
    if as_json:
        told = {key: value for key, value in outcome.items() if key != "ok"}
        click.echo(json.dumps(told, indent=2))
        return
    console = Console()
    console.print(
        f"plan version [bold]{outcome['version']}[/] is flown now "
        f"(adopted in {outcome['elapsed_s']:.1f} s)",
        highlight=False,
    )
    print_changes(console, outcome["changes"])
