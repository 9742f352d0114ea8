"""Verbs about people and where they sit: login, logout, user, connection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.first_page import main
from groundsys.cli.options import (
    data_option,
    desk_endpoints,
    json_option,
    requester,
    run_directory,
    run_option,
)


@main.command()
@click.argument("name")
@run_option
@data_option
def login(name: str, run_path: Path | None, data_directory: Path) -> None:
    """Begin a session as NAME; what follows is asked as that person.

    It lasts eight hours, and longer while it is used.  `groundsys logout` ends it.
    """
    from groundsys.cli.credentials import keep_session

    asking = requester(run_path, data_directory, anonymous=True)
    password = click.prompt("Password", hide_input=True, err=True)
    answer = asking.ask("log_in", name=name, password=password)
    keep_session(run_directory(run_path, data_directory), answer["name"], answer["token"])
    click.echo(f"logged in as {answer['name']}, {_spoken(answer)}")


@main.command()
@click.option("--everywhere", is_flag=True, help="End every session of this account.")
@run_option
@data_option
def logout(everywhere: bool, run_path: Path | None, data_directory: Path) -> None:
    """Forget the session of whoever logged in last (or of `--as NAME`)."""
    from groundsys.cli.credentials import chosen_name, forget_session, shown_token

    run = run_directory(run_path, data_directory)
    shown = shown_token(run, chosen_name())
    if everywhere:
        requester(run_path, data_directory).ask("end_sessions")
    if shown is None or (shown.file.kept_by_others and not everywhere):
        click.echo("nobody has logged in here")
        return
    forget_session(run, shown.name)
    click.echo(f"{shown.name} is logged out")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", required=True, help="The address by which this machine is reached.")
@run_option
@data_option
def connection(folder: Path, host: str, run_path: Path | None, data_directory: Path) -> None:
    """Write into FOLDER what another machine needs to reach a run of `groundsys up --host`.

    Bring it there by a way that nobody else reads; there, `groundsys login NAME --run FOLDER` and
    whatever else takes `--run`.
    """
    from groundsys.values.errors import EnvironmentLackError

    desk_endpoints(run_path, data_directory)  # it is up
    run = run_directory(run_path, data_directory)
    try:
        run.write_connection(folder, host)
    except OSError as error:
        raise EnvironmentLackError(
            f"the folder {folder} cannot be written",
            expected="a new folder, and a run that was started with --host",
            found=str(error),
            remedy="see `groundsys up --help`",
        ) from error
    click.echo(f"{folder} is what another machine needs; a session is begun there by login")


@main.group()
def user() -> None:
    """People who may ask a running ground segment for something, and what each role may."""


@user.command()
def roles() -> None:
    """Show the one table: which role may do what, and what each action is."""
    from groundsys.authority import table_text
    from groundsys.authority.permissions import MEANINGS

    click.echo(table_text())
    click.echo("\nown: only what belongs to the own customer\n")
    width = max(len(action) for action in MEANINGS)
    for action, meaning in MEANINGS.items():
        click.echo(f"{action.ljust(width)}  {meaning}")


@user.command("list")
@run_option
@data_option
@json_option
def list_people(run_path: Path | None, data_directory: Path, as_json: bool) -> None:
    """Show every account."""
    people = requester(run_path, data_directory).ask("user_list")["people"]
    if as_json:
        click.echo(json.dumps(people, indent=2))
        return
    table = Table("name", "role", "customer", "")
    for one in people:
        table.add_row(
            one["name"], _spoken(one, customer=False), one["customer"],
            "disabled" if one["disabled"] else "",
        )  # fmt: skip
    Console().print(table)


_role_option = click.option(
    "--role",
    required=True,
    type=click.Choice(["observer", "operator", "flight_director", "payload_operator"]),
    help="What this person may do: see `groundsys user roles`.",
)
_customer_option = click.option(
    "--customer", default="", help="The customer of a payload operator; for nobody else."
)


@user.command()
@click.argument("name")
@_role_option
@_customer_option
@run_option
@data_option
def add(name: str, role: str, customer: str, run_path: Path | None, data_directory: Path) -> None:
    """Make an account for NAME, one human's and nobody else's; asks for a password."""
    _change(
        *(run_path, data_directory, "user_add"),
        name=name,
        role=role,
        customer=customer,
        password=_new_password(name),
    )
    click.echo(f"{name} may log in now: `groundsys login {name}`")


@user.command()
@click.argument("name")
@_role_option
@_customer_option
@run_option
@data_option
def role(name: str, role: str, customer: str, run_path: Path | None, data_directory: Path) -> None:
    """Give NAME another role, from the next request on."""
    _change(run_path, data_directory, "user_role", name=name, role=role, customer=customer)
    click.echo(f"{name} is {role.replace('_', ' ')} now")


@user.command()
@click.argument("name")
@run_option
@data_option
def disable(name: str, run_path: Path | None, data_directory: Path) -> None:
    """Shut NAME's account; sessions that are open end at once."""
    _change(run_path, data_directory, "user_disable", name=name)
    click.echo(f"{name} is disabled")


@user.command()
@click.argument("name")
@run_option
@data_option
def enable(name: str, run_path: Path | None, data_directory: Path) -> None:
    """Open NAME's account again."""
    _change(run_path, data_directory, "user_enable", name=name)
    click.echo(f"{name} may log in again")


@user.command()
@click.argument("name", required=False)
@run_option
@data_option
def password(name: str | None, run_path: Path | None, data_directory: Path) -> None:
    """Change the own password, or (a flight director) set NAME's; sessions end."""
    from groundsys.cli.credentials import chosen_name, keep_session, shown_token

    if name is not None:
        _change(
            *(run_path, data_directory, "user_password"), name=name, password=_new_password(name)
        )
        click.echo(f"{name} has another password now")
        return
    run = run_directory(run_path, data_directory)
    old = click.prompt(
        "Present password (empty if none)", default="", hide_input=True, show_default=False,
        err=True,
    )  # fmt: skip
    asking = requester(run_path, data_directory)
    who = asking.ask("who_am_i")["name"]
    answer = asking.ask("own_password", old_password=old, password=_new_password(who))
    shown = shown_token(run, chosen_name())
    if shown is not None and not shown.file.kept_by_others:
        keep_session(run, who, answer["token"])
    click.echo(f"{who} has another password now")


def _change(run_path: Path | None, data_directory: Path, verb: str, **arguments: Any) -> None:
    requester(run_path, data_directory).ask(verb, **arguments)


def _new_password(name: str) -> str:
    return str(
        click.prompt(
            f"New password for {name}", hide_input=True, confirmation_prompt=True, err=True
        )
    )


def _spoken(told: dict[str, Any], *, customer: bool = True) -> str:
    words = str(told["role"]).replace("_", " ")
    return f"{words} of {told['customer']}" if customer and told["customer"] else words
