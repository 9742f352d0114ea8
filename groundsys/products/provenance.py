"""Where a product's bytes came from, and the files that a product set consists of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from groundsys.values.instants import Instant

#: Level 0: as received; Level 1: calibrated, time-tagged; QL: to look at; label: PDS4;
#: message: what a partner is told (`groundsys.sharing`)
Level = Literal["L0", "L1", "QL", "label", "manifest", "signature", "message"]


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Transfer frames of one antenna and one virtual channel that carried parts of a file.

    `first_ert` and `last_ert` are Earth receive times; counts are virtual channel frame counts.
    """

    antenna: str
    spacecraft: str
    virtual_channel: int
    first_count: int
    last_count: int
    frames: int
    first_ert: Instant
    last_ert: Instant


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a file came to the ground: its CFDP transaction (CCSDS 727.0-B) and its source frames.

    `completed` is the mission time at which the last byte was there.  `missing` are half-open
    byte ranges that never came (zeros in the file's bytes); a complete file has none.  `version`
    counts what was made of the same bytes: a better clock solution makes a new one.
    `previous_manifest` is the SHA-256 of the manifest of the version before, "" for the first.
    """

    source_entity: int
    destination_entity: int
    transaction: int
    completed: Instant
    mdb_version: str
    frames: tuple[FrameRange, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    version: int = 1
    previous_manifest: str = ""


@dataclass(frozen=True, slots=True)
class ProductFile:
    """One file of a product set, in memory: on a disk it lies sealed alone."""

    name: str
    octets: bytes = field(repr=False)
    level: Level
    media_type: str
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.octets).hexdigest())

    @property
    def size(self) -> int:
        return len(self.octets)
