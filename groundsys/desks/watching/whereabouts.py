"""What of each craft is where: its packets, its files and the commands to it, in counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.execution import Pass
from groundsys.relay.sessions import RelaySession
from groundsys.store import FileRecord
from groundsys.values.instants import Instant

#: where a command is, by its state: on the ground, between the antenna and the craft's answer, over
_WAITING = frozenset({"drafted", "prepared", "approved", "queued"})
_UNDER_WAY = frozenset({"issuing", "issued", "radiated", "accepted", "started"})


def whereabouts(
    craft: Sequence[Spacecraft],
    commands: Iterable[Command],
    files: Iterable[FileRecord],
    contacts: Iterable[Pass | RelaySession],
    now: Instant,
) -> dict[str, dict[str, Any]]:
    """By craft, as watchers see it.

    `files`: those that arrive (some of it is here), those that are whole and are made into
    products, and those that are with their customer.  `commands`: those that wait here, those that
    are under way, and those that are over, by how.  `next_contact_ns`: the start of its next pass
    or relay session, or of the one under way.
    """
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for command in commands:
        states[command.spacecraft][command.state] += 1
    made: defaultdict[str, list[FileRecord]] = defaultdict(list)
    for file in files:
        made[file.spacecraft].append(file)
    ahead: dict[str, int] = {}
    for contact in contacts:
        if contact.end > now:
            start = contact.start.tai_ns
            ahead[contact.spacecraft] = min(start, ahead.get(contact.spacecraft, start))
    return {
        one.id: {
            "files": _files(made[one.id]),
            "commands": _commands(states[one.id]),
            "next_contact_ns": ahead.get(one.id),
        }
        for one in craft
    }


def fleet_ahead(
    craft: Sequence[Spacecraft],
    ledger: CommandLedger,
    passes: Sequence[Pass],
    sessions: Sequence[RelaySession],
    now: Instant,
) -> dict[str, dict[str, Any]]:
    """By craft its next contact, or the one under way, and the command that left last.

    Cheap enough for every picture: `passes` and `sessions` are in order of their start.
    """
    ahead: dict[str, Pass | RelaySession] = {}
    contacts: list[Pass | RelaySession] = [*passes, *sessions]
    for contact in contacts:
        if contact.state != "closed" and contact.end > now:
            ahead.setdefault(contact.spacecraft, contact)
    return {
        one.id: {
            "next_contact": _contact(ahead.get(one.id)),
            "last_command": _command(ledger.last_of(one.id)),
        }
        for one in craft
    }


def _contact(one: Pass | RelaySession | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "id": one.id,
        "with": one.antenna if isinstance(one, Pass) else one.relay,
        "start_ns": one.start.tai_ns,
        "end_ns": one.end.tai_ns,
    }


def _command(one: Command | None) -> dict[str, Any] | None:
    if one is None:
        return None
    issued = one.attempts[-1].issued_at if one.attempts else one.queued_at
    return {"id": one.id, "name": one.name, "state": one.state, "time_ns": issued.tai_ns}


def _files(files: Sequence[FileRecord]) -> dict[str, int]:
    delivered = [one for one in files if one.delivered_at is not None]
    waiting = [one for one in files if one.delivered_at is None]
    arriving = [one for one in waiting if one.completion != "complete"]
    return {
        "arriving": len(arriving),
        "arriving_bytes": sum(one.octets_received for one in arriving),
        "in_the_making": len(waiting) - len(arriving),
        "delivered": len(delivered),
        "delivered_bytes": sum(one.octets_received for one in delivered),
    }


def _commands(counts: Mapping[str, int]) -> Mapping[str, int]:
    over = {state: n for state, n in sorted(counts.items()) if state not in _WAITING | _UNDER_WAY}
    return {
        "waiting": sum(counts.get(state, 0) for state in _WAITING),
        "under_way": sum(counts.get(state, 0) for state in _UNDER_WAY),
        **over,
    }
