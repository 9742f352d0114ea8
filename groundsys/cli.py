"""The command line: one verb a job, errors with a remedy, JSON where a machine reads.

Verbs import what they need when they run, so that `groundsys --help` is instant and a headless
run never loads the console.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.values.errors import GroundsysError

EXIT_VERDICT_NOT_OK = 1
EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


class _TeachingGroup(click.Group):
    """Shows our errors as an operator reads them, and ends a Ctrl-C quietly."""

    def invoke(self, ctx: click.Context) -> Any:
        console = Console(stderr=True)
        try:
            return super().invoke(ctx)
        except GroundsysError as error:
            console.print(f"[bold red]{error.title}[/]: {error}", highlight=False)
            sys.exit(EXIT_ERROR)
        except KeyboardInterrupt:
            console.print("stopped by Ctrl-C; everything was closed in order")
            sys.exit(EXIT_INTERRUPTED)


@click.group(cls=_TeachingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundsys")
def main() -> None:
    """A deep-space ground segment for small probes.

    \b
    First steps:
      groundsys doctor                  what this machine lacks, and how to mend it
      groundsys rehearse quickstart     fly one Mars day with two customers' data
      groundsys up --rate 600           the same without an end; then, beside it:
      groundsys tui                       the operator's console
      groundsys status                    the fleet in a few lines
      groundsys down                      stop it in order
    """


_mission_db = click.option(
    "--mission-db",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="GROUNDSYS_MISSION_DB",
    help="Folder of definitions; the one beside the package by default.",
)
_data = click.option(
    "--data",
    "data_directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("groundsys-data"),
    show_default=True,
    help="Where runs are kept.",
)
_run = click.option(
    "--run",
    "run_path",
    type=click.Path(path_type=Path, file_okay=False),
    help="A run's own folder; by default the one started last.",
)


def _flight_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--seed", default=1, show_default=True, help="Seed of the simulated truth."),
        click.option(
            "--yamcs",
            "yamcs_url",
            metavar="URL",
            envvar="GROUNDSYS_YAMCS",
            help="Join a Yamcs that runs already, e.g. http://user:password@127.0.0.1:8090, "
            "configured with `groundsys yamcs-configuration`.",
        ),
        click.option(
            "--run",
            "run_path",
            type=click.Path(path_type=Path, file_okay=False),
            help="The run's own new folder; by default one named after scenario and time.",
        ),
        _data,
        _mission_db,
    ):
        function = option(function)
    return function


@main.command()
@click.argument("scenario")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write JSON here.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so fast.")
@_flight_options
def rehearse(scenario: str, report: Path | None, **options: Any) -> None:
    """Fly SCENARIO against simulators and judge it; exit 0 only if every criterion holds."""
    from groundsys.rehearsal.flight import FlightOptions, rehearse_scenario
    from groundsys.rehearsal.summary import print_summary

    _end_on_terminate()
    console = Console()
    if report is not None:
        _require_writable(report)
    verdict = rehearse_scenario(FlightOptions(scenario=scenario, **options), console)
    if report is not None:
        report.write_text(json.dumps(verdict, indent=2) + "\n")
    print_summary(console, verdict, report)
    sys.exit(0 if verdict["ok"] else EXIT_VERDICT_NOT_OK)


@main.command()
@click.argument("scenario", default="quickstart")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Mission seconds per second.",
)
@click.option("--detach", is_flag=True, help="Return once it is up; stop it with `groundsys down`.")
@_flight_options
def up(scenario: str, detach: bool, **options: Any) -> None:
    """Run the ground segment with SCENARIO's simulated mission, without an end."""
    from groundsys.rehearsal.flight import FlightOptions
    from groundsys.rehearsal.standing import run_standing, start_detached

    flight = FlightOptions(scenario=scenario, **options)
    if detach:
        start_detached(flight, Console())
        return
    _end_on_terminate()
    run_standing(flight, Console())


@main.command()
@_run
@_data
def down(run_path: Path | None, data_directory: Path) -> None:
    """Stop a running ground segment in order: craft, antennas, desks, then Yamcs."""
    from groundsys.rehearsal.standing import stop_run

    stop_run(_run_directory(run_path, data_directory), Console())


@main.command()
@_run
@_data
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """What is where: clock, fleet, passes, alarms, commands, deliveries."""
    from groundsys.rehearsal.summary import print_status

    answer = _requester(run_path, data_directory).ask("status")
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        print_status(Console(), answer)


@main.command()
@_run
@_data
def tui(run_path: Path | None, data_directory: Path) -> None:
    """The operator's console, beside a running ground segment."""
    from ops_tui.app import run_console

    endpoints = _desk_endpoints(run_path, data_directory)
    run_console(
        endpoints["events"],
        endpoints["requests"],
        locate=lambda: _desk_endpoints(run_path, data_directory),
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
@_run
@_data
def fetch(
    customer: str,
    token: str,
    into: Path,
    url: str | None,
    run_path: Path | None,
    data_directory: Path,
) -> None:
    """Bring a customer's products home: incremental, resumable, every hash checked."""
    from groundsys.client import fetch_command

    if url is None:
        url = str(_run_directory(run_path, data_directory).endpoints("portal")["url"])
    fetch_command(customer=customer, token=token, url=url, into=into)


@main.command()
@_run
@click.option("--json", "as_json", is_flag=True, help="For machines.")
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
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(path: Path | None, as_json: bool) -> None:
    """Check a mission_db folder: every finding at once, with file and line."""
    from groundsys.mission import check_mission, default_mission_db

    folder = path or default_mission_db()
    findings = check_mission(folder)
    if as_json:
        click.echo(json.dumps([_finding_json(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{folder}: {len(findings)} finding(s)" if findings else f"{folder}: sound")
    sys.exit(EXIT_VERDICT_NOT_OK if findings else 0)


@main.command("yamcs-configuration")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--scenario", default="quickstart", show_default=True, help="Whose craft and start.")
@click.option("--port", default=8090, show_default=True, help="Of Yamcs' HTTP server.")
@click.option(
    "--udp-port",
    default=10_100,
    show_default=True,
    help="The first of the frame links' ports, two a craft.",
)
@_mission_db
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def yamcs_configuration(
    directory: Path,
    scenario: str,
    port: int,
    udp_port: int,
    mission_db: Path | None,
    as_json: bool,
) -> None:
    """Write the configuration of a Yamcs that you run yourself, for `--yamcs`, into DIR."""
    from groundsys.backend.standalone import write_standalone
    from groundsys.rehearsal.flight import FlightOptions, mission_and_scenario

    options = FlightOptions(scenario=scenario, mission_db=mission_db)
    recipe = write_standalone(
        directory, *mission_and_scenario(options), http_port=port, first_udp_port=udp_port
    )
    if as_json:
        click.echo(json.dumps(recipe.as_json(), indent=2))
        return
    click.echo(f"written: {directory}\n\nstart Yamcs:\n\n  {recipe.command_line}\n")
    click.echo(f"then, beside it:\n\n  groundsys rehearse {scenario} --yamcs {recipe.url}\n")
    click.echo("Yamcs keeps only a hash of the account's password: note the URL.")


@main.command(hidden=True)
@click.argument("kind", type=click.Choice(["antenna", "hub", "desks", "portal"]))
@click.option("--id", "identifier", default="", help="Which antenna.")
@click.option("--run", "run_path", type=click.Path(path_type=Path), required=True)
def node(kind: str, identifier: str, run_path: Path) -> None:
    """Be one process of a run (started by `rehearse` and `up`)."""
    from groundsys.assembly import serve

    serve(kind, identifier, run_path)


def _require_writable(report: Path) -> None:
    """Say before a flight, not after it, that its report cannot be written."""
    from groundsys.values.errors import EnvironmentLackError

    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        new = not report.exists()
        report.open("a").close()
        if new:
            report.unlink()
    except OSError as error:
        raise EnvironmentLackError(
            f"the report {report} cannot be written",
            found=error.strerror or str(error),
            remedy="name another file with --report",
        ) from error


def _finding_json(finding: Any) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _run_directory(run_path: Path | None, data_directory: Path) -> Any:
    from groundsys.rehearsal.run_directory import RunDirectory, current_run

    return RunDirectory(run_path) if run_path is not None else current_run(data_directory)


def _desk_endpoints(run_path: Path | None, data_directory: Path) -> dict[str, Any]:
    from groundsys.values.errors import EnvironmentLackError

    run = _run_directory(run_path, data_directory)
    endpoints: dict[str, Any] = run.endpoints("desks")
    if not endpoints:
        raise EnvironmentLackError(
            f"the run in {run.path} has no desks (yet)",
            remedy="wait a few seconds, or start one with `groundsys up`",
        )
    if not run.is_running():
        raise EnvironmentLackError(
            f"the run in {run.path} has ended", remedy="start one with `groundsys up`"
        )
    return endpoints


def _requester(run_path: Path | None, data_directory: Path) -> Any:
    from groundsys.bus.live import Requester

    return Requester(_desk_endpoints(run_path, data_directory)["requests"])


def _end_on_terminate() -> None:
    """Treat SIGTERM like Ctrl-C, so that `groundsys down` closes everything in order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
