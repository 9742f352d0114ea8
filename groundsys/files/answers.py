"""What the receiver of files says next: ACK(EOF), NAK, Finished.

Decided from the fold and from what was said before, whenever an uplink is open.  Between Mars and
Earth CFDP's own timers make no sense: a NAK is worth saying once the sender has sent all it had,
and worth repeating once its answer must have come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from groundsys.ccsds.cfdp import (
    CHECKSUM_FAILURE,
    METADATA_SEGMENT,
    NO_ERROR,
    ack_pdu,
    finished_pdu,
    nak_pdu,
)
from groundsys.ccsds.segments import Segment
from groundsys.files.reception import FileReception
from groundsys.values.instants import Instant

AnswerKind = Literal["ack_eof", "nak", "finished"]

#: octets of a NAK PDU beside its segment requests, and of each request
_NAK_OVERHEAD = 21
_NAK_SEGMENT = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """One PDU to send towards `entity` about one of its transactions."""

    entity: int
    transaction: int
    kind: AnswerKind
    pdu: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """When each kind was last issued for a transaction, and how often Finished was."""

    ack_eof: Instant | None = None
    nak: Instant | None = None
    finished: Instant | None = None
    finished_times: int = 0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for what a NAK brings from the relay, for a cube to hear a Finished."""

    relay: timedelta
    sender: timedelta
    finished_limit: int = 4


def answers(
    reception: FileReception,
    said: Said,
    now: Instant,
    patience: Patience,
    *,
    nothing_under_way: bool,
    maximum_octets: int,
) -> tuple[Answer, ...]:
    """The PDUs worth sending now; `nothing_under_way`: the relay has sent all it had stored.

    `maximum_octets` is the longest PDU that a command can carry.
    """
    if reception.finished_acknowledged:
        return ()
    found: list[Answer] = []
    if _eof_waits_for_acknowledgement(reception, said, patience):
        found.append(
            _answer(reception, "ack_eof", ack_pdu(*_identity(reception), acknowledged="eof"))
        )
    completion = reception.completion()
    if completion == "open":
        due = said.nak is None or now - patience.relay >= said.nak
        if nothing_under_way and due:
            found += naks(reception, maximum_octets=maximum_octets)
    elif _finished_is_due(said, now, patience):
        complete = completion == "complete"
        pdu = finished_pdu(
            *_identity(reception),
            complete=complete,
            condition=NO_ERROR if complete else CHECKSUM_FAILURE,
        )
        found.append(_answer(reception, "finished", pdu))
    return tuple(found)


def naks(reception: FileReception, *, maximum_octets: int) -> tuple[Answer, ...]:
    """NAK PDUs that together ask for everything missing, each hole once."""
    lacking = reception.missing()
    per_pdu = max(1, (maximum_octets - _NAK_OVERHEAD) // _NAK_SEGMENT)
    groups = [lacking[first : first + per_pdu] for first in range(0, len(lacking), per_pdu)]
    return tuple(_answer(reception, "nak", _nak(reception, group)) for group in groups)


def _nak(reception: FileReception, segments: Iterable[Segment]) -> bytes:
    asked = tuple(segments)
    ranges = [segment for segment in asked if segment != METADATA_SEGMENT]
    return nak_pdu(
        *_identity(reception),
        scope_start=0 if METADATA_SEGMENT in asked else ranges[0][0],
        scope_end=ranges[-1][1] if ranges else 0,
        segments=asked,
    )


def _eof_waits_for_acknowledgement(
    reception: FileReception, said: Said, patience: Patience
) -> bool:
    """Never acknowledged, or the relay has repeated it although it must have heard."""
    if not reception.eof_receptions:
        return False
    return said.ack_eof is None or reception.eof_receptions[-1] >= said.ack_eof + patience.relay


def _finished_is_due(said: Said, now: Instant, patience: Patience) -> bool:
    if said.finished is None:
        return True
    again = now - patience.sender >= said.finished
    return again and said.finished_times < patience.finished_limit


def _identity(reception: FileReception) -> tuple[int, int, int]:
    return (reception.source_entity, reception.destination_entity, reception.transaction)


def _answer(reception: FileReception, kind: AnswerKind, pdu: bytes) -> Answer:
    return Answer(reception.source_entity, reception.transaction, kind, pdu)
