"""The life of a command, from the queue to its verified end, as a fold over what is heard of it.

    drafted → prepared → approved → queued → issuing → issued → radiated → accepted → started
                                       ↑________________________|            → completed | failed
                                         known not to have arrived, attempts left
    no report, no attempt or no pass left → expired;  not wanted any more before it was issued →
    cancelled, or superseded by another

One `Command` is one intention; a lost one is issued again as its next `Attempt`, but only if it
does no harm twice or is known not to have arrived.  `issuing` is written before Yamcs is asked, so
that a crash between the two is seen.  What the craft reports outranks every deadline: an expired
command whose report comes late is completed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from groundsys.ccsds.requests import GROUND_SOURCE
from groundsys.commanding.events import (
    Approved,
    CommandEvent,
    DeadlinePassed,
    Declined,
    Deferred,
    Foreseen,
    Intended,
    Issued,
    NotIssued,
    Overtaken,
    Prepared,
    Radiated,
    Refused,
    Reported,
    Superseded,
    Withdrawn,
)
from groundsys.commanding.itinerary import Itinerary
from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime
from groundsys.values.records import CommandRecord

CommandState = Literal[
    "drafted",
    "prepared",
    "approved",
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
    "superseded",
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
    "upload",
]

#: people have asked for these
OF_PEOPLE: frozenset[Purpose] = frozenset({"operator", "plan", "procedure"})
#: the ground says these by itself, and saying one twice does no harm
HARMLESS_TWICE: frozenset[Purpose] = frozenset(
    {"downlink", "relay_session", "file", "replay", "quiet", "upload"}
)
#: states before anything can have left
UNSENT: frozenset[CommandState] = frozenset({"drafted", "prepared", "approved", "queued"})
#: states in which a report is awaited
UNDER_WAY: frozenset[CommandState] = frozenset({"issued", "radiated", "accepted", "started"})
#: states that nothing but a late report can change
SETTLED: frozenset[CommandState] = frozenset(
    {"completed", "failed", "expired", "cancelled", "superseded"}
)

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
    #: at the craft that antennas speak to: a cube's relay, which keeps it for an overflight
    arrives_at: SpacecraftEventTime | None = None
    #: as the craft itself dates its reports
    accepted_at: SpacecraftEventTime | None = None
    started_at: SpacecraftEventTime | None = None
    completed_at: SpacecraftEventTime | None = None
    #: when the ground knew its end
    confirmed_at: Instant | None = None
    #: given up, and the craft is known never to have accepted it
    absent: bool = False
    #: its way, as foreseen when it was issued
    foreseen: Itinerary | None = None
    #: in a BD frame, which nobody repeats if it is lost
    bypass: bool = False
    #: source ID of its packet, whose count it is
    source: int = GROUND_SOURCE

    @property
    def request(self) -> tuple[int, int]:
        """Source ID and sequence count: by them reports name it."""
        return self.source, self.sequence_count


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
    #: why the operator wants it, who approved it, and what it takes the place of
    why: str = ""
    approver: str = ""
    replaces: str = ""
    #: it must have reached the craft before this
    not_after: Instant | None = None
    #: as the mission database encodes it: length and hash of what will leave, but for its count
    packet_octets: int = 0
    packet_sha256: str = ""
    #: its way, as foreseen last before it was issued
    foreseen: Itinerary | None = None
    #: the passes, sessions or customers that it serves, for the log
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def was_issued(self) -> bool:
        return bool(self.attempts)

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED


def advance_command(command: Command, event: CommandEvent, now: Instant) -> Command:
    """The command after `event`; an event that says nothing new leaves it as it is."""
    match event:
        case Prepared() if command.state == "drafted":
            return replace(
                command,
                state="prepared",
                packet_octets=event.octets,
                packet_sha256=event.sha256,
            )
        case Approved() if command.state == "prepared":
            return replace(command, state="approved", approver=event.approver)
        case Foreseen() if command.state in UNSENT:
            return _foreseen(command, event.itinerary)
        case Declined() if command.state in UNSENT:
            message = f"{event.by}: {event.why}"
            return replace(command, state="cancelled", settled_at=now, message=message)
        case Superseded() if command.state in UNSENT:
            message = f"{event.by} takes its place"
            return replace(command, state="superseded", settled_at=now, message=message)
        case Overtaken() if command.state in UNSENT:
            return replace(command, state="expired", settled_at=now, message=event.message)
        case Intended() if command.state == "queued":
            return replace(command, state="issuing", intended_at=now)
        case NotIssued() if command.state == "issuing":
            return replace(command, state="queued", intended_at=None)
        case Issued() if command.state == "issuing":
            issued_at = command.intended_at or now
            attempt = Attempt(
                event.yamcs_id, event.sequence_count, issued_at, foreseen=event.itinerary,
                bypass=event.bypass, source=event.source,
            )  # fmt: skip
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
            return _reported(_dated(command, event, now), event.record, now)
        case Deferred() if command.state in UNDER_WAY:
            return replace(command, deadline=event.deadline)
        case DeadlinePassed() if command.state in UNDER_WAY:
            return _expired(command, now, absent=event.absent)
        case Withdrawn() if command.state == "queued":
            return replace(command, state="cancelled", settled_at=now, message=event.message)
    return command


def _radiated(command: Command, event: Radiated) -> Command:
    attempts = tuple(
        replace(
            attempt,
            radiated_at=event.radiated_at,
            arrives_at=event.arrives_at,
        )
        if attempt.request == (event.source, event.sequence_count) and attempt.radiated_at is None
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


def _foreseen(command: Command, itinerary: Itinerary | None) -> Command:
    """An approved command waits in the queue once there is a way for it, and leaves it again."""
    state = command.state
    if state == "approved" and itinerary is not None:
        state = "queued"
    elif state == "queued" and itinerary is None and command.approver:
        state = "approved"
    return replace(command, state=state, foreseen=itinerary)


def _dated(command: Command, event: Reported, now: Instant) -> Command:
    """With the times of a report put down, however the command already stands."""
    record = event.record
    final = record.completion is not None or "failed" in (record.acceptance, record.start)

    def dated(attempt: Attempt) -> Attempt:
        if attempt.yamcs_id != record.id:
            return attempt
        if final and attempt.confirmed_at is None:
            attempt = replace(attempt, confirmed_at=now)
        if event.made_at is None:
            return attempt
        return replace(
            attempt,
            accepted_at=attempt.accepted_at or (event.made_at if record.acceptance else None),
            started_at=attempt.started_at or (event.made_at if record.start else None),
            completed_at=attempt.completed_at or (event.made_at if record.completion else None),
        )

    return replace(command, attempts=tuple(dated(attempt) for attempt in command.attempts))


def may_leave_again(command: Command, *, absent: bool) -> bool:
    """Whether an attempt without a report may be followed by another.

    Once accepted, it is being executed; else it must be harmless, or known not to have arrived.
    """
    if command.state not in ("issued", "radiated"):
        return False
    return len(command.attempts) < command.attempt_limit and (
        absent or command.purpose in HARMLESS_TWICE
    )


def _expired(command: Command, now: Instant, *, absent: bool) -> Command:
    again = may_leave_again(command, absent=absent)
    last = replace(command.attempts[-1], absent=absent)
    command = replace(command, attempts=(*command.attempts[:-1], last))
    if again:
        return replace(
            command,
            state="queued",
            deadline=None,
            intended_at=None,
            message=f"attempt {len(command.attempts)}: {_silence(command)}",
        )
    return replace(
        command,
        state="expired",
        settled_at=now,
        message=f"{_silence(command)}, {len(command.attempts)} attempts",
    )


def _silence(command: Command) -> str:
    if command.state in ("accepted", "started"):
        return "accepted, but its end was never reported"
    return "never accepted" if command.attempts[-1].absent else "no report by its deadline"


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
