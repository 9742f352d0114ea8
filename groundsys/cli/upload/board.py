"""`groundsys upload list` and `show`: how far each file has come."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.command.group import ask, echo_json
from groundsys.cli.command.picture import utc
from groundsys.cli.options import data_option, json_option, run_option
from groundsys.cli.upload.group import upload
from groundsys.cli.upload.picture import (
    board,
    print_file,
    print_foreseen,
    print_progress,
    state,
)


@upload.command(name="list")
@click.option("--craft", default="", help="Of one craft only.")
@run_option
@data_option
@json_option
def list_(craft: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Every file that somebody wanted to go up, and how far it has come."""
    answer = ask(run_path, data_directory, "upload_list", spacecraft=craft)
    if as_json:
        echo_json(answer)
        return
    console = Console()
    if not answer["uploads"]:
        console.print("no upload yet; `groundsys upload send --help` teaches the first")
        return
    console.print(board(answer["uploads"]))


@upload.command()
@click.argument("upload_id", metavar="ID")
@run_option
@data_option
@json_option
def show(upload_id: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """One upload: octets and pieces that the craft has, passes used, and when it is foreseen whole.

    Octets count once the craft has acknowledged them: by its report on the command that carried
    them, or because it does not ask for them.
    """
    answer = ask(run_path, data_directory, "upload_show", upload_id=upload_id)
    if as_json:
        echo_json(answer)
        return
    one = answer["upload"]
    console = Console()
    console.print(f"[bold]{one['id']}[/] {one['name']}: {state(one)}", highlight=False)
    if one["message"]:
        console.print(one["message"], highlight=False)
    print_file(console, one)
    print_progress(console, one)
    print_foreseen(console, one)
    if one["state"] == "verified":
        console.print(
            f"to enable it: groundsys command send {one['spacecraft']} FILE_ENABLE "
            f"file_number={one['number']} --why …",
            highlight=False,
        )
    for line in answer["log"]:
        why = f": {line['why']}" if line["why"] else ""
        console.print(f"[dim]{utc(line['time_ns'])}[/] {line['event']} by {line['who']}{why}",
                      highlight=False)  # fmt: skip
