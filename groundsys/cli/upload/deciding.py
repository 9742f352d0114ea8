"""`groundsys upload approve` and `cancel`: the second person, and second thoughts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.command.group import ask, echo_json
from groundsys.cli.options import data_option, json_option, run_option
from groundsys.cli.upload.group import upload
from groundsys.cli.upload.picture import print_file, print_foreseen, state


@upload.command()
@click.argument("upload_id", metavar="ID")
@click.option("--why", default="", help="Why, as the log will say.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own copy: refused unless its SHA-256 is the same.",
)
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@run_option
@data_option
@json_option
def approve(
    upload_id: str,
    why: str,
    file: Path | None,
    yes: bool,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Approve another person's upload; its pieces then leave with the next uplinks.

    What you approve are the octets of the SHA-256 that is shown; the same hash is compared on
    board.  With a copy of your own, let it be compared here, too:

    \b
      groundsys --as grace upload approve upload-1 --file my-copy.img

    Nobody approves what is his own.
    """
    one = ask(run_path, data_directory, "upload_show", upload_id=upload_id)["upload"]
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest() if file else one["sha256"]
    console = Console()
    if not (yes or as_json):
        print_file(console, one)
        print_foreseen(console, one)
        if sha256 == one["sha256"]:
            click.confirm("approve it?", abort=True)
    answer = ask(
        run_path, data_directory, "upload_approve", upload_id=upload_id, sha256=sha256, why=why
    )
    _show(console, answer, as_json)


@upload.command()
@click.argument("upload_id", metavar="ID")
@click.option("--why", required=True, help="Why, as the log will say.")
@run_option
@data_option
@json_option
def cancel(
    upload_id: str, why: str, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Say no to another's upload, take your own back, or stop one that is under way.

    If the craft can know of the file, it is told to forget what it has of it.
    """
    answer = ask(run_path, data_directory, "upload_cancel", upload_id=upload_id, why=why)
    _show(Console(), answer, as_json)


def _show(console: Console, answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        echo_json(answer)
        return
    one = answer["upload"]
    assert isinstance(one, dict)
    console.print(f"[bold]{one['id']}[/] {one['name']}: {state(one)}", highlight=False)
