"""Verbs about the machine and the definitions: doctor, check, a configuration of Yamcs."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from groundsys.cli.findings import tell_findings
from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK, main
from groundsys.cli.options import json_option, mission_db_option, run_option


@main.command()
@run_option
@json_option
def doctor(run_path: Path | None, as_json: bool) -> None:
    """Say what this machine lacks, and how to mend it."""
    from groundsys.doctor import diagnose, render_checks

    checks = diagnose(run_path)
    if as_json:
        click.echo(json.dumps([check.as_json() for check in checks], indent=2))
    else:
        Console().print(render_checks(checks))
    sys.exit(0 if all(check.ok for check in checks) else EXIT_VERDICT_NOT_OK)


@main.command()
@click.argument(
    "path", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False
)
@json_option
def check(path: Path | None, as_json: bool) -> None:
    """Check a mission_db folder: every finding at once, with file and line."""
    from groundsys.mission import check_mission, default_mission_db, load_mission
    from groundsys.procedures.protection_findings import protection_findings

    folder = path or default_mission_db()
    # planetary protection names craft and packets: it is looked at once those are sound
    findings = check_mission(folder) or protection_findings(load_mission(folder))
    tell_findings(folder, findings, as_json=as_json)


@main.command("yamcs-configuration")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--scenario", help="Whose craft and start; by default the mission's first.")
@click.option("--port", default=8090, show_default=True, help="Of Yamcs' HTTP server.")
@click.option(
    "--udp-port",
    default=10_100,
    show_default=True,
    help="The first of the frame links' ports, two a craft.",
)
@mission_db_option
@json_option
def yamcs_configuration(
    directory: Path,
    scenario: str | None,
    port: int,
    udp_port: int,
    mission_db: Path | None,
    as_json: bool,
) -> None:
    """Write the configuration of a Yamcs that you run yourself, for `--yamcs`, into DIR."""
    from groundsys.backend.standalone import write_standalone
    from groundsys.mission.programme import programme_of
    from groundsys.rehearsal.options import FlightOptions, mission_and_scenario

    chosen = scenario or programme_of(mission_db).first_scenario
    options = FlightOptions(scenario=chosen, mission_db=mission_db)
    recipe = write_standalone(
        directory, *mission_and_scenario(options), http_port=port, first_udp_port=udp_port
    )
    if as_json:
        click.echo(json.dumps(recipe.as_json(), indent=2))
        return
    click.echo(f"written: {directory}\n\nstart Yamcs:\n\n  {recipe.command_line}\n")
    join = f"--yamcs {recipe.url} --keys {shlex.quote(str(recipe.keys))}"
    click.echo(f"then, beside it:\n\n  groundsys rehearse {chosen} {join}\n")
    click.echo("Yamcs keeps only a hash of the account's password: note the URL.")
