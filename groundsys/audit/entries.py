"""Entries of the audit log, and the hash that chains each to the one before.

The digest of an entry is the SHA-256 (FIPS 180-4), in lower-case hexadecimal, of its *canonical
octets*: a JSON object (RFC 8259) of all its fields but the digest, keys sorted, no white space,
every character beyond ASCII as `\\uXXXX`.  One row of the store's table `audit` is one entry, its
columns are these fields, so that standard tools are enough to recompute it:

    fields = {name: row[name] for name in row if name != "digest"}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == row["digest"]

`previous` is the digest of the entry with the number before; the first has `GENESIS`.  `detail` is
itself a JSON text and is hashed as it stands: no second reading of it can go unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundsys.values.instants import Instant

#: what stands where the first entry's predecessor would
GENESIS = "0" * 64
#: who acts when no person does, and in which role
AUTOMATION = "automation"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did: who (in which role), what, to which subject, and why.

    Numbers begin at 1 and leave none out; `time` is mission time.
    """

    number: int
    time: Instant
    actor: str
    role: str
    action: str
    subject: str
    reason: str
    detail: str
    previous: str
    digest: str

    @property
    def facts(self) -> Any:
        """What `detail` says, as plain values."""
        return json.loads(self.detail)


def fields_of(entry: AuditEntry) -> dict[str, Any]:
    """The entry as plain values: a row of the store, a message, a line of JSON."""
    return {
        "number": entry.number,
        "time_ns": entry.time.tai_ns,
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "subject": entry.subject,
        "reason": entry.reason,
        "detail": entry.detail,
        "previous": entry.previous,
        "digest": entry.digest,
    }


def entry_of(fields: Mapping[str, Any]) -> AuditEntry:
    """The entry that `fields_of` gave these values of, taken just as they stand."""
    return AuditEntry(
        number=fields["number"],
        time=Instant(fields["time_ns"]),
        actor=fields["actor"],
        role=fields["role"],
        action=fields["action"],
        subject=fields["subject"],
        reason=fields["reason"],
        detail=fields["detail"],
        previous=fields["previous"],
        digest=fields["digest"],
    )


def canonical(entry: AuditEntry) -> bytes:
    """The octets that are hashed.

    What is no JSON at all, which only a meddler can have put there, is hashed as Python shows it.
    """
    fields = fields_of(entry)
    del fields["digest"]
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), default=repr).encode("ascii")


def digest_of(entry: AuditEntry) -> str:
    """The digest that the entry must have, whatever digest it has."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def sealed(
    previous: AuditEntry | None,
    *,
    time: Instant,
    actor: str,
    role: str,
    action: str,
    subject: str,
    reason: str,
    detail: str,
) -> AuditEntry:
    """The entry that follows `previous` (None: the very first); `detail` is a JSON text."""
    entry = AuditEntry(
        number=previous.number + 1 if previous else 1,
        time=time,
        actor=actor,
        role=role,
        action=action,
        subject=subject,
        reason=reason,
        detail=detail,
        previous=previous.digest if previous else GENESIS,
        digest="",
    )
    return replace(entry, digest=digest_of(entry))
