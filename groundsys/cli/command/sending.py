"""`groundsys command send`: foresee, confirm, draft."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.command.group import ask, command, echo_json
from groundsys.cli.command.picture import named, print_hazard, print_way, state
from groundsys.cli.options import data_option, json_option, run_option
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant


@command.command()
@click.argument("spacecraft", metavar="CRAFT")
@click.argument("name", metavar="COMMAND")
@click.argument("arguments", metavar="[ARGUMENT=VALUE]...", nargs=-1)
@click.option("--why", default="", help="Why, as the log will say.")
@click.option("--at", metavar="UTC", help="Leave exactly then; refused if no uplink is open.")
@click.option("--not-before", metavar="UTC", help="Leave then or later; by default now or later.")
@click.option("--before", metavar="UTC", help="Refuse it if it would reach the craft later.")
@click.option("--replaces", metavar="ID", help="Take the place of a command that has not left.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--dry-run", is_flag=True, help="Show the way and stop.")
@run_option
@data_option
@json_option
def send(
    spacecraft: str,
    name: str,
    arguments: tuple[str, ...],
    why: str,
    at: str | None,
    not_before: str | None,
    before: str | None,
    replaces: str | None,
    yes: bool,
    dry_run: bool,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Send a command, once its way has been shown and confirmed.

    Yamcs' mission database encodes it and every hop is foreseen: when it leaves, arrives, at which
    count of the craft's clock, and when you can know.  What cannot arrive is refused with the next
    moment at which it could.  A hazardous command then waits for another person's approval.

    \b
      groundsys command send otv PING
      groundsys command send cube-polar SET_HEATER heater_state=ON --why "frost on the mast"
      groundsys command send otv SET_HEATER heater_state=OFF --at 2031-08-20T06:30:00Z
    """
    wish: dict[str, Any] = {
        "spacecraft": spacecraft,
        "command": name,
        "arguments": dict(_argument(text) for text in arguments),
    }
    for key, text in (("at_ns", at), ("not_before_ns", not_before), ("before_ns", before)):
        if text is not None:
            wish[key] = _moment(text).tai_ns
    if dry_run or not (yes or as_json):
        foreseen = ask(run_path, data_directory, "command_foresee", **wish)
        if as_json:
            echo_json(foreseen)
            return
        console = Console()
        print_hazard(console, foreseen)
        print_way(console, foreseen)
        if dry_run:
            return
        click.confirm("send it?", abort=True)
    if replaces:
        wish["replaces"] = replaces
    answer = ask(run_path, data_directory, "command_draft", why=why, **wish)
    if as_json:
        echo_json(answer)
        return
    one = answer["command"]
    console = Console()
    console.print(f"[bold]{one['id']}[/] {named(one)}: {state(one)}", highlight=False)
    if one["waits_for_approval"]:
        console.print(f"another person: groundsys command approve {one['id']} --why …")


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandRefusedError(
            f"'{text}' is no argument", expected="NAME=VALUE, such as heater_state=ON"
        )
    for read in (int, float):
        try:
            return name, read(value)
        except ValueError:
            continue
    return name, value


def _moment(text: str) -> Instant:
    try:
        datetime.fromisoformat(text)
        return Instant.from_utc_iso(text)
    except ValueError:
        raise CommandRefusedError(
            f"'{text}' is no time", expected="UTC such as 2031-08-20T06:00:00Z"
        ) from None
