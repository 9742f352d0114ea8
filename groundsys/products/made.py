"""A file that a writer has made, before it is one of a product set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import Contents
from groundsys.products.provenance import Level


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """`contents` is what a PDS4 label says of the file, or why the standard has no words for it."""

    name: str
    octets: bytes
    level: Level
    media_type: str
    contents: Contents | str


Writer = Callable[[Observation], list[Made]]
