"""Verbs beside a running ground segment: status, the console, a customer's fetch."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.first_page import main
from groundsys.cli.options import (
    data_option,
    desk_endpoints,
    json_option,
    requester,
    run_directory,
    run_option,
)


@main.command()
@run_option
@data_option
@json_option
def status(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """What is where: clock, fleet, passes, alarms, commands, deliveries."""
    from groundsys.rehearsal.summary import print_status

    answer = requester(run_path, data_directory).ask("status")
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        print_status(Console(), answer)


@main.command()
@run_option
@data_option
def tui(run_path: Path | None, data_directory: Path) -> None:
    """The operator's console, beside a running ground segment."""
    from groundsys.bus.curve import read_client_keys
    from groundsys.cli.credentials import chosen_name, shown_token
    from ops_tui.app import run_console

    endpoints = desk_endpoints(run_path, data_directory)
    run = run_directory(run_path, data_directory)
    shown = shown_token(run, chosen_name())
    run_console(
        endpoints["events"],
        endpoints["requests"],
        operator=shown.name if shown is not None else "nobody",
        credential=shown.file if shown is not None else None,
        keys=read_client_keys(run.keys, endpoints["requests"]),
        locate=lambda: desk_endpoints(run_path, data_directory),
    )


@main.command()
@click.option("--customer", required=True, help="Whose space.")
@click.option("--token", required=True, envvar="GROUNDSYS_TOKEN", help="The customer's token.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Your folder; what is home already is not fetched again.",
)
@click.option("--url", help="The portal; by default that of the run started last.")
@run_option
@data_option
def fetch(
    customer: str,
    token: str,
    into: Path,
    url: str | None,
    run_path: Path | None,
    data_directory: Path,
) -> None:
    """Bring a customer's products home: incremental, resumable, every hash checked.

    `groundsys verify` then proves that they are as the ground segment made them.
    """
    from groundsys.client import fetch_command

    if url is None:
        url = str(run_directory(run_path, data_directory).endpoints("portal")["url"])
    fetch_command(customer=customer, token=token, url=url, into=into)
