"""What the ground knows of an upload: a fold over what was sent and what has been heard.

Words are what the ground says to the craft, each carried by a command whose fate the ledger knows;
heard are the craft's PDUs and its reports on files, from the archive.  The order in which they come
makes no difference, and nothing is remembered beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from groundsys.ccsds.cfdp import METADATA_SEGMENT, FinishedPdu, NakPdu, Pdu
from groundsys.ccsds.segments import Segment, holes, union
from groundsys.values.instants import Instant

#: waiting: has not been radiated; under_way: no report yet; done: the craft reports it complete;
#: refused: it reports failure; absent: its recorder proves that it never arrived; lost: no report
#: will come, and nobody knows more
Fate = Literal["waiting", "under_way", "done", "refused", "absent", "lost"]

METADATA, EOF, ACK, VERIFY, REPORT, CANCEL = (
    "metadata", "eof", "ack", "verify", "report", "cancel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """Something said to the craft: `what` is a word above, or a piece as `first-end`."""

    command: str
    what: str
    fate: Fate
    #: at the craft, as far as is known; None: it has not been issued
    arrives_at: Instant | None = None
    #: what the craft reports of a refusal
    message: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A PDU of the craft about this transaction, and when it made it."""

    pdu: Pdu
    made_at: Instant


@dataclass(frozen=True, slots=True)
class FileReport:
    """How the craft itself says that a file stands."""

    state: str
    sha256: str
    octets_received: int
    size: int
    made_at: Instant


@dataclass(frozen=True, slots=True)
class Progress:
    """What the ground knows of a transfer."""

    size: int
    metadata: bool
    acknowledged: tuple[Segment, ...]
    #: (when the NAK was made, what it asks for), oldest first
    asked: tuple[tuple[Instant, tuple[Segment, ...]], ...]
    finished: tuple[Heard, ...]
    report: FileReport | None

    @property
    def octets_acknowledged(self) -> int:
        return sum(end - start for start, end in self.acknowledged)

    @property
    def is_whole(self) -> bool | None:
        """Whether the craft has the whole file; None while it has not finished."""
        if not self.finished:
            return None
        last = self.finished[-1].pdu
        return isinstance(last, FinishedPdu) and last.complete

    def has(self, segment: Segment) -> bool:
        """Whether the craft has acknowledged a piece, or the metadata."""
        if segment == METADATA_SEGMENT:
            return self.metadata
        return any(start <= segment[0] and segment[1] <= end for start, end in self.acknowledged)


def pieces_of(size: int, longest: int) -> tuple[Segment, ...]:
    """A file of `size` octets cut into pieces of at most `longest`."""
    return tuple((start, min(size, start + longest)) for start in range(0, size, longest))


def word_of(segment: Segment) -> str:
    return METADATA if segment == METADATA_SEGMENT else f"{segment[0]}-{segment[1]}"


def segment_of(word: str) -> Segment | None:
    """The segment that a word carries; None for EOF and what follows it."""
    if word == METADATA:
        return METADATA_SEGMENT
    start, dash, end = word.partition("-")
    return (int(start), int(end)) if dash else None


def progress_of(
    size: int, sent: Iterable[Sent], heard: Sequence[Heard], reports: Iterable[FileReport] = ()
) -> Progress:
    """Fold everything that was sent and heard; the order of arrival makes no difference."""
    done = [segment_of(one.what) for one in sent if one.fate == "done"]
    known: list[Segment] = [one for one in done if one is not None and one != METADATA_SEGMENT]
    metadata = METADATA_SEGMENT in done
    asked: list[tuple[Instant, tuple[Segment, ...]]] = []
    finished: list[Heard] = []
    for one in sorted(heard, key=lambda one: one.made_at):
        match one.pdu:
            case NakPdu() as nak:
                asked.append((one.made_at, nak.segments))
                metadata |= nak.scope_start == 0 and METADATA_SEGMENT not in nak.segments
                known += _not_asked_for(nak, size)
            case FinishedPdu():
                finished.append(one)
    if finished and isinstance(finished[-1].pdu, FinishedPdu) and finished[-1].pdu.complete:
        metadata, known = True, [(0, size)]
    newest = max(reports, key=lambda one: one.made_at, default=None)
    acknowledged = tuple((start, min(end, size)) for start, end in union(known))
    return Progress(size, metadata, acknowledged, tuple(asked), tuple(finished), newest)


def _not_asked_for(nak: NakPdu, size: int) -> list[Segment]:
    """What a NAK acknowledges: its scope without what it asks for."""
    end = min(nak.scope_end, size)
    wanted = union(one for one in nak.segments if one != METADATA_SEGMENT)
    before: list[Segment] = [(0, nak.scope_start)] if nak.scope_start else []
    return list(holes(union([*before, *wanted]), end))
