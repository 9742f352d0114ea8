"""`groundsys share`: what each partner has been given, and when it fetched it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Column, Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.store import Store


#: a time to the minute, as ISO 8601 has it
_MINUTES = 16


@main.command()
@run_option
@data_option
@json_option
def share(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """What partners have been given: passes, orbits, tracking, products, and when they fetched it.

    \b
    A partner is a file in mission_db/partners; a customer's products go to it if the customer's own
    file says so (`shares_with`).  It fetches them as customers do, by a key of its own:
      groundsys fetch --token "$(cat groundsys-data/current/tokens/PARTNER)" --into theirs
      groundsys verify theirs
    Further keys: `groundsys key`.
    """
    from groundsys.mission import load_scenario
    from groundsys.store import Store

    run = run_directory(run_path, data_directory)
    facts = run.facts()
    _, scenario = load_scenario(facts["scenario"], facts["mission_db"])
    with Store(run.store, read_only=True) as store:
        given = {id: _given(store, id) for id in scenario.partners}
    if as_json:
        click.echo(json.dumps(given, indent=2))
        return
    if not given:
        click.echo("nothing is shared in this scenario: it names no partners")
    for id, rows in given.items():
        Console().print(f"[bold]{id}[/]", highlight=False)
        headings = ("version", "files", "octets", "told (UTC)", "fetched")
        of = Column("of", overflow="fold")
        table = Table(of, *headings, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in rows:
            cells = (str(one[key]) for key in ("of", "version", "files", "octets"))
            table.add_row(*cells, one["told"][:_MINUTES], one["fetched"][:_MINUTES] or "not yet")
        Console().print(table)


def _given(store: Store, partner: str) -> list[dict[str, Any]]:
    """A row a message and its versions together, and one for each customer's products."""
    fetched = {one.product: one.time for one in store.catalogue.accesses(partner) if one.complete}
    rows: dict[str, dict[str, Any]] = {}
    for product in store.catalogue.products(partner):
        inside = product.file.removeprefix(f"{partner}:")
        message = product.payload == ""
        of = inside.partition(":")[2] if message else product.key.split("/")[1]
        row = rows.setdefault(of, {"of": of, "version": 0, "files": 0, "octets": 0, "fetched": ""})
        row["version"] = max(row["version"], product.version)
        row["files"] += 1
        row["octets"] += product.size
        row["told"] = product.created.utc_iso(0)
        if product.id in fetched:
            row["fetched"] = max(row["fetched"], fetched[product.id].utc_iso(0))
    return list(rows.values())
