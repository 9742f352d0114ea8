"""Commands: how each stands, and the log of everything that ever happened to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_json, from_row, to_json, to_row
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class CommandLogLine:
    """One line of the append-only log."""

    command: str
    time: Instant
    event: str
    state: str
    detail: Any


class CommandTable:
    """The ledger.  The log only grows; SQLite itself refuses to change a line of it."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def record(
        self, command: Command, event: str, time: Instant, detail: Any = None, *, durable: bool
    ) -> None:
        """Keep the command as it now stands and add a line to the log, together.

        `durable` puts both on the disk before returning: write before you radiate.
        """
        with self._database.durably() if durable else self._database.writing():
            self._database.put("commands", to_row(command))
            self._database.append(
                "command_log",
                {
                    "command": command.id,
                    "time_ns": time.tai_ns,
                    "event": event,
                    "state": command.state,
                    "detail": to_json(detail),
                },
            )

    def any_in(self, state: str) -> bool:
        """Whether a command that people asked for stands in this state now."""
        people = "purpose in ('operator', 'plan', 'procedure')"
        count = "select exists(select 1 from commands where state = ? and " + people + ")"
        return bool(self._database.number(count, (state,)))

    def all(self) -> list[Command]:
        """In order of queueing."""
        rows = self._database.rows("commands", order_by="queued_at_ns, rowid")
        return [from_row(Command, row) for row in rows]

    def log(self, command: str = "") -> list[CommandLogLine]:
        """The lines about one command, or all of them, as they were written."""
        rows = self._database.rows(
            "command_log",
            "command = ?" if command else "",
            (command,) if command else (),
            order_by="number",
        )
        return [
            CommandLogLine(
                row["command"],
                Instant(row["time_ns"]),
                row["event"],
                row["state"],
                from_json(row["detail"]),
            )
            for row in rows
        ]
