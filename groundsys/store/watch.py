"""Alarms and events: what operators look at."""

from __future__ import annotations

from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredAlarm, StoredEvent
from groundsys.store.rows import from_row, to_row


class WatchTables:
    """Alarms as they stand, events as they happened."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put_alarm(self, alarm: StoredAlarm) -> None:
        self._database.put("alarms", to_row(alarm))

    def alarms(self) -> list[StoredAlarm]:
        """Oldest first, those that are over among them."""
        rows = self._database.rows("alarms", order_by="since_ns, id")
        return [from_row(StoredAlarm, row) for row in rows]

    def add_event(self, event: StoredEvent) -> None:
        self._database.append("events", to_row(event))

    def recent_events(self, limit: int) -> list[StoredEvent]:
        """The newest `limit` events, oldest of them first."""
        rows = self._database.rows("events", order_by="number desc", limit=limit)
        return [from_row(StoredEvent, row) for row in rows][::-1]
