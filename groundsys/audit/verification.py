"""The whole verdict on an audit log: its chain, its heads, and who signed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundsys.audit.chain import AuditFinding, check_chain
from groundsys.audit.entries import AuditEntry
from groundsys.audit.heads import CountersignedHead
from groundsys.signing import key_id


@dataclass(frozen=True, slots=True)
class Verification:
    """How many entries there are, up to which head they are countersigned, and what is wrong."""

    entries: int
    countersigned: CountersignedHead | None
    findings: tuple[AuditFinding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings


def verify_audit(
    entries: Iterable[AuditEntry],
    heads: Sequence[CountersignedHead] = (),
    key: Ed25519PublicKey | None = None,
) -> Verification:
    """Check everything; without the notary's `key` only the chain is, and `heads` are not used.

    A log with entries of which no head is countersigned does not verify: nothing would show that
    its end is cut off.  Only heads that the key has signed count.
    """
    if key is None:
        entries = list(entries)
        return Verification(len(entries), None, tuple(check_chain(entries)))
    signed = [head for head in heads if head.is_signed_by(key)]
    counted = _Counted(entries)
    findings = [*check_chain(counted, signed), *_check_heads(heads, key)]
    if counted.number and not signed:
        found = f"none among {len(heads)}"
        message = "nothing vouches for it or for any before"
        findings.append(
            AuditFinding(counted.number, message, f"a head signed by key {key_id(key)}", found)
        )
    newest = max(signed, key=lambda head: head.number, default=None)
    return Verification(counted.number, newest, tuple(findings))


def _check_heads(heads: Sequence[CountersignedHead], key: Ed25519PublicKey) -> list[AuditFinding]:
    """Heads that the key did not sign, or that go back."""
    findings = []
    last: CountersignedHead | None = None
    for head in heads:
        if not head.is_signed_by(key):
            expected = f"the signature of key {key_id(key)}"
            message = "its countersigned head is forged"
            findings.append(AuditFinding(head.number, message, expected, f"key {head.key_id}"))
            continue
        if last is not None and head.number <= last.number:
            message = "its countersigned head goes back"
            expected = f"a number after {last.number}"
            findings.append(AuditFinding(head.number, message, expected, str(head.number)))
        last = head
    return findings


class _Counted:
    """Entries, counted as they go by: a log need not fit into memory."""

    def __init__(self, entries: Iterable[AuditEntry]) -> None:
        self._entries = entries
        self.number = 0

    def __iter__(self) -> Iterator[AuditEntry]:
        for entry in self._entries:
            self.number += 1
            yield entry
