"""`groundsys procedure rehearse` and `rehearsal`: rehearse before radiate."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK
from groundsys.cli.options import data_option, json_option, run_directory, run_option
from groundsys.cli.procedure.group import procedure
from groundsys.cli.procedure.running import Asker, read_parameter


@procedure.command()
@click.argument("name")
@click.option("--craft", "--spacecraft", "craft", default="", help="Which, if it is for several.")
@click.option("--set", "stated", multiple=True, metavar="NAME=VALUE", help="One of its parameters.")
@click.option("--seed", type=int, help="Of the simulated truth; by default the snapshot gives one.")
@click.option(
    "--within-h",
    type=click.FloatRange(min=0, min_open=True),
    default=48.0,
    show_default=True,
    help="Hours of mission time after which a run that goes on has failed.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="A new folder that keeps the whole flight; else nothing is left of it but the verdict.",
)
@click.option(
    "--mission-db",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of definitions; by default that of the running ground segment.",
)
@run_option
@data_option
@json_option
def rehearse(
    name: str,
    craft: str,
    stated: Sequence[str],
    seed: int | None,
    within_h: float,
    keep: Path | None,
    mission_db: Path | None,
    run_path: Path | None,
    data_directory: Path,
    as_json: bool,
) -> None:
    """Rehearse a procedure on fresh simulators, begun as the craft's latest telemetry tells.

    The desks hand out the craft's state, the texts and the plan; here they are flown at full speed,
    with a Yamcs of their own, from the next contact on.  At its gates everybody says go once the
    conditions hold.  The verdict goes back to the desks: a critical procedure runs only with one
    that has passed and still counts.  Exits 0 only if it has passed.
    """
    from groundsys.cli.flights import end_on_terminate
    from groundsys.cli.procedure.rehearsal_pictures import rehearsal_picture
    from groundsys.planning.exchange.fields import to_plain
    from groundsys.rehearsal.flying.procedure_rehearsal import Order, rehearse_procedure

    end_on_terminate()
    asker = Asker(run_path, data_directory)
    answer = asker.ask(
        "rehearse", procedure=name, spacecraft=craft, parameters=dict(map(read_parameter, stated))
    )
    order = Order.of(answer)
    verdict = rehearse_procedure(
        order,
        Console(stderr=as_json),
        data_directory=data_directory,
        mission_db=mission_db or _definitions(run_path, data_directory),
        seed=seed,
        within_h=within_h,
        keep=keep,
    )
    told = asker.ask(
        "rehearsed",
        rehearsal=order.snapshot.id,
        digest=order.digest,
        verdict=to_plain(verdict, "verdict"),
    )
    _tell({**told, **_whole(asker, order.snapshot.id)}, as_json, rehearsal_picture)
    sys.exit(0 if verdict.ok else EXIT_VERDICT_NOT_OK)


@procedure.command()
@click.argument("rehearsal")
@run_option
@data_option
@json_option
def rehearsal(rehearsal: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show a rehearsal: what it was flown with, what was seen, and by what margin."""
    from groundsys.cli.procedure.rehearsal_pictures import rehearsal_picture

    _tell(_whole(Asker(run_path, data_directory), rehearsal), as_json, rehearsal_picture)


def _whole(asker: Asker, name: str) -> dict[str, Any]:
    return asker.ask("rehearsal", rehearsal=name)


def _tell(told: dict[str, Any], as_json: bool, picture: Any) -> None:
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        Console().print(picture(told))


def _definitions(run_path: Path | None, data_directory: Path) -> Path | None:
    """The running ground segment's definitions, if it runs on this machine."""
    named = run_directory(run_path, data_directory).facts().get("mission_db")
    return Path(named) if named else None
