"""`groundsys plan sites`: where and when a craft can touch a small body, and what it would meet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.plan.group import plan

if TYPE_CHECKING:
    from groundsys.planning.site_choice import Opportunity


@plan.command()
@click.argument("scenario_name", metavar="SCENARIO")
@mission_db_option
@json_option
def sites(scenario_name: str, mission_db: Path | None, as_json: bool) -> None:
    """Where and when a scenario's craft can touch a small body, the best first.

    Each site comes beneath once a turn of the body.  By the limits in the craft's file
    (`descent.choice`): slope, boulders, how far the way down leans, how high Sun and Earth stand;
    and whether an antenna can still send the go, and hears the touch-down.
    """
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario
    from groundsys.planning.site_choice import opportunities

    mission, scenario = load_scenario(scenario_name, mission_db)
    found = opportunities(mission, scenario, Geometry(mission))
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], indent=2))
        return
    console = Console()
    if not found:
        console.print(
            "no craft of this scenario goes down to a small body within its span (section descent)"
        )
    for one in found:
        _print(console, one)


def _print(console: Console, one: Opportunity) -> None:
    name = f"{one.spacecraft}, site {one.site.number} ({one.site.name})"
    mark, colour = ("✗", "red") if one.against else ("✓", "green")
    console.print(
        f"[{colour}]{mark}[/] [bold]{one.touches.utc_iso(0)}[/]  {escape(name)}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    if one.against:
        against = escape("; ".join(one.against))
        console.print(f"    [{colour}]{against}[/]", highlight=False, soft_wrap=True)
        return
    console.print(
        "    " + " · ".join(figure.words() for figure in one.figures),
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        f"    begins {one.begins.utc_iso(0)} · the go leaves {', '.join(one.sending)} by "
        f"{one.go_leaves_by.utc_iso(0)} · heard by {', '.join(one.hearing)}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
