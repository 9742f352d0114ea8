"""Countersigning: an Ed25519 key and a file of heads, both in a folder of the notary's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundsys.audit import (
    BEGINNING,
    AuditEntry,
    AuditFinding,
    ChainHead,
    CountersignedHead,
    check_chain,
    countersign,
    read_heads,
)
from groundsys.signing import own_key, public_pem
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import DiskFullError, EnvironmentLackError
from groundsys.values.instants import Instant

#: the names of its files in its folder
HEADS, KEY = "audit-heads.jsonl", "notary-key.pem"


class Notary:
    """Signs a head only if it descends from the one that it signed last; the only one to do so.

    What `countersign` has returned is on the disk.  The key is made at the first start and can be
    read by nobody else.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / HEADS, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            nothing_signed = not os.fstat(self._file).st_size
            self._key = own_key(folder / KEY, "the notary", "its heads", may_be_made=nothing_signed)
        except OSError as error:
            raise EnvironmentLackError(
                "the notary of the audit log cannot keep its heads",
                expected=f"a folder {folder} that may be written",
                found=str(error),
                remedy="choose another folder for the run",
            ) from error
        self.newest = self._restore(folder / HEADS)

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self._key.public_key()

    @property
    def public_pem(self) -> bytes:
        """The public key as PEM (SubjectPublicKeyInfo, RFC 8410)."""
        return public_pem(self.public_key)

    @property
    def head(self) -> ChainHead:
        """The head that was signed last."""
        newest = self.newest
        return BEGINNING if newest is None else ChainHead(newest.number, newest.digest)

    def countersign(self, entries: Sequence[AuditEntry], now: Instant) -> list[AuditFinding]:
        """Sign the last of `entries`, or find why not.

        They begin anywhere up to the entry after the last signed head, and reach beyond it: it is
        by them that the new head is seen to descend from it.  Entries that it knows are passed
        over, if they are the same.
        """
        findings = _contradictions(entries, self.head)
        new = [entry for entry in entries if entry.number > self.head.number]
        findings += check_chain(new, after=self.head)
        if new and not findings:
            signed = countersign(ChainHead(new[-1].number, new[-1].digest), now, self._key)
            self._append(signed.line.encode("ascii") + b"\n")
            self.newest = signed
        return findings

    def close(self) -> None:
        os.close(self._file)

    def _restore(self, path: Path) -> CountersignedHead | None:
        """The newest head of an earlier start; a line that a crash cut short goes."""
        octets = path.read_bytes()
        whole = octets[: octets.rfind(b"\n") + 1]
        if whole != octets:
            os.ftruncate(self._file, len(whole))
        heads, findings = read_heads(whole.decode("utf-8", "replace"))
        forged = [head for head in heads if not head.is_signed_by(self.public_key)]
        if findings or forged:
            os.close(self._file)
            raise EnvironmentLackError(
                f"{path} has been changed",
                expected="heads that this notary has signed",
                found=str(findings[0]) if findings else forged[0].line,
                remedy="keep both files for whoever looks into it; start with a folder of its own",
            )
        return heads[-1] if heads else None

    def _append(self, octets: bytes) -> None:
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, octets)
            os.fsync(self._file)
        except OSError as error:
            if is_disk_full(error):
                raise _no_room(str(error)) from error
            raise EnvironmentLackError(
                "the notary's file of heads cannot be written",
                found=str(error),
                remedy="see to the disk and start again; what was countersigned so far stands",
            ) from error
        if written != len(octets):
            os.ftruncate(self._file, size)
            raise _no_room(f"{written} of {len(octets)} octets written")


def _contradictions(entries: Sequence[AuditEntry], head: ChainHead) -> list[AuditFinding]:
    """Where entries say otherwise than the head that was signed."""
    findings = []
    for entry in entries:
        if entry.number == head.number and entry.digest != head.digest:
            expected, found = f"digest {head.digest}", f"digest {entry.digest}"
            message = "it is not the entry whose head was countersigned"
            findings.append(AuditFinding(entry.number, message, expected, found))
    if entries and entries[-1].number < head.number:
        number = entries[-1].number
        message = "the log goes back"
        expected = f"entries up to {head.number}, whose head was countersigned"
        findings.append(AuditFinding(number + 1, message, expected, f"none after {number}"))
    return findings


def _no_room(found: str) -> DiskFullError:
    return DiskFullError(
        "the notary's file of heads cannot grow",
        found=found,
        remedy="free some space: it goes on by itself, what was countersigned so far stands",
    )
