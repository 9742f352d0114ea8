"""`groundsys plan observe`: when cameras that pass a body can take pictures of it."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.subject import trajectories


@plan.command()
@click.argument("scenario_name", metavar="SCENARIO")
@click.option(
    "--oem",
    "oems",
    multiple=True,
    callback=trajectories,
    metavar="CRAFT=FILE",
    help="A newer trajectory of a craft (CCSDS 502.0-B); may be given again.",
)
@mission_db_option
@json_option
def observe(
    scenario_name: str, oems: tuple[tuple[str, Path], ...], mission_db: Path | None, as_json: bool
) -> None:
    """When a scenario's cameras can take pictures of the body that they pass.

    By the limits in a camera's `settings.observation`: phase angle, range, how fast the line of
    sight turns, and the room for pictures; where that is scarce, what is nearest is seen.
    """
    from groundsys.cli.plan.subject import with_trajectories
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario
    from groundsys.planning.observations import observations_of

    mission, scenario = load_scenario(scenario_name, mission_db)
    geometry = Geometry(with_trajectories(mission, dict(oems)))
    found = observations_of(mission, scenario, geometry)
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], indent=2))
        return
    console = Console()
    if not found:
        console.print("no camera of this scenario states limits of its own (settings.observation)")
        return
    for one in found:
        when, what = one.words()
        console.print(f"[bold]{when}[/]", highlight=False, soft_wrap=True)
        console.print(f"  {what}", highlight=False)
