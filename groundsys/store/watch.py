"""Alarms, events and the log-book: what operators look at and write."""

from __future__ import annotations

from groundsys.alarms import Alarm
from groundsys.store.database import StoreDatabase
from groundsys.store.records import LogEntry, StoredEvent
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant


class WatchTables:
    """Alarms as they stand, events as they happened, the log-book as it was written."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put_alarm(self, alarm: Alarm) -> None:
        self._database.put("alarms", to_row(alarm))

    def alarms(self) -> list[Alarm]:
        """Oldest first, those that are over among them."""
        rows = self._database.rows("alarms", order_by="since_ns, id")
        return [from_row(Alarm, row) for row in rows]

    def add_event(self, event: StoredEvent) -> None:
        self._database.append("events", to_row(event))

    def recent_events(self, limit: int) -> list[StoredEvent]:
        """The newest `limit` events, oldest of them first."""
        rows = self._database.rows("events", order_by="number desc", limit=limit)
        return [from_row(StoredEvent, row) for row in rows][::-1]

    def events_between(self, start: Instant, end: Instant) -> list[StoredEvent]:
        """Events of `start` and later, before `end`, in the order in which they were logged."""
        rows = self._database.rows(
            "events",
            "time_ns >= ? and time_ns < ?",
            (start.tai_ns, end.tai_ns),
            order_by="number",
        )
        return [from_row(StoredEvent, row) for row in rows]

    def add_log_entry(self, entry: LogEntry) -> None:
        self._database.append("logbook", to_row(entry))

    def log_entries(self) -> list[LogEntry]:
        """The whole log-book, as it was written."""
        return [
            from_row(LogEntry, row) for row in self._database.rows("logbook", order_by="number")
        ]
