"""What of the record belongs to a shift: a span of mission time, and what comes after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from groundsys.alarms import Alarm
from groundsys.audit import AuditEntry
from groundsys.commanding.ledger import Command
from groundsys.passes.execution import Pass
from groundsys.procedures.run import Run
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant, Interval

#: so far ahead the next shift is told what comes
AHEAD = timedelta(hours=12)

#: what people do with an alarm, as the audit log calls it, and as people read it
_OF_ALARMS = {
    "alarm.acknowledge": "acknowledged",
    "alarm.shelve": "shelved",
    "alarm.unshelve": "taken from the shelf",
    "alarm.assign": "assigned",
}
_WATCHING = frozenset({"operator", "flight_director"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that somebody did, or that is written in the log-book."""

    time: Instant
    who: str
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that is booked."""

    start: Instant
    end: Instant
    what: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was kept, whole or in part; a shift is cut out of it."""

    passes: Sequence[Pass]
    sessions: Sequence[RelaySession]
    alarms: Sequence[Alarm]
    commands: Sequence[Command]
    runs: Sequence[Run]
    audit: Iterable[AuditEntry]
    #: the log-book
    entries: Sequence[Happening]


@dataclass(frozen=True, slots=True)
class Crew:
    """Somebody who was on shift: from their first deed to their last, and how many."""

    name: str
    role: str
    first: Instant
    last: Instant
    deeds: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What the next shift is told."""

    span: Interval
    crew: tuple[Crew, ...]
    passes: tuple[Pass, ...]
    sessions: tuple[RelaySession, ...]
    #: raised in the shift, whatever became of them
    raised: tuple[Alarm, ...]
    handled: tuple[Happening, ...]
    #: standing at the end, since whenever
    open_alarms: tuple[Alarm, ...]
    #: asked for by people, or still under way
    commands: tuple[Command, ...]
    #: of all commands that left in the shift: how many stand in each state
    issued: Mapping[str, int]
    runs: tuple[Run, ...]
    entries: tuple[Happening, ...]
    ahead: tuple[Ahead, ...]


def shift_of(record: Record, span: Interval) -> Shift:
    """What of `record` happened in `span`, how it stands at its end, and what comes then."""
    audit = [entry for entry in record.audit if _within(span, entry.time)]
    issued = [one for one in record.commands if any(_left(one, span))]
    return Shift(
        span=span,
        crew=_crew(audit),
        passes=tuple(one for one in record.passes if _is_of(one.start, one.end, span)),
        sessions=tuple(one for one in record.sessions if _is_of(one.start, one.end, span)),
        raised=tuple(one for one in record.alarms if _within(span, one.since)),
        handled=tuple(
            Happening(entry.time, entry.actor, f"{_alarm(entry)} {done}", entry.reason)
            for entry in audit
            if (done := _OF_ALARMS.get(entry.action)) is not None
        ),
        open_alarms=tuple(one for one in record.alarms if one.cleared_at is None),
        commands=tuple(
            one for one in record.commands if one.purpose == "operator" and _is_live(one, span)
        ),
        issued=dict(sorted(Counter(str(one.state) for one in issued).items())),
        runs=tuple(
            one for one in record.runs if one.started_at <= span.end and _goes_on(one, span)
        ),
        entries=tuple(one for one in record.entries if _within(span, one.time)),
        ahead=_ahead(record, span.end),
    )


def _within(span: Interval, moment: Instant) -> bool:
    """A shift ends now: what happens this moment belongs to it."""
    return span.start <= moment <= span.end


def _left(command: Command, span: Interval) -> Iterator[bool]:
    return (_within(span, attempt.issued_at) for attempt in command.attempts)


def _crew(audit: Sequence[AuditEntry]) -> tuple[Crew, ...]:
    """Whoever did something as one who watches; programs are no crew."""
    found: dict[str, Crew] = {}
    for entry in audit:
        if entry.role in _WATCHING:
            known = found.get(entry.actor)
            first = entry.time if known is None else known.first
            deeds = 1 if known is None else known.deeds + 1
            found[entry.actor] = Crew(entry.actor, entry.role, first, entry.time, deeds)
    return tuple(sorted(found.values(), key=lambda one: (one.first, one.name)))


def _alarm(entry: AuditEntry) -> str:
    return str(entry.facts.get("parameter") or entry.subject)


def _is_of(start: Instant, end: Instant, span: Interval) -> bool:
    """Whether something under way or over belongs to the span."""
    return start < span.end and end > span.start


def _is_live(command: Command, span: Interval) -> bool:
    """Asked for before the end, and not settled before the start."""
    return command.queued_at <= span.end and (
        command.settled_at is None or command.settled_at >= span.start
    )


def _goes_on(run: Run, span: Interval) -> bool:
    return run.ended_at is None or run.ended_at >= span.start


def _ahead(record: Record, now: Instant) -> tuple[Ahead, ...]:
    until = now + AHEAD
    booked = [
        Ahead(one.start, one.end, f"pass {one.id}: {one.antenna} → {one.spacecraft}")
        for one in record.passes
        if now <= one.start < until and one.state != "cancelled"
    ]
    booked += [
        Ahead(one.start, one.end, f"relay session {one.id} with {one.spacecraft}")
        for one in record.sessions
        if now <= one.start < until
    ]
    booked += [
        Ahead(one.shelved_until, one.shelved_until, f"{one.parameter} comes back from the shelf")
        for one in record.alarms
        if one.cleared_at is None and one.shelved_until is not None and one.shelved_until < until
    ]
    return tuple(sorted(booked, key=lambda one: (one.start, one.what)))
