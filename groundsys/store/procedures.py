"""Runs of procedures: how each stands, what happened in it, and the texts that they run by."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.procedures.run import Run
from groundsys.store.database import StoreDatabase
from groundsys.store.records import JournalLine, ProcedureText, RehearsalRecord
from groundsys.store.rows import from_row, to_row


class ProcedureTables:
    """Runs, their journals, and texts; what was written of them is never forgotten."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, run: Run, lines: Iterable[JournalLine], *, durable: bool) -> None:
        """Keep the run as it now stands and add lines to its journal, together.

        `durable` puts both on the disk before returning: write before you command.
        """
        with self._database.durably() if durable else self._database.writing():
            self._database.put("procedure_runs", to_row(run))
            for line in lines:
                self._database.append("procedure_journal", to_row(line))

    def runs(self) -> list[Run]:
        """In the order in which they were started."""
        rows = self._database.rows("procedure_runs", order_by="started_at_ns, rowid")
        return [from_row(Run, row) for row in rows]

    def journal(self, run: str) -> list[JournalLine]:
        rows = self._database.rows("procedure_journal", "run = ?", (run,), order_by="number")
        return [from_row(JournalLine, row) for row in rows]

    def put_rehearsal(self, record: RehearsalRecord) -> None:
        """Keep what was handed out, or what was brought back for it."""
        with self._database.writing():
            self._database.put("rehearsals", to_row(record))

    def rehearsals(self) -> list[RehearsalRecord]:
        """In the order in which they were asked for."""
        rows = self._database.rows("rehearsals", order_by="taken_at_ns, id")
        return [from_row(RehearsalRecord, row) for row in rows]

    def keep_text(self, text: ProcedureText) -> None:
        """Keep a text, once."""
        with self._database.writing():
            self._database.put_if_new("procedure_texts", to_row(text))

    def text(self, digest: str) -> str:
        """The text of a digest; `KeyError` if it was never kept."""
        for row in self._database.rows("procedure_texts", "digest = ?", (digest,)):
            return from_row(ProcedureText, row).text
        raise KeyError(digest)
