"""Passes, and what was received in each."""

from __future__ import annotations

from groundsys.passes.execution import Pass
from groundsys.store.database import StoreDatabase
from groundsys.store.records import ReceptionSummary
from groundsys.store.rows import from_row, to_row


class PassTable:
    """The booked passes, as they were planned and as they went."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, one: Pass) -> None:
        self._database.put("passes", to_row(one))

    def all(self) -> list[Pass]:
        """In order of their start."""
        rows = self._database.rows("passes", order_by="start_ns, id")
        return [from_row(Pass, row) for row in rows]

    def put_reception(self, summary: ReceptionSummary) -> None:
        self._database.put("receptions", to_row(summary))

    def receptions(self) -> list[ReceptionSummary]:
        """Slices of some minutes, in order of first reception."""
        rows = self._database.rows("receptions", order_by="first_ert_ns, virtual_channel")
        return [from_row(ReceptionSummary, row) for row in rows]
