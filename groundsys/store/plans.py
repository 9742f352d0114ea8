"""Versions of the plan, and the notices that they answer."""

from __future__ import annotations

from groundsys.store.database import StoreDatabase
from groundsys.store.records import PlanVersion, StoredNotice
from groundsys.store.rows import from_row, to_row


class PlanTables:
    """Every plan that was flown stays; so does everything that planning was told."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, version: PlanVersion) -> None:
        self._database.append("plans", to_row(version))

    def all(self) -> list[PlanVersion]:
        """Oldest first."""
        rows = self._database.rows("plans", order_by="version")
        return [from_row(PlanVersion, row) for row in rows]

    def get(self, version: int) -> PlanVersion | None:
        """One version, or None."""
        for row in self._database.rows("plans", "version = ?", (version,)):
            return from_row(PlanVersion, row)
        return None

    def latest(self) -> PlanVersion | None:
        """The version that is flown, or None before the first."""
        for row in self._database.rows("plans", order_by="version desc", limit=1):
            return from_row(PlanVersion, row)
        return None

    def add_notice(self, notice: StoredNotice) -> int:
        """Keep what was told; its number."""
        with self._database.writing():
            return self._database.append("notices", to_row(notice))

    def notices(self) -> list[StoredNotice]:
        """As they were told."""
        rows = self._database.rows("notices", order_by="number")
        return [from_row(StoredNotice, row) for row in rows]
