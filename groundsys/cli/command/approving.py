"""`groundsys command approve` and `decline`: the second person."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.command.group import ask, command, echo_json
from groundsys.cli.command.picture import named, print_hazard, print_way, state
from groundsys.cli.options import data_option, json_option, run_option


@command.command()
@click.argument("command_id", metavar="ID")
@click.option("--why", default="", help="Why, as the log will say.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@run_option
@data_option
@json_option
def approve(
    command_id: str,
    why: str,
    yes: bool,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Approve another person's hazardous command; it then leaves with its pass.

    What you approve is the packet that the mission database has made: the same one leaves.
    """
    if not (yes or as_json):
        one = ask(run_path, data_directory, "command_show", command_id=command_id)["command"]
        console = Console()
        by = f"by {one['operator']}" + (f": {one['why']}" if one["why"] else "")
        console.print(f"[bold]{one['id']}[/] {named(one)} {by}", highlight=False)
        print_hazard(console, one)
        print_way(console, one)
        click.confirm("approve it?", abort=True)
    answer = ask(
        run_path,
        data_directory,
        "command_approve",
        command_id=command_id,
        why=why,
    )
    _show(answer, as_json)


@command.command()
@click.argument("command_id", metavar="ID")
@click.option("--why", required=True, help="Why, as the log will say.")
@run_option
@data_option
@json_option
def decline(
    command_id: str,
    why: str,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Say no to a command that has not left, or take your own back."""
    answer = ask(
        run_path,
        data_directory,
        "command_decline",
        command_id=command_id,
        why=why,
    )
    _show(answer, as_json)


def _show(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        echo_json(answer)
        return
    one = answer["command"]
    assert isinstance(one, dict)
    Console().print(f"[bold]{one['id']}[/] {named(one)}: {state(one)}", highlight=False)
