"""Verbs beside a running ground segment: status, the console, a customer's fetch."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

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
from groundsys.locales import LANGUAGES, TIME_ZONES, Locale, machine_language

#: where a console for browsers listens, unless it is told
DEFAULT_SEAT = "127.0.0.1:8777"


@main.command()
@run_option
@data_option
@json_option
def status(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """What is where: clock, fleet, passes, alarms, commands, deliveries; and injected faults."""
    from groundsys.rehearsal.report.summary import print_status

    answer = requester(run_path, data_directory).ask("status")
    # the desks do not know: it is the simulators' business, and the run's folder tells of it
    answer["injected"] = run_directory(run_path, data_directory).injected_faults()
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        print_status(Console(), answer)


@main.command()
@run_option
@data_option
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    envvar="GROUNDSYS_LANGUAGE",
    help="What the console speaks; by default this machine's language (LANG), or English.",
)
@click.option(
    "--time-zone",
    type=click.Choice(list(TIME_ZONES), case_sensitive=False),
    envvar="GROUNDSYS_TIME_ZONE",
    default="UTC",
    show_default=True,
    help="What its clocks show; what is logged, stored and sent is UTC. JST is marked J.",
)
@click.option(
    "--log-in",
    is_flag=True,
    help="Ask for name and password in the console itself, and keep the session nowhere.",
)
@click.option(
    "--serve",
    metavar="[HOST:PORT]",
    is_flag=False,
    flag_value=DEFAULT_SEAT,
    help=f"Serve it to browsers instead, on this machine alone; without a value {DEFAULT_SEAT}.",
)
@click.option(
    "--public-url",
    metavar="URL",
    help="With --serve behind a proxy of this machine that speaks TLS: its address (https://…).",
)
def tui(
    run_path: Path | None,
    data_directory: Path,
    language: str | None,
    time_zone: str,
    log_in: bool,
    serve: str | None,
    public_url: str | None,
) -> None:
    """The operator's console, beside a running ground segment.

    Language and time zone are this console's alone, and can be changed in its palette (Ctrl+P).

    \b
    With --serve each page of a browser is a console of its own; it asks for name and password, and
    nothing is kept.  Its server speaks in clear, so it listens on this machine alone.  From
    elsewhere: `ssh -L 8777:127.0.0.1:8777 HOST`, or a proxy on this machine that speaks TLS, with
    --public-url; the proxy hands on Host and Origin as they come, and WebSockets.
    """
    from groundsys.bus.curve import read_client_keys
    from groundsys.cli.credentials import chosen_name, shown_token

    endpoints = desk_endpoints(run_path, data_directory)
    run = run_directory(run_path, data_directory)
    if serve is not None:
        from ops_tui.serving import serve_console

        host, port = _seat(serve)
        chosen = ["--time-zone", time_zone, *(["--language", language] if language else [])]
        command = [sys.executable, "-m", "groundsys", "tui", "--log-in"]
        command += [*_where(run, data_directory), *chosen]
        serve_console(command, host, port, title="groundsys", public_url=public_url)
        return
    from ops_tui.app import run_console

    shown = None if log_in else shown_token(run, chosen_name())
    run_console(
        endpoints["events"],
        endpoints["requests"],
        credential=shown.file if shown is not None else None,
        log_in=log_in,
        keys=read_client_keys(run.keys, endpoints["requests"]),
        locate=lambda: desk_endpoints(run_path, data_directory),
        # on this machine it would be as whose machine it is, and not as who has logged in
        rehearse=() if log_in else _rehearsing(run, shown.name if shown else "", data_directory),
        locale=Locale(language or machine_language(os.environ), time_zone),
    )


def _rehearsing(run: Any, name: str, data_directory: Path) -> list[str]:
    """What the console types to rehearse a procedure of this run, as whoever sits at it."""
    who = ["--as", name] if name else []
    where = _where(run, data_directory)
    return [sys.executable, "-m", "groundsys", *who, "procedure", "rehearse", *where]


def _where(run: Any, data_directory: Path) -> list[str]:
    return ["--run", str(run.path.resolve()), "--data", str(data_directory.resolve())]


def _seat(stated: str) -> tuple[str, int]:
    """Address and port that `--serve` names."""
    host, colon, port = stated.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.BadParameter(
            f"{stated!r} is no HOST:PORT such as {DEFAULT_SEAT}", param_hint="--serve"
        )
    return host.strip("[]"), int(port)


@main.command()
@click.option("--customer", default="", help="Whose space; by default whosever token it is.")
@click.option("--token", required=True, envvar="GROUNDSYS_TOKEN", help="An API key, or a token.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Your folder; what is home already is not fetched again.",
)
@click.option("--url", help="The portal; by default that of the run started last.")
@click.option("--craft", "spacecraft", multiple=True, help="Of this craft alone; may be repeated.")
@click.option("--payload", multiple=True, help="Of this payload alone; may be repeated.")
@click.option("--level", multiple=True, help="Of this level (L0, L1, QL …); may be repeated.")
@click.option("--format", multiple=True, help="With this suffix (cdf, mseed …), or media type.")
@click.option("--measured-since", help="Measured at or after this moment (ISO 8601, UTC).")
@click.option("--measured-before", help="Measured before this moment (ISO 8601, UTC).")
@click.option("--created-since", help="Made at or after this moment (ISO 8601, UTC).")
@click.option("--latest", is_flag=True, help="Leave out versions that a newer one has replaced.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="So many products at once.",
)
@run_option
@data_option
@json_option
def fetch(
    customer: str,
    token: str,
    into: Path,
    url: str | None,
    jobs: int,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
    **wanted: Any,
) -> None:
    """Bring a customer's products home: incremental, resumable, every hash checked.

    Without a choice it brings everything; `groundsys verify` then proves that it is as the ground
    segment made it, with `--partial` also a part.
    """
    from groundsys.client import Selection, fetch_command

    if url is None:
        url = str(run_directory(run_path, data_directory).endpoints("portal")["url"])
    fetch_command(
        customer=customer,
        token=token,
        url=url,
        into=into,
        wanted=Selection.of(**wanted),
        jobs=jobs,
        as_json=as_json,
    )
