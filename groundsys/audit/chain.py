"""Whether entries are a chain, and the one of which heads were countersigned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from groundsys.audit.entries import GENESIS, AuditEntry, digest_of


class ChainHead(NamedTuple):
    """How far a chain goes: its last entry's number and digest."""

    number: int
    digest: str


#: the head of a chain without entries
BEGINNING = ChainHead(0, GENESIS)


class Head(Protocol):
    """What somebody outside the store remembers of the chain."""

    @property
    def number(self) -> int: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """What is wrong, and at which entry."""

    entry: int
    message: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"entry {self.entry}: {self.message}: expected {self.expected}, found {self.found}"


def check_chain(
    entries: Iterable[AuditEntry], heads: Iterable[Head] = (), *, after: ChainHead = BEGINNING
) -> list[AuditFinding]:
    """Everything that is wrong with `entries`, which should follow `after` in this very order.

    An edit shows by the entry's own digest, a removed or moved entry by numbers and links.  Who
    computes all digests anew, or cuts the end off, contradicts `heads`: of those, the first that
    does not agree is told.
    """
    findings: list[AuditFinding] = []
    remembered = {head.number: head for head in heads}
    forged: AuditFinding | None = None
    last = after
    for entry in entries:
        if entry.number != last.number + 1:
            findings.append(_out_of_place(last, entry))
        elif entry.previous != last.digest:
            findings.append(
                AuditFinding(
                    entry.number,
                    "it does not follow the entry before",
                    f"previous {last.digest}",
                    f"previous {entry.previous}",
                )
            )
        if (digest := digest_of(entry)) != entry.digest:
            message = "it was changed after it was written"
            findings.append(
                AuditFinding(
                    entry.number, message, f"digest {entry.digest}", f"content of digest {digest}"
                )
            )
        head = remembered.get(entry.number)
        if head is not None and head.digest != entry.digest and forged is None:
            forged = AuditFinding(
                entry.number,
                "it is not the entry whose head was countersigned",
                f"digest {head.digest}",
                f"digest {entry.digest}",
            )
        last = ChainHead(entry.number, entry.digest)
    findings += [] if forged is None else [forged]
    furthest = max(remembered, default=0)
    if furthest > last.number:
        findings.append(
            AuditFinding(
                last.number + 1,
                "the log was cut off",
                f"entries up to {furthest}, whose head was countersigned",
                f"none after {last.number}",
            )
        )
    return findings


def _out_of_place(last: ChainHead, entry: AuditEntry) -> AuditFinding:
    missing = last.number + 1
    if entry.number < missing:
        message = "it is out of order"
    elif entry.number == missing + 1:
        message = f"entry {missing} is missing before it"
    else:
        message = f"entries {missing} to {entry.number - 1} are missing before it"
    return AuditFinding(entry.number, message, f"number {missing}", f"number {entry.number}")
