"""How true custody of commands was: executed once at most, and when it was foreseen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from groundsys.ccsds.requests import SCHEDULE_SOURCE, request_id
from groundsys.commanding.keeping import kept_by_relay
from groundsys.commanding.ledger import HARMLESS_TWICE, OF_PEOPLE, Attempt, Command
from groundsys.rehearsal.truth.record import CraftTruth, TrueCommand
from groundsys.relay.sessions import RelaySession, may_have_been_held
from groundsys.scheduling import SCHEDULE_INSERT
from groundsys.values.instants import Instant, Interval

#: how an issued command can stand at a flight's end
ENDS = ("completed", "failed", "expired", "waiting", "unknown", "own_unreported")


@dataclass(frozen=True, slots=True)
class CustodyFigures:
    """Seconds by which hops came later than foreseen, of all commands that were completed.

    `at_issue`: as foreseen when they were issued; `waiting`: before that, as people saw it.
    """

    arrival_at_issue_s: Sequence[float] = ()
    completion_at_issue_s: Sequence[float] = ()
    completion_waiting_s: Sequence[float] = field(default=())

    def for_report(self) -> dict[str, Any]:
        """Median and 99th percentile of the size of each."""
        return {
            "arrival": _percentiles(self.arrival_at_issue_s),
            "completion": _percentiles(self.completion_at_issue_s),
            "completion_foreseen_while_waiting": _percentiles(self.completion_waiting_s),
        }


def _percentiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    if not len(seconds):
        return {"commands": 0, "p50": None, "p99": None}
    sizes = np.abs(np.array(seconds))
    p50, p99 = (round(float(one), 3) for one in np.percentile(sizes, (50, 99)))
    return {"commands": len(seconds), "p50": p50, "p99": p99}


def custody_figures(commands: Sequence[Command]) -> CustodyFigures:
    """From what the ledger foresaw and what the craft dated."""
    arrivals, at_issue, waiting = [], [], []
    for command in commands:
        for attempt in command.attempts:
            way, done = attempt.foreseen, attempt.completed_at
            if way is None or done is None:
                continue
            at_issue.append(done.seconds_since(way.completed))
            # a craft dates a command's acceptance as it arrives
            if attempt.accepted_at is not None:
                arrivals.append(attempt.accepted_at.seconds_since(way.reached))
            if command.foreseen is not None and len(command.attempts) == 1:
                waiting.append(done.seconds_since(command.foreseen.completed))
    return CustodyFigures(arrivals, at_issue, waiting)


def command_counts(
    issued: Sequence[Command], kept: Collection[str] = frozenset()
) -> dict[str, int]:
    """How the issued commands have ended.

    `expired` are those that are known never to have arrived; so are those that wait to leave
    again, and those `kept` by a relay for an overflight to come.  Of a command that no report has
    ended and whose absence is not known, nobody knows whether the craft has carried it out; what
    the ground says by itself and does no harm twice is counted apart.
    """
    ends = Counter("waiting" if one.id in kept else _end(one) for one in issued)
    return {
        "issued": len(issued),
        "of_people": sum(one.purpose in OF_PEOPLE for one in issued),
        **{end: ends[end] for end in ENDS},
    }


def _end(command: Command) -> str:
    if command.state in ("completed", "failed"):
        return command.state
    if is_known_absent(command):
        if command.state in ("expired", "cancelled"):
            return "expired"
        if command.state in ("approved", "queued"):
            return "waiting"
    return "own_unreported" if command.purpose in HARMLESS_TWICE else "unknown"


def kept_for_overflights(
    commands: Sequence[Command],
    sessions: Sequence[RelaySession],
    truths: Mapping[str, CraftTruth],
    at: Instant,
) -> frozenset[str]:
    """Commands to cubes that their relay still keeps, and that no cube has truly executed."""
    forwards = [one for one in commands if one.purpose == "forward"]
    overflights: defaultdict[str, list[Interval]] = defaultdict(list)
    for session in sessions:
        if may_have_been_held(session):
            overflights[session.spacecraft].append(session.interval)
    executed = {one.command.id for one in executions(commands, truths) if one.command is not None}
    return frozenset(
        one.id
        for one in commands
        if one.id not in executed and kept_by_relay(one, forwards, overflights[one.spacecraft], at)
    )


def is_known_absent(command: Command) -> bool:
    """Whether every attempt was given up with the proof that the craft never accepted it."""
    return all(one.absent for one in command.attempts)


@dataclass(frozen=True, slots=True)
class Execution:
    """What a craft executed, and of which attempt it was (None: nobody's)."""

    craft: str
    done: TrueCommand
    attempt: Attempt | None
    command: Command | None


def executions(
    commands: Sequence[Command], truths: Mapping[str, CraftTruth]
) -> Iterator[Execution]:
    """Each that a craft did not release by itself, with the latest attempt of its name, source and
    sequence count that can have arrived before it."""
    issued: defaultdict[tuple[str, str, int, int], list[tuple[Attempt, Command]]]
    issued = defaultdict(list)
    for command in commands:
        for attempt in command.attempts:
            issued[command.spacecraft, command.name, *attempt.request].append((attempt, command))
    for craft, truth in truths.items():
        for one in truth.executed:
            if one.source == SCHEDULE_SOURCE:
                continue
            arrived = [
                each
                for each in issued[craft, one.name, one.source, one.sequence_count]
                if _arrives_after(each[0]) <= one.time
            ]
            latest = max(arrived, key=lambda each: each[0].issued_at, default=(None, None))
            yield Execution(craft, one, *latest)


def _arrives_after(attempt: Attempt) -> Instant:
    """What an attempt cannot precede at its craft: its issue, and the light time if it is known.

    Not `arrives_at`, which is of the first radiation that was told: an earlier one may have been
    lost to the ground together with a process, and have reached the craft.
    """
    if attempt.radiated_at is None or attempt.arrives_at is None:
        return attempt.issued_at
    light_time_s = attempt.arrives_at.seconds_since(attempt.radiated_at)
    return attempt.issued_at.plus_seconds(light_time_s)


def executed_twice(
    commands: Sequence[Command], truths: Mapping[str, CraftTruth]
) -> tuple[str, ...]:
    """Commands that a craft truly executed more than once, and what it executed for nobody.

    What it released from its schedule counts as well.  What the ground says by itself and does no
    harm twice is left out.
    """
    found: list[str] = [*_released_wrongly(commands, truths)]
    times: Counter[str] = Counter()
    for one in executions(commands, truths):
        if one.command is None:
            count = one.done.sequence_count
            found.append(f"{one.craft} {one.done.name} (count {count}), issued by nobody")
        elif one.command.purpose not in HARMLESS_TWICE:
            times[one.command.id] += 1
    return (*found, *(id for id, count in times.items() if count > 1))


def _released_wrongly(
    commands: Sequence[Command], truths: Mapping[str, CraftTruth]
) -> Iterator[str]:
    """What craft executed out of their schedules more often than it was put there."""
    loaded = Counter(
        (one.spacecraft, request_id(one.arguments["scheduled_packet"]).sequence_count)
        for one in commands
        if one.name == SCHEDULE_INSERT and one.was_issued
    )
    for craft, truth in truths.items():
        released = Counter(
            (one.name, one.sequence_count)
            for one in truth.executed
            if one.source == SCHEDULE_SOURCE
        )
        for (name, count), times in released.items():
            if times > loaded[craft, count]:
                put = loaded[craft, count]
                yield f"{craft} {name} (scheduled {count}), released {times} times of {put}"


def spurious_timeouts(
    commands: Sequence[Command], given_up: Collection[str], truths: Mapping[str, CraftTruth]
) -> tuple[str, ...]:
    """Commands that the ground gave up, or issued again, although the craft executed that attempt.

    `given_up` are the commands that were ever called expired, whatever a late report made of them.
    What the ground says by itself and does no harm twice is said again on purpose before anything
    is known of it, and left out.
    """
    found = dict.fromkeys(
        one.command.id
        for one in executions(commands, truths)
        if one.command is not None
        and one.command.purpose not in HARMLESS_TWICE
        and (one.command.id in given_up or one.attempt is not one.command.attempts[-1])
    )
    return tuple(found)
