"""Verbs that fly: rehearse, up, down, and the processes of a run."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK, main
from groundsys.cli.options import data_option, mission_db_option, run_directory, run_option


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
            "--keys",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            envvar="GROUNDSYS_KEYS",
            help="With --yamcs: the folder of keys that came with its configuration.",
        ),
        click.option(
            "--host",
            default="127.0.0.1",
            show_default=True,
            help="Address for console, command line and portal; off this machine only with "
            "CURVE, whose keys the run makes, and with a certificate.",
        ),
        click.option(
            "--portal-port",
            default=0,
            type=click.IntRange(0, 65535),
            help="The portal's port; by default a free one.",
        ),
        click.option(
            "--certificate",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="The portal's certificate (PEM), for HTTPS.",
        ),
        click.option(
            "--certificate-key",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="The key of --certificate (PEM, PKCS#8).",
        ),
        click.option(
            "--objects",
            metavar="URL",
            envvar="GROUNDSYS_OBJECTS",
            help="Keep product bytes in an S3-compatible store: "
            "s3://BUCKET/PREFIX?endpoint=URL&region=NAME, credentials from the environment "
            "(AWS_ACCESS_KEY_ID, …); by default in the run's folder.",
        ),
        click.option(
            "--run",
            "run_path",
            type=click.Path(path_type=Path, file_okay=False),
            help="The run's own new folder; by default one named after scenario and time.",
        ),
        data_option,
        mission_db_option,
    ):
        function = option(function)
    return function


inject_option = click.option(
    "--inject",
    "stated",
    metavar="FAULT",
    multiple=True,
    help="A fault beside the scenario's own: NAME,key=value,… or a YAML file with a list of them; "
    "as often as you like. `groundsys scenario faults` tells which there are.",
)


@main.command()
@click.argument("scenario")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write JSON here.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so fast.")
@click.option(
    "--long", "prolonged", is_flag=True, help="Fly the scenario's part `long`: NAME@long."
)
@inject_option
@_flight_options
def rehearse(
    scenario: str,
    report: Path | None,
    prolonged: bool,
    stated: tuple[str, ...],
    **options: Any,
) -> None:
    """Fly SCENARIO against simulators and judge it; exit 0 only if every criterion holds.

    One of several legs (other dates, or other scenarios) is judged as a whole; SCENARIO@2 flies its
    second leg alone.

    \b
    What goes wrong may be injected:
      groundsys rehearse short --inject silent_cube,spacecraft=cube-polar,after_s=3600
      groundsys rehearse short --inject wind_stow,antenna=dss-43,from=2031-08-20T03:00:00Z

    It is checked before anything starts, and told in the report.
    """
    from groundsys.mission import load_injected
    from groundsys.mission.scenario.legs import SEPARATOR
    from groundsys.mission.scenario.scenario_model import LONG
    from groundsys.rehearsal.legs import rehearse as fly_and_judge
    from groundsys.rehearsal.options import FlightOptions
    from groundsys.rehearsal.report.summary import print_summary

    end_on_terminate()
    console = Console()
    if report is not None:
        _require_writable(report)
    if prolonged:
        scenario = f"{scenario}{SEPARATOR}{LONG}"
    injected = load_injected(stated, scenario, options["mission_db"])
    flight = FlightOptions(scenario=scenario, injected=injected, **options)
    verdict = fly_and_judge(flight, console)
    if report is not None:
        report.write_text(json.dumps(verdict, indent=2) + "\n")
    print_summary(console, verdict, report)
    sys.exit(0 if verdict["ok"] else EXIT_VERDICT_NOT_OK)


@main.command()
@click.argument("scenario", required=False)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Mission seconds per second.",
)
@click.option("--detach", is_flag=True, help="Return once it is up; stop it with `groundsys down`.")
@inject_option
@_flight_options
def up(scenario: str | None, detach: bool, stated: tuple[str, ...], **options: Any) -> None:
    """Run the ground segment with SCENARIO's simulated mission, without an end.

    Without one, that which the mission names as its first (mission.yaml).

    \b
    What goes wrong may be injected, as into `rehearse`:
      groundsys up short --rate 600 --detach --inject wind_stow,antenna=dss-43,after_s=12000

    It is checked before anything starts, and `groundsys status` tells what was injected.
    """
    from groundsys.mission import load_injected
    from groundsys.mission.loading import refuse_played, refuse_voyage
    from groundsys.mission.programme import programme_of
    from groundsys.rehearsal.flying.standing import run_standing, start_detached
    from groundsys.rehearsal.options import FlightOptions

    chosen = scenario or programme_of(options["mission_db"]).first_scenario
    refuse_voyage(chosen, options["mission_db"])
    injected = load_injected(stated, chosen, options["mission_db"])
    refuse_played(injected)
    flight = FlightOptions(scenario=chosen, injected=injected, **options)
    if detach:
        start_detached(flight, Console())
        return
    end_on_terminate()
    run_standing(flight, Console())


@main.command()
@run_option
@data_option
def down(run_path: Path | None, data_directory: Path) -> None:
    """Stop a running ground segment in order: craft, antennas, desks, then Yamcs."""
    from groundsys.rehearsal.flying.standing import stop_run

    stop_run(run_directory(run_path, data_directory), Console())


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


def end_on_terminate() -> None:
    """Treat SIGTERM like Ctrl-C, so that `groundsys down` closes everything in order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
