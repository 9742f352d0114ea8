"""Heads of the chain that somebody outside the store has countersigned.

A line of `audit-heads.jsonl` is one head: a JSON object whose `signature` is Ed25519 (RFC 8032),
in hexadecimal, over the *statement*: the same object without `signature`, keys sorted, no white
space.  `key_id` names the public key: the first 16 digits of the SHA-256 of its 32 octets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from groundsys.audit.chain import AuditFinding, ChainHead
from groundsys.signing import key_id
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class CountersignedHead:
    """The notary's word that the chain had this entry as its last at `time` (mission time)."""

    number: int
    digest: str
    time: Instant
    key_id: str
    signature: str

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature is that key's, over this very head."""
        try:
            key.verify(bytes.fromhex(self.signature), statement(self))
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def line(self) -> str:
        """The head as a line of its file, without the line's end."""
        return _compact({**_stated(self), "signature": self.signature})


def countersign(head: ChainHead, time: Instant, key: Ed25519PrivateKey) -> CountersignedHead:
    """Sign that the chain's head is this one now; whether it should be is for others to decide."""
    unsigned = CountersignedHead(head.number, head.digest, time, key_id(key.public_key()), "")
    signature = key.sign(statement(unsigned)).hex()
    return CountersignedHead(head.number, head.digest, time, unsigned.key_id, signature)


def statement(head: CountersignedHead) -> bytes:
    """The octets that are signed."""
    return _compact(_stated(head)).encode("ascii")


def read_heads(text: str) -> tuple[list[CountersignedHead], list[AuditFinding]]:
    """The heads of a file, and what is wrong with its lines.

    What follows the last line's end is a line that is being written, or that a crash cut short.
    """
    heads, findings = [], []
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            heads.append(_from_line(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            last = heads[-1].number if heads else 0
            message = f"line {number} of the heads after it cannot be read"
            findings.append(AuditFinding(last, message, "a countersigned head", line[:80] or "''"))
    return heads, findings


def _from_line(fields: Mapping[str, Any]) -> CountersignedHead:
    return CountersignedHead(
        number=int(fields["number"]),
        digest=str(fields["digest"]),
        time=Instant(int(fields["time_ns"])),
        key_id=str(fields["key_id"]),
        signature=str(fields["signature"]),
    )


def _stated(head: CountersignedHead) -> dict[str, Any]:
    return {
        "digest": head.digest,
        "key_id": head.key_id,
        "number": head.number,
        "time_ns": head.time.tai_ns,
    }


def _compact(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))
