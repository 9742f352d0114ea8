"""`groundsys key`: customers' API keys, for operators; a customer keeps its own over the API."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_option

_customer_option = click.option("--customer", required=True, help="Whose keys.")


@main.group()
def key() -> None:
    """Customers' API keys: what each is good for, until when.

    A customer makes and revokes its own over the portal's API.
    """


@key.command("list")
@_customer_option
@run_option
@data_option
@json_option
def list_keys(customer: str, run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show a customer's keys, those that are over too."""
    keys = requester(run_path, data_directory).ask("key_list", customer=customer)["keys"]
    if as_json:
        click.echo(json.dumps(keys, indent=2))
        return
    table = Table("key", "label", "good for", "made by", "ends", "")
    for one in keys:
        state = "revoked" if one["revoked"] else "" if one["usable"] else "over"
        scopes = ", ".join(scope.replace("_", " ") for scope in one["scopes"])
        table.add_row(
            one["id"], one["label"], scopes, one["made_by"] or "–", _end(one["expires_s"]), state
        )
    Console().print(table)


@key.command()
@_customer_option
@click.option("--label", default="", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read_products", "manage_access"]),
    help="What it is good for; by default both.",
)
@click.option("--days", type=float, help="So long it stands; without, until it is revoked.")
@run_option
@data_option
def make(
    customer: str,
    label: str,
    scopes: tuple[str, ...],
    days: float | None,
    run_path: Path | None,
    data_directory: Path,
) -> None:
    """Make a key and write it to standard output, this once: only its hash is kept.

    One that asks for commands is made by the customer's own payload operator, over the API.
    """
    from groundsys.customers import token_hash, token_text

    secret = token_text(os.urandom(32))
    wish = {"label": label, "scopes": list(scopes) or None, "days": days}
    answer = requester(run_path, data_directory).ask(
        "key_make", customer=customer, token_hash=token_hash(secret), **wish
    )
    click.echo(f"key {answer['key']['id']} of {customer}:", err=True)
    click.echo(secret)


@key.command()
@click.argument("identifier")
@_customer_option
@run_option
@data_option
def revoke(identifier: str, customer: str, run_path: Path | None, data_directory: Path) -> None:
    """Make the key IDENTIFIER (see `key list`) worthless at once, and its tokens with it."""
    from groundsys.values.errors import AccessRefusedError

    asking = requester(run_path, data_directory)
    if not asking.ask("key_revoke", customer=customer, id=identifier)["found"]:
        raise AccessRefusedError(
            f"{customer} has no key '{identifier}'", remedy="see `groundsys key list`"
        )
    click.echo(f"key {identifier} of {customer} is revoked")


def _end(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ") if seconds else "–"
