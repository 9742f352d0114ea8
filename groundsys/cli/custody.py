"""`groundsys custody`: where each customer's data are, when the rest comes, where the time went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.rehearsal.run_directory import RunDirectory

#: files on their way that are shown of each customer, unless asked for all
_SHOWN = 12
_PLACES = ("cube", "relay", "pass", "archived", "product", "fetched")
_HOME = ("product", "fetched")


@main.command()
@click.option("--customer", default="", help="Of this one alone.")
@click.option("--all", "every", is_flag=True, help=f"Not the first {_SHOWN} files alone.")
@run_option
@data_option
@json_option
def custody(
    customer: str, every: bool, run_path: Path | None, data_directory: Path, as_json: bool
) -> None:
    """Where the customers' data are, hop by hop, and when what is not home yet will be.

    \b
    cube      made, and still aboard its cube
    relay     aboard the relay;  pass: on its way down now
    archived  received, and not yet a product
    product   published in the customer's space;  fetched: the customer has it
    \b
    Of a file that is home, the time since its last measurement is split: no path existed
    (geometry), a path was there and others were served (queueing), light, and us.
    Of a run that has ended, this is how it stood in the end.
    """
    run = run_directory(run_path, data_directory)
    if run.is_running():
        answer = requester(run_path, data_directory).ask("custody", customer=customer)
    else:
        answer = _as_it_ended(run, customer)
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    console = Console()
    console.print(_totals(answer))
    for id, one in answer["customers"].items():
        _show_customer(console, id, one, every=every)


def _as_it_ended(run: RunDirectory, customer: str) -> dict[str, Any]:
    """The same from the store of a run without desks."""
    from groundsys.desks.delivery.custody_book import tell_book
    from groundsys.geometry import Geometry
    from groundsys.mission import load_scenario
    from groundsys.store import Store
    from groundsys.values.errors import AccessRefusedError

    facts = run.facts()
    mission, scenario = load_scenario(facts["scenario"], facts["mission_db"])
    if customer and customer not in scenario.customers:
        raise AccessRefusedError(
            f"there is no customer '{customer}'", expected=", ".join(scenario.customers)
        )
    with Store(run.store, read_only=True) as store:
        now = store.latest_moment() or scenario.span.start
        return tell_book(store, mission, scenario, Geometry(mission), now, customer)


def _totals(answer: Mapping[str, Any]) -> Table:
    table = Table("customer", *_PLACES, "p50", "p95", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for id, one in answer["customers"].items():
        cells = [
            f"{place['files']} [dim]{_octets(place['octets'])}[/]"
            if place["files"] or place["octets"]
            else "–"
            for place in (one["places"][name] for name in _PLACES)
        ]
        latency = one["latency_s"]
        table.add_row(id, *cells, _hours(latency["median"]), _hours(latency["p95"]))
    return table


def _level(level: Mapping[str, Any]) -> str:
    colour = {"missed": "red", "at_risk": "yellow", "met": "green"}.get(level["state"], "dim")
    measured = "–" if level["measured"] is None else f"{level['measured']:.0%}"
    goal = f"{level['share']:.0%} in {level['within_h']:g} h"
    return f"[{colour}]{level['state'].replace('_', ' ')}[/] {measured} of {goal}"


def _show_customer(console: Console, id: str, one: Mapping[str, Any], *, every: bool) -> None:
    split, level = one["latency_s"]["split"], one["service_level"]
    console.print(f"[bold]{id}[/]" + (f": service level {_level(level)}" if level else ""))
    if split:
        parts = ", ".join(
            f"{part.replace('_', ' ')} {_hours(seconds)}" for part, seconds in split.items()
        )
        console.print(f"  mean of {one['latency_s']['files']} files: {parts}")
    waiting = [file for file in one["files"] if file["place"] not in _HOME]
    if not waiting:
        return
    columns = ("on its way", "where", "made", "at relay", "received", "home", "by 95 %")
    table = Table(*columns, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for file in waiting if every else waiting[:_SHOWN]:
        hops = file["hops"]
        where = ", ".join(
            f"{place} {_octets(octets)}" for place, octets in file["octets_by_place"].items()
        )
        table.add_row(
            file["name"] or f"{file['payload']} {file['number']}",
            ("" if file["size_is_known"] else "~") + where,
            *(_when(hops[hop]) for hop in ("made", "relayed", "received", "published")),
            _utc(file["by_95_ns"]),
        )
    console.print(table)
    if not every and len(waiting) > _SHOWN:
        console.print(f"[dim]the first {_SHOWN} of {len(waiting)}; every one: --all[/]")


def _when(hop: Mapping[str, Any]) -> str:
    """As it was, or as it is foreseen, in italics."""
    if hop["actual_ns"] is not None:
        return _utc(hop["actual_ns"])
    return f"[italic dim]{_utc(hop['predicted_ns'])}[/]"


def _utc(tai_ns: int | None) -> str:
    from groundsys.values.instants import Instant

    return "–" if tai_ns is None else f"{Instant(tai_ns).to_utc():%m-%d %H:%M}"


def _octets(octets: int) -> str:
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= size:
            return f"{octets / size:.1f} {unit}"
    return f"{octets} B" if octets else "–"


def _hours(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds / 3600.0:.1f} h" if seconds >= 3600.0 else f"{seconds / 60.0:.1f} min"
