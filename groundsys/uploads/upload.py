"""A file that is to go up: who wants it, who has agreed, and what it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from groundsys.ccsds.cfdp import file_checksum
from groundsys.mission.spacecraft.onboard_files import (
    KINDS,
    SOFTWARE,
    on_board_name,
    software_version,
)
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

UploadState = Literal[
    "drafted",  # waits for a second person
    "approved",  # waits for an uplink
    "sending",
    "received",  # whole on board by the CFDP checksum, and not to be used
    "verified",  # its SHA-256 agrees on board
    "enabled",
    "failed",
    "declined",
    "cancelled",
    "deleted",
]
#: nothing is said to the craft any more
SETTLED: frozenset[UploadState] = frozenset(
    {"verified", "enabled", "failed", "declined", "cancelled", "deleted"}
)
_NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Upload:
    """An intention to bring a file on board; `number` is its CFDP transaction and its name there.

    What people have done is written here as it happens; `state` and what follows it are as they
    were derived last from the ledger of commands and the archive.
    """

    id: str
    number: int
    spacecraft: str
    kind: str
    name: str
    size: int
    #: of the octets that were approved, in hexadecimal
    sha256: str
    #: CRC-32, as the EOF PDU carries it
    checksum: int
    why: str
    operator: str
    drafted_at: Instant
    approver: str = ""
    approved_at: Instant | None = None
    #: who has said no, or taken it back
    ended_by: str = ""
    ended_at: Instant | None = None
    state: UploadState = "drafted"
    message: str = ""
    octets_acknowledged: int = 0
    settled_at: Instant | None = None

    @property
    def is_going(self) -> bool:
        """Whether somebody has approved it and nobody has taken it back."""
        return self.approved_at is not None and self.ended_at is None

    @property
    def destination_name(self) -> str:
        """Where it lies on board."""
        return on_board_name(self.kind, self.name)


def draft_upload(
    number: int,
    spacecraft: str,
    kind: str,
    name: str,
    content: bytes,
    *,
    why: str,
    operator: str,
    now: Instant,
    limit: int,
) -> Upload:
    """The upload of these octets; `CommandRefusedError` for what a craft would not take.

    `limit` are the octets of the craft's upload area.
    """
    if kind not in KINDS:
        raise CommandRefusedError(
            f"no file of kind '{kind}' goes up",
            expected="; ".join(f"{kind}: {effect}" for kind, effect in KINDS.items()),
        )
    if not name or len(name) > _NAME_LIMIT or not name.isascii() or "/" in name:
        raise CommandRefusedError(
            f"'{name}' is no name for a file on board",
            expected=f"1 to {_NAME_LIMIT} ASCII characters without '/'",
        )
    if not 0 < len(content) <= limit:
        raise CommandRefusedError(
            f"{name} does not fit the upload area of {spacecraft}",
            expected=f"1 to {limit} octets",
            found=f"{len(content)} octets",
        )
    if kind == SOFTWARE and software_version(content) is None:
        raise CommandRefusedError(
            f"{name} is no image of on-board software",
            expected="the octets 'OBSW', the version in 16 bits (big-endian, not 0), the code",
            found=f"it begins with {content[:6].hex(' ')}",
        )
    if not why:
        raise CommandRefusedError("an upload says why", expected="a reason")
    return Upload(
        id=f"upload-{number}",
        number=number,
        spacecraft=spacecraft,
        kind=kind,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        checksum=file_checksum(content),
        why=why,
        operator=operator,
        drafted_at=now,
    )


def taken_back(upload: Upload, by: str, why: str, now: Instant, *, declined: bool) -> Upload:
    """The upload after somebody has said no, or has stopped it."""
    return replace(
        upload,
        ended_by=by,
        ended_at=now,
        state="declined" if declined else "cancelled",
        message=f"{by}: {why}",
        settled_at=now,
    )


def enable_problem(upload: Upload | None, number: int, spacecraft: str) -> str:
    """Why the file of this number must not be enabled; "" if it may be."""
    if upload is None:
        return f"no file of number {number} was sent to {spacecraft}"
    if upload.state in ("verified", "enabled"):
        return ""
    reason = f": {upload.message}" if upload.message else ""
    return f"{upload.id} ({upload.name}) is {upload.state}, not verified on board{reason}"
