"""The ledger of all commands: whoever wants something commanded puts it here, in one queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from groundsys.commanding.events import (
    Approved,
    CommandEvent,
    DeadlinePassed,
    Declined,
    Foreseen,
    Intended,
    Withdrawn,
)
from groundsys.commanding.ledger import UNDER_WAY, Command, Purpose, advance_command
from groundsys.desks.control_room import ControlRoom
from groundsys.values.instants import Instant

#: over many passes now and then a frame is lost twice in a row; what people want leaves again only
#: when it is known not to have arrived, what the ground wants by itself harms nobody
_ATTEMPTS_AT_MOST = 4
_ATTEMPTS: Mapping[Purpose, int] = {
    # hours may lie between two attempts, in which conditions change: its operator decides
    "procedure": 1,
    # a piece of a file goes again once the craft asks for it
    "upload": 1,
}


class CommandLedger:
    """Every command and how far it has come, in memory as in the store.

    `on_settled` hears of each command that has ended.
    """

    def __init__(self, room: ControlRoom, on_settled: Callable[[Command], None]) -> None:
        self._room = room
        self._on_settled = on_settled
        self._commands: dict[str, Command] = {}
        self._of_craft: dict[str, dict[str, None]] = {craft.id: {} for craft in room.craft}
        self._of_purpose: dict[Purpose, dict[str, None]] = {}
        #: of the thousands of a long flight, the few that are not over
        self._open: dict[str, None] = {}
        self._owner: dict[str, str] = {}
        self._issued_last: dict[str, str] = {}
        for command in room.store.commands.all():
            self._remember(command)

    @property
    def all(self) -> list[Command]:
        """In order of queueing."""
        return list(self._commands.values())

    @property
    def open(self) -> list[Command]:
        """Those that have not ended, in order of queueing."""
        return [self._commands[name] for name in self._open]

    def of(self, purpose: Purpose) -> list[Command]:
        return [self._commands[name] for name in self._of_purpose.get(purpose, ())]

    def of_craft(self, spacecraft: str) -> list[Command]:
        return [self._commands[name] for name in self._of_craft.get(spacecraft, ())]

    def last_of(self, spacecraft: str) -> Command | None:
        """The command that was issued last, else the one that was queued last."""
        issued = self._issued_last.get(spacecraft)
        if issued is not None:
            return self._commands[issued]
        queued = self._of_craft.get(spacecraft)
        return self._commands[next(reversed(queued))] if queued else None

    def get(self, command_id: str) -> Command | None:
        return self._commands.get(command_id)

    def issued_as(self, yamcs_id: str) -> Command | None:
        """The command of which this was an attempt."""
        return self._commands.get(self._owner.get(yamcs_id, ""))

    def queue(
        self,
        spacecraft: str,
        name: str,
        arguments: Mapping[str, Any],
        *,
        purpose: Purpose,
        subject: str = "",
        not_before: Instant | None = None,
        not_after: Instant | None = None,
        attempt_limit: int | None = None,
        operator: str = "",
    ) -> Command:
        """Put a command into the queue; it leaves when its time and an uplink have come.

        It does not leave if it would reach the craft at `not_after` or later.
        """
        now = self._room.now
        command = Command(
            id=self._next_id(spacecraft),
            spacecraft=spacecraft,
            name=name,
            arguments=dict(arguments),
            purpose=purpose,
            subject=subject,
            queued_at=now,
            not_before=not_before or now,
            not_after=not_after,
            attempt_limit=attempt_limit or _ATTEMPTS.get(purpose, _ATTEMPTS_AT_MOST),
            operator=operator,
        )
        self._remember(command)
        self._room.store.commands.record(command, "queued", now, durable=False)
        return command

    def draft(
        self,
        spacecraft: str,
        name: str,
        arguments: Mapping[str, Any],
        *,
        operator: str,
        role: str,
        why: str,
        not_before: Instant | None = None,
        not_after: Instant | None = None,
        replaces: str = "",
    ) -> Command:
        """Put down what an operator wants; nothing leaves before it is prepared and approved."""
        now = self._room.now
        command = Command(
            id=self._next_id(spacecraft),
            spacecraft=spacecraft,
            name=name,
            arguments=dict(arguments),
            purpose="operator",
            subject=operator,
            queued_at=now,
            not_before=not_before or now,
            state="drafted",
            attempt_limit=_ATTEMPTS_AT_MOST,
            operator=operator,
            why=why,
            not_after=not_after,
            replaces=replaces,
        )
        self._remember(command)
        self._room.store.commands.record(
            command, "drafted", now, durable=False, actor=operator, role=role, reason=why
        )
        return command

    def withdraw(self, command: Command, why: str) -> None:
        """Take a command back that has not been issued."""
        self.advance(command, Withdrawn(why))

    def advance(self, command: Command, event: CommandEvent) -> Command:
        """Let something happen to a command, and write it down; an intention durably."""
        now = self._room.now
        before = self._commands[command.id]
        after = advance_command(before, event, now)
        if after == before:
            return before
        self._remember(after)
        if isinstance(event, Foreseen) and after.state == before.state:
            self._room.store.commands.keep(after)
            return after
        name = type(event).__name__.lower()
        detail = {"message": after.message, "attempts": len(after.attempts)}
        durable = isinstance(event, Intended)
        actor, role, why = _who(event)
        settled = after.is_settled and not before.is_settled
        # whoever hears of its end writes that down in one with it: a kill leaves both or neither
        with self._room.store.writing() if settled else nullcontext():
            self._room.store.commands.record(
                after, name, now, detail, durable=durable, actor=actor, role=role, reason=why
            )
            if settled:
                self._settled(after)
        return after

    def _next_id(self, spacecraft: str) -> str:
        return f"{spacecraft}-{len(self._of_craft[spacecraft]) + 1:04d}"

    def _remember(self, command: Command) -> None:
        self._commands[command.id] = command
        self._of_craft.setdefault(command.spacecraft, {})[command.id] = None
        self._of_purpose.setdefault(command.purpose, {})[command.id] = None
        if command.is_settled:
            self._open.pop(command.id, None)
        else:
            self._open[command.id] = None
        last = self._commands.get(self._issued_last.get(command.spacecraft, ""))
        if command.attempts and (last is None or _issued(command) >= _issued(last)):
            self._issued_last[command.spacecraft] = command.id
        self._owner.update(dict.fromkeys((one.yamcs_id for one in command.attempts), command.id))

    def _settled(self, command: Command) -> None:
        if command.state != "completed":
            # a lost piece of an upload goes again: the upload desk tells how that goes on
            lost_piece = command.purpose == "upload" and command.state == "expired"
            expected = lost_piece or command.state in ("cancelled", "superseded")
            severity = "info" if expected else "warning"
            text = f"{command.id} {command.name}: {command.state}: {command.message}"
            self._room.log(command.spacecraft, severity, "command", text)
        if command.purpose == "forward" and command.state in (
            "failed", "expired", "cancelled",
        ):  # fmt: skip
            carried = self._commands.get(command.subject)
            if carried is not None and carried.state in UNDER_WAY:
                absent = command.state == "failed" or all(one.absent for one in command.attempts)
                self.advance(carried, DeadlinePassed(absent=absent))
        self._on_settled(command)

    def snapshot(self, recent: int = 30) -> dict[str, Any]:
        """Counts by state, and the commands that moved last."""
        states = [command.state for command in self._commands.values()]
        last = sorted(self._commands.values(), key=_last_moved)[-recent:]
        return {
            "counts": {state: states.count(state) for state in sorted(set(states))},
            "recent": [
                {
                    "id": command.id,
                    "spacecraft": command.spacecraft,
                    "name": command.name,
                    "purpose": command.purpose,
                    "state": command.state,
                    "issued_ns": _issued_ns(command),
                    "message": command.message,
                }
                for command in last
            ],
        }


def _who(event: CommandEvent) -> tuple[str, str, str]:
    """Whose act an event is, in which role, and why; empty if nobody's but the automation's."""
    match event:
        case Approved(approver, why, role):
            return approver, role, why
        case Declined(by, why, role):
            return by, role, why
    return "", "", ""


def _last_moved(command: Command) -> tuple[int, str]:
    times = [command.queued_at, command.settled_at, command.intended_at]
    return max(time.tai_ns for time in times if time is not None), command.id


def _issued(command: Command) -> Instant:
    return command.attempts[-1].issued_at


def _issued_ns(command: Command) -> int | None:
    return command.attempts[-1].issued_at.tai_ns if command.attempts else None
