"""The verb `procedure` and what its first page teaches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundsys.cli.first_page import main

if TYPE_CHECKING:
    from groundsys.procedures import Library

procedures_option = click.option(
    "--procedures",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of procedures; by default the one beside the mission's definitions.",
)


@main.group()
def procedure() -> None:
    """Check operator procedures, and run them on a running ground segment.

    A procedure is a file in procedures/: commands, waits for telemetry, gates at which people say
    go or no-go.  procedures/README.md teaches the language.

    \b
    Without a ground segment:
      groundsys procedure check --all            everything that is wrong, with file and line
      groundsys procedure schema                 the language, for an editor
    \b
    Beside `groundsys up`:
      groundsys procedure rehearse safe-mode-recovery   on simulators, before it radiates
      groundsys procedure run cruise-check-out   start a run, and watch it
      groundsys procedure show RUN               where a run is, and what it waits for
      groundsys procedure vote RUN --role flight_director --go
      groundsys procedure hold|resume|abort RUN

    Each verb's own page (--help) teaches the rest.
    """


def read(folder: Path | None, mission_db: Path | None) -> Library:
    """The library of a folder, checked against the mission's definitions."""
    from groundsys.mission import load_mission
    from groundsys.procedures import default_procedures, read_library

    mission = load_mission(mission_db)
    return read_library(folder or default_procedures(mission), mission)
