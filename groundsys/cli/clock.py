"""`groundsys clock`: what is believed of the craft's clocks, and as a SPICE kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.mission.spacecraft.craft_model import Spacecraft
    from groundsys.rehearsal.run_directory import RunDirectory
    from groundsys.values.clock import ClockHistory, ClockReset, ClockSolution
    from groundsys.values.instants import Instant

#: lines that are shown unless asked for more
_SHOWN = 24


@main.group()
def clock() -> None:
    """The craft's clocks: when they showed what, how sure that is, and their resets.

    \b
      groundsys clock show otv                    offset, drift and uncertainty over time
      groundsys clock export otv --out otv.tsc    a SPICE kernel (SCLK, type 1)
    \b
    What is believed of a clock is written down at the end of each pass.
    """


@clock.command()
@click.argument("craft")
@click.option("--all", "every", is_flag=True, help=f"Not the newest {_SHOWN} lines alone.")
@run_option
@data_option
@json_option
def show(
    craft: str, every: bool, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Show a clock's history, line after line; of the run started last by default."""
    history, spacecraft = _known(run_directory(run_path, data_directory), craft)
    epoch = spacecraft.sclk_epoch
    if as_json:
        click.echo(json.dumps(_as_json(history, epoch), indent=2))
        return
    table = Table("partition", "from (UTC)", "SCLK s", "ahead s", "slow ppm", "1 sigma ms")
    pieces = history.pieces if every else history.pieces[-_SHOWN:]
    for piece in pieces:
        told = _piece(piece, epoch)
        table.add_row(
            str(piece.partition),
            told["scet_utc"],
            f"{piece.sclk_ref_ns / 1e9:.6f}",
            f"{told['offset_s']:+.6f}",
            f"{piece.drift_ppm:+.4f}",
            f"{piece.uncertainty_s * 1e3:.3f}",
        )
    console = Console()
    console.print(table)
    for reset in history.resets:
        told = _reset(reset)
        console.print(
            f"partition {reset.partition}: reset between {told['after_utc']} and "
            f"{told['before_utc']}, by {told['jump_s']:+.3f} s",
            highlight=False,
        )
    if len(pieces) < len(history.pieces):
        console.print(f"[dim]the newest {_SHOWN} of {len(history.pieces)}; every one: --all[/]")


@clock.command()
@click.argument("craft")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The kernel to write, FILE.tsc.",
)
@run_option
@data_option
@json_option
def export(
    craft: str, out: Path, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Write a clock's history as an SCLK kernel, which SPICE reads with any leapseconds kernel."""
    from groundsys.planning.exchange.files import write_whole
    from groundsys.telemetry.sclk_kernel import write_sclk_kernel

    history, spacecraft = _known(run_directory(run_path, data_directory), craft)
    scid = spacecraft.framing.spacecraft_id
    write_whole(out, write_sclk_kernel(history, scid, history.current.valid_from))
    if as_json:
        told = {"file": str(out), "spice_id": -scid, "lines": len(history.pieces)}
        click.echo(json.dumps({**told, "partitions": 1 + len(history.resets)}, indent=2))
    else:
        click.echo(f"written: {out}, SPICE ID -{scid}, {len(history.pieces)} lines")


def _known(run: RunDirectory, craft: str) -> tuple[ClockHistory, Spacecraft]:
    """What a run's store says of a craft's clock, and the craft as it was flown."""
    from groundsys.mission import load_mission
    from groundsys.store import Store
    from groundsys.values.errors import EnvironmentLackError

    mission_db = run.facts()["mission_db"]  # says so if there is no run
    with Store(run.store, read_only=True) as store:
        history, measured = store.clocks.history(craft), store.clocks.measured()
    if history is None:
        raise EnvironmentLackError(
            f"nothing is known of a clock of '{craft}'",
            expected=f"one of {', '.join(measured)}" if measured else "a pass that is over",
            remedy="name a craft that has been heard, or wait for the end of a pass",
        )
    return history, load_mission(mission_db).spacecraft[craft]


def _piece(piece: ClockSolution, epoch: Instant) -> dict[str, Any]:
    from groundsys.values.instants import NANOSECONDS_PER_SECOND

    ahead_ns = piece.sclk_ref_ns - (piece.scet_ref.tai_ns - epoch.tai_ns)
    return {
        "partition": piece.partition,
        "sclk_ns": piece.sclk_ref_ns,
        "scet_utc": piece.scet_ref.utc_iso(6),
        "scet_tai_ns": piece.scet_ref.tai_ns,
        "offset_s": ahead_ns / NANOSECONDS_PER_SECOND,
        "rate": piece.rate,
        "drift_ppm": piece.drift_ppm,
        "uncertainty_s": piece.uncertainty_s,
        "rate_uncertainty": piece.rate_uncertainty,
    }


def _reset(reset: ClockReset) -> dict[str, Any]:
    return {
        "partition": reset.partition,
        "after_utc": reset.within.start.utc_iso(6),
        "before_utc": reset.within.end.utc_iso(6),
        "jump_s": reset.jump_ns / 1e9,
    }


def _as_json(history: ClockHistory, epoch: Instant) -> dict[str, Any]:
    return {
        "spacecraft": history.current.spacecraft,
        "known_at": history.current.valid_from.utc_iso(6),
        "lines": [_piece(piece, epoch) for piece in history.pieces],
        "resets": [_reset(reset) for reset in history.resets],
    }
