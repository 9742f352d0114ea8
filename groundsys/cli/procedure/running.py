"""`groundsys procedure run`, `hold`, `resume`, `abort`, `vote`, `show` and `list`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live

from groundsys.cli.options import data_option, json_option, requester, run_option
from groundsys.cli.procedure.group import procedure

#: desks answer between two steps of the mission clock
_ANSWER_TIMEOUT_S = 120.0
#: a watched run is looked at so often
_LOOK_S = 1.0

watch_option: Callable[..., Any] = click.option(
    "--watch/--no-watch",
    default=None,
    help="Follow the run to its end; on a terminal by default. Ctrl-C leaves it going.",
)
name_argument: Callable[..., Any] = click.argument("run_id", metavar="RUN")


class Asker:
    """Asks the desks of one run of the ground segment."""

    def __init__(self, run_path: Path | None, data_directory: Path) -> None:
        self._requester = requester(run_path, data_directory)

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._requester.ask(
            f"procedure_{verb}", timeout_s=_ANSWER_TIMEOUT_S, **arguments
        )
        return {key: value for key, value in answer.items() if key != "ok"}


@procedure.command()
@click.argument("name")
@click.option(
    "--craft", "--spacecraft", "craft", default="", help="Which craft, if it is for several."
)
@click.option("--set", "stated", multiple=True, metavar="NAME=VALUE", help="One of its parameters.")
@watch_option
@run_option
@data_option
@json_option
def run(
    name: str,
    craft: str,
    stated: Sequence[str],
    watch: bool | None,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Start a run of a procedure on the running ground segment.

    The run goes on by itself, whether it is watched or not, and survives the end of every process.
    """
    asker = Asker(run_path, data_directory)
    told = asker.ask(
        "start",
        procedure=name,
        spacecraft=craft,
        parameters=dict(map(read_parameter, stated)),
    )
    _show(asker, told, as_json, watch)


@procedure.command()
@name_argument
@click.option("--why", required=True, help="What is to be done meanwhile.")
@run_option
@data_option
@json_option
def hold(
    run_id: str,
    why: str,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Stop a run where it is; what it has commanded goes on."""
    asker = Asker(run_path, data_directory)
    _show(asker, asker.ask("hold", run=run_id, reason=why), as_json, False)


@procedure.command()
@name_argument
@click.option(
    "--how",
    type=click.Choice(["again", "retry", "skip"]),
    default="again",
    show_default=True,
    help="Look at the step again, command it once more, or pass it over.",
)
@click.option("--why", default="", help="Why so.")
@run_option
@data_option
@json_option
def resume(
    run_id: str,
    how: str,
    why: str,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Let a held run go on; whoever resumes it runs it too, and agrees at none of its gates."""
    asker = Asker(run_path, data_directory)
    told = asker.ask("resume", run=run_id, how=how, reason=why)
    _show(asker, told, as_json, False)


@procedure.command()
@name_argument
@click.option("--why", required=True, help="Why.")
@run_option
@data_option
@json_option
def abort(
    run_id: str,
    why: str,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Leave a run's steps for its abort path; a second time, end it where it is.

    What it has commanded and has not left yet is taken back.
    """
    asker = Asker(run_path, data_directory)
    _show(asker, asker.ask("abort", run=run_id, reason=why), as_json, False)


@procedure.command()
@name_argument
@click.option("--go/--no-go", "go", required=True, help="What you say.")
@click.option("--why", default="", help="Why; a no-go needs a reason.")
@run_option
@data_option
@json_option
def vote(
    run_id: str,
    go: bool,
    why: str,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Say go or no-go at the gate that a run is at; whoever runs it has no vote."""
    asker = Asker(run_path, data_directory)
    told = asker.ask("vote", run=run_id, go=go, reason=why)
    _show(asker, told, as_json, False)


@procedure.command()
@name_argument
@watch_option
@run_option
@data_option
@json_option
def show(
    run_id: str, watch: bool | None, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Show where a run is: its steps, what it waits for, who has voted, and its journal."""
    asker = Asker(run_path, data_directory)
    _show(asker, asker.ask("show", run=run_id), as_json, bool(watch))


@procedure.command("list")
@run_option
@data_option
@json_option
def list_procedures(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """List the procedures of the running ground segment, and their runs."""
    from groundsys.cli.procedure.pictures import library_picture

    told = Asker(run_path, data_directory).ask("list")
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        Console().print(library_picture(told))


def _show(asker: Asker, told: Mapping[str, Any], as_json: bool, watch: bool | None) -> None:
    from groundsys.cli.procedure.pictures import run_picture

    console = Console()
    follow = watch if watch is not None else (console.is_terminal and not as_json)
    if follow and not as_json:
        with Live(run_picture(told), console=console, auto_refresh=False) as live:
            while told["state"] != "ended":
                time.sleep(_LOOK_S)  # between two looks at a run that goes on by itself
                told = asker.ask("show", run=told["run"])
                live.update(run_picture(told), refresh=True)
    else:
        while follow and told["state"] != "ended":
            time.sleep(_LOOK_S)  # as above
            told = asker.ask("show", run=told["run"])
        if as_json:
            click.echo(json.dumps(told, indent=2))
        else:
            console.print(run_picture(told))
    if follow and told["outcome"] != "completed":
        sys.exit(1)


def read_parameter(text: str) -> tuple[str, Any]:
    """A stated parameter, its value as YAML would read it."""
    from groundsys.mission.parsing.reading import plain_value
    from groundsys.mission.parsing.yaml_tree import compose

    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"--set takes NAME=VALUE, not {text!r}")
    node = compose(value)
    return name, value if node is None else plain_value(node)
