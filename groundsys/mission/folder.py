"""Where the mission's definitions lie."""

from __future__ import annotations

import os
from pathlib import Path

from groundsys.values.errors import DefinitionError

#: Names another folder of definitions than the one that comes with groundsys.
MISSION_DB_VARIABLE = "GROUNDSYS_MISSION_DB"


def default_mission_db(path: Path | str | None = None) -> Path:
    """The folder of definitions: `path`, else `$GROUNDSYS_MISSION_DB`, else groundsys' own."""
    named = path or os.environ.get(MISSION_DB_VARIABLE)
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "mission_db"
    if not folder.is_dir():
        raise DefinitionError(
            "There is no folder of mission definitions",
            expected="a folder with bodies/, spacecraft/, stations/, customers/, payloads/,"
            " scenarios/",
            found=f"nothing at {folder}",
            remedy=f"name one with {MISSION_DB_VARIABLE}, or run from a checkout of groundsys",
        )
    return folder.resolve()
