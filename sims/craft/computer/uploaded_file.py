"""One file of the OTV's upload area, as far as it has come."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from groundsys.ccsds.cfdp import METADATA_SEGMENT, EofPdu, MetadataPdu
from groundsys.ccsds.segments import Segment, holes
from groundsys.mission.spacecraft.onboard_files import kind_of

FileState = Literal["RECEIVING", "RECEIVED", "VERIFIED", "ENABLED", "FAILED"]

_NO_HASH = bytes(32)


@dataclass(slots=True)
class UploadedFile:
    """One file of the area; `number` is the number of the transaction that brings it."""

    number: int
    source_entity: int
    metadata: MetadataPdu | None = None
    eof: EofPdu | None = None
    memory: bytearray = field(default_factory=bytearray)
    received: tuple[Segment, ...] = ()
    state: FileState = "RECEIVING"
    #: what the ground has had compared
    verified_sha256: bytes = _NO_HASH

    @property
    def size(self) -> int:
        """As its sender says it, or as far as the pieces reach."""
        stated = self.eof or self.metadata
        return len(self.memory) if stated is None else stated.file_size

    @property
    def is_whole(self) -> bool:
        return self.state in ("RECEIVED", "VERIFIED", "ENABLED")

    @property
    def kind(self) -> str:
        """Its kind, or "" before the metadata."""
        return "" if self.metadata is None else kind_of(self.metadata.destination_name) or ""

    @property
    def octets_received(self) -> int:
        return sum(end - start for start, end in self.received)

    def missing(self) -> tuple[Segment, ...]:
        """The metadata's segment, if that has not come, and every gap below the size."""
        lacking = holes(self.received, self.size)
        return lacking if self.metadata is not None else (METADATA_SEGMENT, *lacking)

    def sha256(self) -> bytes:
        """Of the memory as it is now; zeros while the file is not whole."""
        return hashlib.sha256(self.memory).digest() if self.is_whole else _NO_HASH
