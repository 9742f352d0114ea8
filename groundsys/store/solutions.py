"""Orbit solutions that were imported, each a version, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredSolution
from groundsys.store.rows import from_row, to_row


class SolutionTable:
    """None is ever forgotten; how it stands changes."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, solution: StoredSolution) -> None:
        """Keep a solution as it now stands."""
        with self._database.writing():
            self._database.put("orbit_solutions", to_row(solution))

    def all(self) -> list[StoredSolution]:
        """In order of their numbers."""
        return list(self._found())

    def get(self, number: int) -> StoredSolution | None:
        return next(self._found("number = ?", (number,)), None)

    def _found(self, where: str = "", parameters: tuple[int, ...] = ()) -> Iterator[StoredSolution]:
        for row in self._database.rows("orbit_solutions", where, parameters, order_by="number"):
            yield from_row(StoredSolution, row)
