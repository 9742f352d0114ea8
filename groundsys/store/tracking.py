"""What stations have measured of the craft's motion."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_row, to_row
from groundsys.values.tracking import TrackingPoint


class TrackingTables:
    """Points, each once."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, points: Sequence[TrackingPoint]) -> None:
        with self._database.writing():
            for point in points:
                self._database.put_if_new("tracking", to_row(point))

    def of(self, subject: str) -> list[TrackingPoint]:
        """Of a craft or a pass, in order of reception."""
        rows = self._database.rows(
            "tracking",
            "spacecraft = ? or pass_id = ?",
            (subject, subject),
            order_by="received_ns, antenna",
        )
        return [from_row(TrackingPoint, row) for row in rows]

    def subjects(self) -> list[str]:
        """The craft and the passes of which there are points."""
        return self._database.texts(
            "SELECT spacecraft FROM tracking UNION SELECT pass_id FROM tracking ORDER BY 1"
        )
