"""`groundsys inject`: a fault into a simulated mission while it flies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_option


@main.command()
@click.argument("fault", required=False)
@click.option("--why", default="", help="What it is for; it stands in the audit log.")
@run_option
@data_option
@json_option
def inject(
    fault: str | None, why: str, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Let FAULT strike a rehearsal that is flying; without one, tell what can strike, and whom.

    \b
      groundsys inject                                    what can, and what it needs to be told
      groundsys inject wind_stow,antenna=dss-43,lasts_s=7200
      groundsys inject safe_mode,spacecraft=otv,from=2031-08-20T09:00:00Z --why "safe mode drill"

    Stated as behind `rehearse --inject`; without a time it begins now, and without an end it lasts.
    The flight director alone may do so.  It is checked at once, written into the audit log, shown
    on the console's screen Rehearsal and by `status`, and told in the rehearsal's report.
    """
    desks = requester(run_path, data_directory)
    if fault is None:
        faults = desks.ask("fault_catalogue")["faults"]
        if as_json:
            click.echo(json.dumps(faults, indent=2))
        else:
            Console().print(_table(faults))
        return
    wished = desks.ask("fault_inject", fault=fault, reason=why)
    if as_json:
        click.echo(json.dumps(wished, indent=2))
    else:
        click.echo(
            f"it strikes with the next step of the mission clock, or later if it says so: {fault}\n"
            "`groundsys status` tells when it has been injected"
        )


def _table(faults: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for one in faults:
        told = [f"{key}={'|'.join(names)}" for key, names in one["whom"].items()]
        told.append(" ".join(("after_s=…", *(["until_s=… or lasts_s=…"] if one["lasts"] else []))))
        told += [_parameter(each) for each in one["parameters"]]
        table.add_row(one["fault"], Group(one["sentence"], *(Text(each, "dim") for each in told)))
    return table


def _parameter(one: Mapping[str, Any]) -> str:
    default = "…" if one["default"] is None else one["default"]
    unit = one["unit"] and f" {one['unit']}"
    need = ", must be told" if one["required"] else ""
    choices = f": {', '.join(one['choices'])}" if one["choices"] else ""
    return f"{one['name']}={default}{unit}  {one['meaning']}{need}{choices}"
