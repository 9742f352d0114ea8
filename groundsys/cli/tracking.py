"""`groundsys tracking`: what stations measured of the craft's motion, and as CCSDS TDM."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.rehearsal.run_directory import RunDirectory
    from groundsys.tracking import PassResiduals
    from groundsys.values.tracking import TrackingPoint


@main.group()
def tracking() -> None:
    """Two-way range and Doppler of the stations, and how far off the trajectory was.

    \b
      groundsys tracking show otv                     residuals of each pass
      groundsys tracking export pass-03 --out 3.tdm   for navigators: CCSDS TDM
    \b
    Stations hand over what they have measured at the end of each pass.
    """


@tracking.command()
@click.argument("subject", metavar="CRAFT|PASS")
@run_option
@data_option
@json_option
def show(subject: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show the residuals of each pass against the trajectory that was believed then."""
    from groundsys.tracking import residuals_of

    found = residuals_of(_points(run_directory(run_path, data_directory), subject))
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], indent=2))
        return
    table = Table(
        "pass", "antenna", "from (UTC)", "points", "range m", "rms m", "Doppler mm/s", "rms mm/s"
    )
    for one in found:
        table.add_row(
            one.pass_id,
            one.antenna,
            one.first.utc_iso(0),
            str(one.points),
            f"{one.range_mean_m:+.1f}",
            f"{one.range_rms_m:.1f}",
            f"{one.doppler_mean_mm_s:+.3f}",
            f"{one.doppler_rms_mm_s:.3f}",
        )
    Console().print(table)


@tracking.command()
@click.argument("subject", metavar="CRAFT|PASS")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The message to write: FILE.tdm, or FILE.xml for NDM/XML.",
)
@run_option
@data_option
@json_option
def export(
    subject: str, out: Path, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Write what was measured as CCSDS Tracking Data Message (503.0-B), a segment a pass."""
    from groundsys.mission import load_mission
    from groundsys.planning.exchange.files import write_whole
    from groundsys.tracking import write_tdm_kvn, write_tdm_xml

    run = run_directory(run_path, data_directory)
    points = _points(run, subject)
    write = write_tdm_xml if out.suffix.lower() == ".xml" else write_tdm_kvn
    mission = load_mission(run.facts()["mission_db"])
    write_whole(out, write(mission, points, points[-1].received))
    if as_json:
        click.echo(json.dumps({"file": str(out), "points": len(points)}, indent=2))
    else:
        click.echo(f"written: {out}, {len(points)} points")


def _points(run: RunDirectory, subject: str) -> list[TrackingPoint]:
    from groundsys.store import Store
    from groundsys.values.errors import EnvironmentLackError

    run.facts()  # says so if there is no run
    with Store(run.store, read_only=True) as store:
        points, known = store.tracking.of(subject), store.tracking.subjects()
    if not points:
        raise EnvironmentLackError(
            f"no tracking data of '{subject}'",
            expected=f"one of {', '.join(known)}"
            if known
            else "a pass with an uplink that is over",
            remedy="name a craft or a pass, or wait for the end of a pass",
        )
    return points


def _as_json(one: PassResiduals) -> dict[str, Any]:
    told = asdict(one)
    told["first_utc"] = one.first.utc_iso(3)
    told["last_utc"] = one.last.utc_iso(3)
    del told["first"], told["last"]
    return told
