"""Clock readings and the solutions made of them."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredCouple
from groundsys.store.rows import from_row, to_row
from groundsys.values.clock import ClockSolution


class ClockTables:
    """Couples come in any order and more than once; solutions are numbered as they are made."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add_couples(self, couples: Sequence[StoredCouple]) -> None:
        with self._database.writing():
            for couple in couples:
                self._database.put_if_new("clock_couples", to_row(couple))

    def couples(self, spacecraft: str) -> list[StoredCouple]:
        """In order of the craft's clock."""
        rows = self._database.rows(
            "clock_couples", "spacecraft = ?", (spacecraft,), order_by="sclk_ns"
        )
        return [from_row(StoredCouple, row) for row in rows]

    def add_solution(self, solution: ClockSolution) -> int:
        """Keep a solution; its number."""
        return self._database.append("clock_solutions", to_row(solution))

    def solution(self, number: int) -> ClockSolution:
        """The solution of this number; `KeyError` if there is none."""
        for row in self._database.rows("clock_solutions", "number = ?", (number,)):
            return from_row(ClockSolution, row)
        raise KeyError(f"no clock solution {number}")

    def latest(self, spacecraft: str) -> tuple[int, ClockSolution] | None:
        """The newest solution of a craft and its number."""
        rows = self._database.rows(
            "clock_solutions", "spacecraft = ?", (spacecraft,), order_by="number desc", limit=1
        )
        for row in rows:
            return int(row["number"]), from_row(ClockSolution, row)
        return None
