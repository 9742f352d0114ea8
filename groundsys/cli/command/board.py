"""`groundsys command list` and `show`: where every command is."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.command.group import ask, command, echo_json
from groundsys.cli.command.picture import board, named, print_hazard, print_hops, state, utc
from groundsys.cli.options import data_option, json_option, run_option


@command.command(name="list")
@click.option("--craft", default="", help="Of one craft only.")
@click.option("--state", "states", multiple=True, help="In this state only; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="The automation's, too.")
@click.option("--last", default=40, show_default=True, help="So many at most, the newest.")
@run_option
@data_option
@json_option
def list_(
    craft: str,
    states: tuple[str, ...],
    everything: bool,
    last: int,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Commands that people asked for: state, arrival, confirmation (dim: foreseen)."""
    answer = ask(
        run_path,
        data_directory,
        "command_list",
        spacecraft=craft,
        states=list(states),
        of_people=not everything,
        limit=last,
    )
    if as_json:
        echo_json(answer)
        return
    console = Console()
    if not answer["commands"]:
        console.print("no such command; `groundsys command send --help` teaches the first")
        return
    console.print(board(answer["commands"]))
    if answer["of"] > len(answer["commands"]):
        console.print(f"[dim]the newest {len(answer['commands'])} of {answer['of']}; see --last[/]")


@command.command()
@click.argument("command_id", metavar="ID")
@run_option
@data_option
@json_option
def show(command_id: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """One command: every hop foreseen and actual, and all that was written down of it."""
    answer = ask(run_path, data_directory, "command_show", command_id=command_id)
    if as_json:
        echo_json(answer)
        return
    one = answer["command"]
    console = Console()
    people = f"{one['operator'] or one['purpose']}"
    if one["approver"] and one["approver"] != one["operator"]:
        people += f", approved by {one['approver']}"
    console.print(f"[bold]{one['id']}[/] {named(one)}: {state(one)}", highlight=False)
    console.print(f"[dim]{people}{': ' + one['why'] if one['why'] else ''}[/]", highlight=False)
    print_hazard(console, one)
    if one["message"]:
        console.print(one["message"], highlight=False)
    print_hops(console, one)
    if one["attempts"] > 1:
        console.print(f"[yellow]attempt {one['attempts']}[/]")
    for line in answer["log"]:
        console.print(f"[dim]{utc(line['time_ns'])}[/] {line['event']:<12} {line['state']}",
                      highlight=False)  # fmt: skip
