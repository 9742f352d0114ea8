"""Whose token the command line shows: whoever `--as` names, who logged in last, or the run's owner.

Sessions of `groundsys login` are kept, for their owner alone, in `~/.config/groundsys/sessions/`
(or under `$XDG_CONFIG_HOME`), a folder a run.  The run's own owner needs none: the run keeps that
token fresh in its folder, where no other account of the machine can read it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundsys.bus.token_file import TokenFile, write_private
from groundsys.values.errors import NotLoggedInError

if TYPE_CHECKING:
    from groundsys.rehearsal.run_directory import RunDirectory

_CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose token is shown, and the file that it is in."""

    name: str
    file: TokenFile


def chosen_name() -> str:
    """What `groundsys --as NAME …` names, or ""."""
    context = click.get_current_context(silent=True)
    return "" if context is None else str(context.find_root().params.get("as_name") or "")


def sessions_folder(run: RunDirectory) -> Path:
    """Where the sessions of this run are kept."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    path = str(run.path.resolve())
    digest = hashlib.sha256(path.encode()).hexdigest()[:12]
    return home / "groundsys" / "sessions" / f"{Path(path).name}-{digest}"


def shown_token(run: RunDirectory, name: str = "") -> Shown | None:
    """The token to show; None if there is none, so that one asks as nobody in particular.

    `NotLoggedInError` if `name` is asked for and has not logged in.
    """
    from groundsys.desks.people.token_files import owner_name

    kept = sessions_folder(run)
    wanted = name or TokenFile(kept / _CURRENT).token()
    if wanted:
        for file in (TokenFile(kept / wanted), TokenFile(run.people / wanted, kept_by_others=True)):
            if file.token():
                return Shown(wanted, file)
        if name:
            raise NotLoggedInError(
                f"{name} has not logged in here", remedy=f"log in with `groundsys login {name}`"
            )
    owner = owner_name()
    file = TokenFile(run.people / owner, kept_by_others=True)
    return Shown(owner, file) if file.token() else None


def keep_session(run: RunDirectory, name: str, token: str) -> None:
    """Keep a session and show it from now on."""
    if Path(name).name != name:  # what desks say is no way out of the folder
        raise NotLoggedInError(f"'{name}' is no name of an account")
    folder = sessions_folder(run)
    write_private(folder / name, token + "\n")
    write_private(folder / _CURRENT, name + "\n")


def forget_session(run: RunDirectory, name: str) -> None:
    """Keep it no longer."""
    folder = sessions_folder(run)
    (folder / name).unlink(missing_ok=True)
    if TokenFile(folder / _CURRENT).token() == name:
        (folder / _CURRENT).unlink(missing_ok=True)
