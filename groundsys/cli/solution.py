"""`groundsys solution`: orbits that others have determined, what they change, and the decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_directory, run_option

#: desks compare, and plan again, between two steps of the mission clock
_ANSWER_TIMEOUT_S = 300.0


@main.group()
def solution() -> None:
    """Orbit solutions of craft and small bodies, as others determine them.

    \b
      groundsys solution import otv.oem --of otv            OEM, SPK, OPM or OCM of a craft
      groundsys solution import sbdb.json --of BODY         elements of a small body, JPL or MPC
      groundsys solution show                               every version
      groundsys solution show 3                             what it changes, on one page
      groundsys solution accept 3 --why "agreed with NAV"   fly it, and plan again
      groundsys solution refuse 3 --why "wrong arc"
    \b
    A new solution is compared with what is flown: along, across and outwards in km and in sigmas,
    and by which passes, sessions, loaded sequences and products it changes.  Within the planning
    rule solution_sigmas it is flown at once; beyond, an alarm stands until a person has decided.
    """


@solution.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--of", required=True, metavar="ID", help="A craft of the scenario, or a body.")
@click.option("--target", type=int, help="The object's NAIF number in an SPK kernel of several.")
@run_option
@data_option
@json_option
def import_solution(
    file: Path,
    of: str,
    target: int | None,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Bring an orbit solution, and see what it changes.

    FILE is a CCSDS OEM (KVN, XML), OPM or OCM (KVN), a SPICE SPK kernel, or JSON as JPL's
    Small-Body Database (sbdb.api?…&cov=mat&full-prec=1) or the Minor Planet Center answers it.  One
    state, or elements, are integrated to the planned weeks; their covariance goes with them.
    """
    from groundsys.geometry.central_bodies import bodies_of
    from groundsys.geometry.solutions.reading import read_solution
    from groundsys.mission import load_mission
    from groundsys.values.instants import Instant, Interval

    ask = _asker(run_path, data_directory)
    reach = ask("solution_list")["reach"]
    start, end = Instant(reach["start_ns"]), Instant(reach["end_ns"])
    # light is under way for up to an hour on either side, and the mission clock goes on meanwhile
    around = Interval(start.plus_seconds(-2 * 3600.0), end.plus_seconds(6 * 3600.0))
    bodies = bodies_of(load_mission(run_directory(run_path, data_directory).facts()["mission_db"]))
    found = read_solution(file, of, around, bodies, start, target)
    answer = ask(
        "solution_import",
        of=of,
        oem=found.oem,
        source={
            "format": found.kind,
            "file": file.name,
            "sha256": found.sha256,
            "object_name": found.object_name,
            "name": found.name,
        },
    )
    _show_answer(answer, as_json)


@solution.command()
@click.argument("number", type=int, required=False)
@run_option
@data_option
@json_option
def show(number: int | None, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show what solution NUMBER changes on one page; without NUMBER list them all."""
    ask = _asker(run_path, data_directory)
    if number is not None:
        _show_answer(ask("solution_show", number=number), as_json)
        return
    told = ask("solution_list")["solutions"]
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    if not told:
        click.echo("no orbit solution was imported; see: groundsys solution import --help")
        return
    from groundsys.tracking.solution_page import summary_of

    table = Table("", "of", "state", "imported", "by", "what it changes")
    for one in told:
        summary = summary_of(one["comparison"])
        row = (one["number"], one["of"], one["state"], one["imported"], one["by"], summary)
        table.add_row(*map(str, row))
    Console().print(table)


@solution.command()
@click.argument("number", type=int)
@click.option("--why", required=True, help="The reason, for the audit log.")
@run_option
@data_option
@json_option
def accept(
    number: int, why: str, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Fly a solution that was proposed: the plan is made again by it."""
    answer = _asker(run_path, data_directory)("solution_accept", number=number, reason=why)
    _show_answer(answer, as_json)


@solution.command()
@click.argument("number", type=int)
@click.option("--why", required=True, help="The reason, for the audit log.")
@run_option
@data_option
@json_option
def refuse(
    number: int, why: str, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Leave a solution that was proposed aside; it stays as a version."""
    answer = _asker(run_path, data_directory)("solution_refuse", number=number, reason=why)
    _show_answer(answer, as_json)


def _asker(run_path: Path | None, data_directory: Path) -> Callable[..., dict[str, Any]]:
    asking = requester(run_path, data_directory)
    return partial(asking.ask, timeout_s=_ANSWER_TIMEOUT_S)


def _show_answer(answer: dict[str, Any], as_json: bool) -> None:
    from groundsys.tracking.solution_page import solution_page

    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    click.echo(solution_page(answer["solution"]), nl=False)
    planned = answer.get("plan")
    if planned is None:
        return
    if planned["adopted"]:
        click.echo(f"  plan version {planned['version']} is flown now: groundsys plan diff --run")
    else:
        click.echo("  the old plan stands: " + "; ".join(planned["findings"]))
