"""Whether a small body's table was made from the orbit solution that its definition states.

The table (an OEM) names its recipe in a comment: a hash of the solution's numbers and of the
table's span and steps, so that a changed solution with an old table is found.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from groundsys.mission.celestial.body_model import BodyEphemeris

#: the comment stands among a message's first lines
_LINES = 10
_COMMENT = "COMMENT Made by groundsys by the recipe "


def recipe_of(ephemeris: BodyEphemeris) -> str:
    """A hash of all that a table is made from."""
    assert ephemeris.solution is not None
    assert ephemeris.table is not None
    made_from = {"solution": asdict(ephemeris.solution), "table": asdict(ephemeris.table)}
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]


def recipe_line(ephemeris: BodyEphemeris) -> str:
    """The comment that names it."""
    return _COMMENT + recipe_of(ephemeris)


def is_made_from(path: Path, ephemeris: BodyEphemeris) -> bool:
    """Whether the table at `path` names the recipe of this ephemeris."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        beginning = [line.strip() for line, _ in zip(lines, range(_LINES), strict=False)]
    return recipe_line(ephemeris) in beginning
