"""Commands: how each stands, and what the audit log has of everything that happened to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundsys.audit import AUTOMATION, AuditEntry
from groundsys.commanding.ledger import OF_PEOPLE, Command
from groundsys.store.audit import AuditTable
from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant

#: actions of the audit log that are events of commands begin so
ACTION = "command."


@dataclass(frozen=True, slots=True)
class CommandLogLine:
    """One event of a command, as the audit log has it."""

    command: str
    time: Instant
    event: str
    state: str
    detail: Any
    actor: str
    reason: str


class CommandTable:
    """The ledger; what happens to a command and its entry in the audit log are written together."""

    def __init__(self, database: StoreDatabase, audit: AuditTable) -> None:
        self._database = database
        self._audit = audit

    def record(
        self,
        command: Command,
        event: str,
        time: Instant,
        detail: Any = None,
        *,
        durable: bool,
        actor: str = "",
        role: str = "",
        reason: str = "",
    ) -> None:
        """Keep the command as it now stands and add an entry to the audit log, together.

        Unless told, it is the automation that acts, for the command's purpose.
        The first entry of a command says what was asked for.  `durable` puts both on the disk
        before returning: write before you radiate.
        """
        new = not self._database.number("select count(*) from commands where id = ?", (command.id,))
        with self._database.durably() if durable else self._database.writing():
            self._database.put("commands", to_row(command))
            self._audit.append(
                time,
                actor=actor or AUTOMATION,
                role=role or ("operator" if actor else AUTOMATION),
                action=ACTION + event,
                subject=command.id,
                reason=reason or _reason(command),
                detail={**(_asked_for(command) if new else {}), **_happened(command, detail)},
            )

    def keep(self, command: Command) -> None:
        """Keep the command as it now stands, where nobody has done anything to it."""
        self._database.put("commands", to_row(command))

    def states(self) -> frozenset[str]:
        """The states in which commands stand now that people asked for."""
        places = ", ".join("?" for _ in OF_PEOPLE)
        found = f"select distinct state from commands where purpose in ({places})"
        return frozenset(self._database.texts(found, tuple(OF_PEOPLE)))

    def all(self) -> list[Command]:
        """In order of queueing."""
        rows = self._database.rows("commands", order_by="queued_at_ns, rowid")
        return [from_row(Command, row) for row in rows]

    def log(self, command: str = "") -> list[CommandLogLine]:
        """The events of one command, or of all of them, as they were written."""
        entries = self._audit.all(subject=command)
        return [_line(entry) for entry in entries if entry.action.startswith(ACTION)]


def _reason(command: Command) -> str:
    """Why the command exists: its purpose, and what that is about."""
    if command.purpose == "operator" or not command.subject:
        return command.purpose
    return f"{command.purpose}: {command.subject}"


def _asked_for(command: Command) -> dict[str, Any]:
    return {
        "spacecraft": command.spacecraft,
        "name": command.name,
        "arguments": command.arguments,
        "not_before_ns": command.not_before.tai_ns,
    }


def _happened(command: Command, detail: Any) -> dict[str, Any]:
    return {"state": command.state, **(detail or {})}


def _line(entry: AuditEntry) -> CommandLogLine:
    facts = dict(entry.facts)
    return CommandLogLine(
        command=entry.subject,
        time=entry.time,
        event=entry.action.removeprefix(ACTION),
        state=str(facts.pop("state", "")),
        detail=facts,
        actor=entry.actor,
        reason=entry.reason,
    )
