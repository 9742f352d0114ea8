"""A file that a writer has made, before it is given to its customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import Contents
from groundsys.products.provenance import Level


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """`contents` is what a PDS4 label says of the file, or why the standard has no words for it."""

    path: Path
    level: Level
    media_type: str
    contents: Contents | str


#: writes its files into a folder
Writer = Callable[[Observation, Path], list[Made]]
