"""`groundsys customer-key`: what customers' products are sealed with, and how that ends."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import data_option, json_option, requester, run_option

#: busy desks answer between two steps of the mission clock
_PATIENCE_S = 30.0
_why_option = click.option("--why", "reason", required=True, help="Goes into the audit log.")


@main.group("customer-key")
def customer_key() -> None:
    """Keys that customers' products are sealed with, one a customer."""


@customer_key.command("list")
@run_option
@data_option
@json_option
def list_keys(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show whose products are sealed, and whose can be read by nobody any more."""
    keys = requester(run_path, data_directory).ask("customer_key_list", timeout_s=_PATIENCE_S)[
        "keys"
    ]
    if as_json:
        click.echo(json.dumps(keys, indent=2))
        return
    table = Table("customer", "key")
    for one in keys:
        asked = one["destruction_asked_by"]
        waits = f"in use; {asked} asks to destroy it" if asked else "in use"
        table.add_row(one["customer"], "destroyed" if one["destroyed"] else waits)
    Console().print(table)


@customer_key.command()
@click.argument("customer")
@_why_option
@run_option
@data_option
def destroy(customer: str, reason: str, run_path: Path | None, data_directory: Path) -> None:
    """Make CUSTOMER's products unreadable, for ever: two flight directors each ask for it.

    What the first one asks for waits until another does the same.  The archive of telemetry, the
    frame journal and copies of the run's folder are not touched: README.md says how long they stay.
    """
    asking = requester(run_path, data_directory)
    told = f"Nobody will ever read again what {customer} has at the portal. Its name, to go on"
    typed = click.prompt(told, err=True)
    if typed != customer:
        raise click.ClickException(f"'{typed}' is not '{customer}': nothing has been done")
    answer = asking.ask(
        "customer_key_destroy", timeout_s=_PATIENCE_S, customer=customer, reason=reason
    )
    if answer["destroyed"]:
        click.echo(f"the key of {customer} is destroyed; its products can be read by nobody")
    else:
        click.echo(f"asked for; another flight director has to ask for it too ({customer})")


@customer_key.command()
@click.argument("customer")
@_why_option
@run_option
@data_option
def keep(customer: str, reason: str, run_path: Path | None, data_directory: Path) -> None:
    """Keep CUSTOMER's key, whose destruction one flight director has asked for."""
    requester(run_path, data_directory).ask(
        "customer_key_withdraw", timeout_s=_PATIENCE_S, customer=customer, reason=reason
    )
    click.echo(f"the key of {customer} is kept")
