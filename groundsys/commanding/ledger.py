"""The life of a command, from the queue to its verified end, as a fold over what is heard of it.

    queued → issuing → issued → radiated → accepted → started → completed | failed
       ↑________________________|  deadline passed, attempts left
    deadline passed, none left → expired;  no longer wanted before it was issued → cancelled

One `Command` is one intention; a lost one is issued again as its next `Attempt`.  `issuing` is
written before Yamcs is asked, so that a crash between the two is seen.  What the craft reports
outranks every deadline: an expired command whose report comes late is completed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime
from groundsys.values.records import CommandRecord

CommandState = Literal[
    "queued",
    "issuing",
    "issued",
    "radiated",
    "accepted",
    "started",
    "completed",
    "failed",
    "expired",
    "cancelled",
]
#: why a command exists; `Command.subject` says more
Purpose = Literal[
    "downlink",
    "relay_session",
    "operator",
    "procedure",
    "plan",
    "file",
    "forward",
    "replay",
    "quiet",
]

#: states in which a report is awaited
UNDER_WAY: frozenset[CommandState] = frozenset({"issued", "radiated", "accepted", "started"})
#: states that nothing but a late report can change
SETTLED: frozenset[CommandState] = frozenset({"completed", "failed", "expired", "cancelled"})

_PROGRESS: dict[CommandState, int] = {
    "issued": 1,
    "radiated": 2,
    "accepted": 3,
    "started": 4,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that a command was issued through Yamcs, and what was measured of it."""

    yamcs_id: str
    sequence_count: int
    issued_at: Instant
    radiated_at: TransmitTime | None = None
    arrives_at: SpacecraftEventTime | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """An intention to command a craft, and how far it has come."""

    id: str
    spacecraft: str
    name: str
    arguments: Mapping[str, Any]
    purpose: Purpose
    subject: str
    queued_at: Instant
    not_before: Instant
    state: CommandState = "queued"
    attempts: tuple[Attempt, ...] = ()
    attempt_limit: int = 2
    intended_at: Instant | None = None
    deadline: Instant | None = None
    settled_at: Instant | None = None
    message: str = ""
    operator: str = ""
    #: the passes, sessions or customers that it serves, for the log
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def was_issued(self) -> bool:
        return bool(self.attempts)

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED


@dataclass(frozen=True, slots=True)
class Intended:
    """We are about to ask Yamcs; to be written down before it is asked."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Yamcs has taken it."""

    yamcs_id: str
    sequence_count: int
    deadline: Instant | None


@dataclass(frozen=True, slots=True)
class NotIssued:
    """After a crash: Yamcs' history does not know it, so it goes back to the queue."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Yamcs would not take it."""

    message: str


@dataclass(frozen=True, slots=True)
class Radiated:
    """Its last bit left an antenna; for a cube, that of the frame that carries it."""

    sequence_count: int
    radiated_at: TransmitTime
    arrives_at: SpacecraftEventTime


@dataclass(frozen=True, slots=True)
class Reported:
    """What Yamcs' history knows of one of its attempts."""

    record: CommandRecord


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """No final report came in time."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """No longer wanted; of no effect once issued."""

    message: str


CommandEvent = (
    Intended | Issued | NotIssued | Refused | Radiated | Reported | DeadlinePassed | Withdrawn
)


def advance_command(command: Command, event: CommandEvent, now: Instant) -> Command:
    """The command after `event`; an event that says nothing new leaves it as it is."""
    match event:
        case Intended() if command.state == "queued":
            return replace(command, state="issuing", intended_at=now)
        case NotIssued() if command.state == "issuing":
            return replace(command, state="queued", intended_at=None)
        case Issued() if command.state == "issuing":
            issued_at = command.intended_at or now
            attempt = Attempt(event.yamcs_id, event.sequence_count, issued_at)
            return replace(
                command,
                state="issued",
                attempts=(*command.attempts, attempt),
                deadline=event.deadline,
            )
        case Refused() if command.state == "issuing":
            return replace(command, state="failed", settled_at=now, message=event.message)
        case Radiated():
            return _radiated(command, event)
        case Reported():
            return _reported(command, event.record, now)
        case DeadlinePassed() if command.state in UNDER_WAY:
            return _expired(command, now)
        case Withdrawn() if command.state == "queued":
            return replace(command, state="cancelled", settled_at=now, message=event.message)
    return command


def _radiated(command: Command, event: Radiated) -> Command:
    attempts = tuple(
        replace(attempt, radiated_at=event.radiated_at, arrives_at=event.arrives_at)
        if attempt.sequence_count == event.sequence_count and attempt.radiated_at is None
        else attempt
        for attempt in command.attempts
    )
    state: CommandState = "radiated" if command.state == "issued" else command.state
    return replace(command, attempts=attempts, state=state)


def _reported(command: Command, record: CommandRecord, now: Instant) -> Command:
    if record.id not in {attempt.yamcs_id for attempt in command.attempts}:
        return command
    if command.state in ("completed", "failed"):
        return command
    stages = (record.acceptance, record.start, record.completion)
    if "failed" in stages:
        return replace(
            command,
            state="failed",
            settled_at=now,
            message=record.message or "the craft reports failure",
        )
    if record.completion == "ok":
        return replace(command, state="completed", settled_at=now, message="")
    reached: CommandState = "started" if record.start else "accepted"
    if record.acceptance is None and record.start is None:
        return command
    if command.state in UNDER_WAY and _PROGRESS[reached] > _PROGRESS[command.state]:
        return replace(command, state=reached)
    return command


def _expired(command: Command, now: Instant) -> Command:
    if len(command.attempts) < command.attempt_limit:
        return replace(
            command,
            state="queued",
            deadline=None,
            intended_at=None,
            message=f"attempt {len(command.attempts)}: no report by its deadline",
        )
    return replace(
        command,
        state="expired",
        settled_at=now,
        message=f"no report by its deadline, {len(command.attempts)} attempts",
    )


def adopt(
    command: Command, records: list[CommandRecord], known: frozenset[str]
) -> CommandRecord | None:
    """After a crash: the record of a command in state `issuing`, if Yamcs did take it.

    It has the same name, was made at or after the intention, and is nobody else's (`known`).
    """
    if command.state != "issuing" or command.intended_at is None:
        return None
    for record in records:
        same = record.name == command.name and record.id not in known
        if same and record.generation >= command.intended_at.plus_seconds(-1.0):
            return record
    return None
