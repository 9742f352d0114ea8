"""The audit log: one chain of entries, of which SQLite refuses to change a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundsys.audit import AuditEntry, entry_of, fields_of, sealed
from groundsys.store.database import StoreDatabase
from groundsys.store.rows import to_json
from groundsys.values.instants import Instant


class AuditTable:
    """Who did what, when and why; each entry is chained to the one before.

    The head is read from the store once and kept in memory: what is meddled with underneath a
    running writer breaks the chain with the next entry.
    """

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database
        self._head: AuditEntry | None = None
        self._knows_head = False
        database.when_undone(self._forget_head)

    @property
    def head(self) -> AuditEntry | None:
        """The last entry, or None before the first."""
        if not self._knows_head:
            self._head = _only(self._entries(order_by="number desc", limit=1))
            self._knows_head = True
        return self._head

    def append(
        self,
        time: Instant,
        *,
        actor: str,
        role: str,
        action: str,
        subject: str,
        reason: str = "",
        detail: Any = None,
    ) -> AuditEntry:
        """Add an entry; inside a transaction it stands or falls with that."""
        entry = sealed(
            self.head,
            time=time,
            actor=actor,
            role=role,
            action=action,
            subject=subject,
            reason=reason,
            detail=to_json({} if detail is None else detail),
        )
        with self._database.writing():
            self._database.append("audit", fields_of(entry))
        self._head = entry
        return entry

    def make_durable(self) -> None:
        """Put every entry so far on the disk, for others to rely on."""
        number = self.head.number if self.head else 0
        with self._database.durably():
            self._database.put("facts", {"name": "audit_durable", "value": to_json(number)})

    def all(self, *, subject: str = "", actor: str = "") -> Iterator[AuditEntry]:
        """Entries in their order, those about one subject or by one actor alone if asked."""
        wanted = {"subject": subject, "actor": actor}
        wanted = {column: value for column, value in wanted.items() if value}
        where = " and ".join(f"{column} = ?" for column in wanted)
        return self._entries(where, tuple(wanted.values()))

    def between(self, start: Instant, end: Instant) -> Iterator[AuditEntry]:
        """Entries of this stretch of mission time, its two ends among them, in their order."""
        return self._entries("time_ns >= ? and time_ns <= ?", (start.tai_ns, end.tai_ns))

    def after(self, number: int, limit: int) -> list[AuditEntry]:
        """At most `limit` entries that follow the one of this number."""
        return list(self._entries("number > ?", (number,), limit=limit))

    def get(self, number: int) -> AuditEntry | None:
        """The entry of this number, or None."""
        return _only(self._entries("number = ?", (number,)))

    def _entries(
        self,
        where: str = "",
        parameters: tuple[Any, ...] = (),
        *,
        order_by: str = "number",
        limit: int | None = None,
    ) -> Iterator[AuditEntry]:
        rows = self._database.rows("audit", where, parameters, order_by=order_by, limit=limit)
        return map(entry_of, rows)

    def _forget_head(self) -> None:
        self._knows_head = False


def _only(entries: Iterator[AuditEntry]) -> AuditEntry | None:
    """The one entry, if there is one; read to the end, so that SQLite lets go of it."""
    found = list(entries)
    return found[0] if found else None
