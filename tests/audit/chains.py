"""Chains to meddle with, and a recipe that verifies one without groundsys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from groundsys.audit import AuditEntry, ChainHead, CountersignedHead, countersign, sealed
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def chain(length: int, *, first: AuditEntry | None = None, word: str = "") -> list[AuditEntry]:
    """So many entries, each different."""
    entries: list[AuditEntry] = []
    for index in range(length):
        entries.append(
            sealed(
                entries[-1] if entries else first,
                time=NOON.plus_seconds(index),
                actor=("ada", "automation", "grace œ")[index % 3],
                role=("operator", "automation", "flight director")[index % 3],
                action="command.queued",
                subject=f"otv-{index:04d}",
                reason=word,
                detail=json.dumps({"state": "queued", "number": index}),
            )
        )
    return entries


def resealed(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """The same contents as a chain that is sound in itself: what a patient forger makes."""
    made: list[AuditEntry] = []
    for entry in entries:
        words = {
            name: getattr(entry, name)
            for name in ("time", "actor", "role", "action", "subject", "reason", "detail")
        }
        made.append(sealed(made[-1] if made else None, **words))
    return made


def head_at(entries: Sequence[AuditEntry], number: int) -> CountersignedHead:
    return countersign(ChainHead(number, entries[number - 1].digest), NOON, KEY)


def changed(entry: AuditEntry, field: str) -> AuditEntry:
    """The entry with something else in one of its fields."""
    value = getattr(entry, field)
    if isinstance(value, Instant):
        return replace(entry, time=value.plus_seconds(1e-9))
    return replace(entry, **{field: value + 1 if isinstance(value, int) else value + "x"})


def recipe(rows: Sequence[Mapping[str, Any]], heads: str, public_pem: bytes) -> bool:
    """What anybody can do: rows of the table `audit` by number, the notary's file and key."""
    key: Any = load_pem_public_key(public_pem)
    digests = {0: "0" * 64}
    for row in rows:
        fields = {name: row[name] for name in row if name != "digest"}
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        number, digest = row["number"], hashlib.sha256(text.encode()).hexdigest()
        if digest != row["digest"] or row["previous"] != digests.get(number - 1):
            return False
        digests[number] = digest
    for line in heads.splitlines():
        head = json.loads(line)
        signature = bytes.fromhex(head.pop("signature"))
        key.verify(signature, json.dumps(head, sort_keys=True, separators=(",", ":")).encode())
        if digests.get(head["number"]) != head["digest"]:
            return False
    return True
