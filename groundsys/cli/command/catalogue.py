"""`groundsys command catalogue`: what a craft can be told."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.command.group import command
from groundsys.cli.options import json_option, mission_db_option
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import CommandRefusedError


@command.command()
@click.argument("spacecraft", metavar="CRAFT")
@mission_db_option
@json_option
def catalogue(spacecraft: str, mission_db: Path | None, as_json: bool) -> None:
    """The commands of a craft, their arguments with ranges and units, and what they risk."""
    from groundsys.commanding.arguments import describe_command
    from groundsys.mission import load_mission
    from groundsys.mission.spacecraft.flown_versions import flown_commands

    mission = load_mission(mission_db) if mission_db else load_mission()
    if spacecraft not in mission.spacecraft:
        raise CommandRefusedError(
            f"there is no craft '{spacecraft}'", expected=", ".join(sorted(mission.spacecraft))
        )
    commands = flown_commands(mission.spacecraft[spacecraft])
    if as_json:
        click.echo(json.dumps([describe_command(one) for one in commands], indent=2))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("command", "arguments", "what it does"):
        table.add_column(heading, no_wrap=heading == "command")
    for one in sorted(commands, key=lambda one: one.name):
        risk = ""
        if one.significance != "none":
            risk = f"\n[yellow]{one.significance}:[/] {one.significance_reason}"
        arguments = "\n".join(_argument(field) for field in one.arguments)
        table.add_row(one.name, arguments, one.description + risk)
    Console().print(table, highlight=False)


def _argument(field: Field) -> str:
    if field.kind == "enum":
        return f"{field.name}={'|'.join(field.enumeration.values())}"
    if field.minimum is not None and field.maximum is not None:
        return f"{field.name}={field.minimum:g}…{field.maximum:g} {field.unit}".rstrip()
    return f"{field.name} {f'({field.unit})' if field.unit else ''}".rstrip()
