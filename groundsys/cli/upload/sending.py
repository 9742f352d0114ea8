"""`groundsys upload send`: foresee, confirm, draft."""

from __future__ import annotations

import base64
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.command.group import ask, echo_json
from groundsys.cli.options import data_option, json_option, run_option
from groundsys.cli.upload.group import upload
from groundsys.cli.upload.picture import print_file, print_foreseen, state


@upload.command()
@click.argument("spacecraft", metavar="CRAFT")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", required=True, help="What it is: software.")
@click.option("--why", required=True, help="Why, as the log will say.")
@click.option("--name", default="", help="Its name on board; by default the file's own.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--dry-run", is_flag=True, help="Show what would go up, and stop.")
@run_option
@data_option
@json_option
def send(
    spacecraft: str,
    file: Path,
    kind: str,
    why: str,
    name: str,
    yes: bool,
    dry_run: bool,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Ask for a file to go up, once its SHA-256 and its way have been shown and confirmed.

    It waits for another person's approval (`groundsys upload approve`).  An image of on-board
    software begins with the octets "OBSW" and its version in 16 bits, big-endian; enabled, it is
    booted with the craft's next reboot, and housekeeping shows its version.

    \b
      groundsys upload send otv fsw-2.img --kind software --why "fault 12"
      groundsys upload send otv fsw-2.img --kind software --why look --dry-run

    `groundsys upload --help` tells what follows.
    """
    wish = {
        "spacecraft": spacecraft,
        "kind": kind,
        "name": name or file.name,
        "why": why,
        "content_base64": base64.b64encode(file.read_bytes()).decode("ascii"),
    }
    console = Console()
    if dry_run or not (yes or as_json):
        foreseen = ask(run_path, data_directory, "upload_foresee", **wish)
        if as_json:
            echo_json(foreseen)
            return
        print_file(console, foreseen["upload"])
        print_foreseen(console, foreseen["upload"])
        if dry_run:
            return
        click.confirm("ask for it?", abort=True)
    answer = ask(run_path, data_directory, "upload_draft", **wish)
    if as_json:
        echo_json(answer)
        return
    one = answer["upload"]
    console.print(f"[bold]{one['id']}[/] {one['name']}: {state(one)}", highlight=False)
    console.print(f"another person: groundsys upload approve {one['id']} --why …", highlight=False)
