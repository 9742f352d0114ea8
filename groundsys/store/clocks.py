"""Clock readings, and the solutions by which products were time-tagged."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredCouple
from groundsys.store.rows import from_row, to_row
from groundsys.values.clock import ClockHistory, ClockReset, ClockSolution


class ClockTables:
    """Couples come in any order and more than once; solutions are numbered as they are made."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add_couples(self, couples: Sequence[StoredCouple]) -> None:
        with self._database.writing():
            for couple in couples:
                self._database.put_if_new("clock_couples", to_row(couple))

    def couples(self, spacecraft: str, newest: int | None = None) -> list[StoredCouple]:
        """In the order in which the ground had them; of many, the `newest` so many."""
        rows = self._database.rows(
            "clock_couples",
            "spacecraft = ?",
            (spacecraft,),
            order_by="taken_ns desc, reference_ns desc, sclk_ns desc",
            limit=newest,
        )
        return [from_row(StoredCouple, row) for row in rows][::-1]

    def add_solution(self, solution: ClockSolution) -> int:
        """Keep a solution; its number."""
        return self._database.append("clock_solutions", to_row(solution))

    def solution(self, number: int) -> ClockSolution:
        """The solution of this number; `KeyError` if there is none."""
        for row in self._database.rows("clock_solutions", "number = ?", (number,)):
            return from_row(ClockSolution, row)
        raise KeyError(f"no clock solution {number}")

    def keep_history(self, history: ClockHistory) -> None:
        """Keep what is believed of a craft's clock, instead of what was."""
        spacecraft = history.current.spacecraft
        with self._database.writing():
            for table, values in (
                ("clock_pieces", history.pieces),
                ("clock_resets", history.resets),
            ):
                self._database.remove(table, "spacecraft = ?", (spacecraft,))
                for value in values:
                    self._database.append(table, to_row(value))

    def history(self, spacecraft: str) -> ClockHistory | None:
        """What is believed of a craft's clock, as it was kept last; None: nothing was measured."""
        pieces, resets = (
            self._database.rows(
                table, "spacecraft = ?", (spacecraft,), order_by=f"partition, {order}"
            )
            for table, order in (("clock_pieces", "sclk_ref_ns"), ("clock_resets", "partition"))
        )
        known = tuple(from_row(ClockSolution, row) for row in pieces)
        if not known:
            return None
        return ClockHistory(known, tuple(from_row(ClockReset, row) for row in resets))

    def measured(self) -> list[str]:
        """The craft of whose clocks something is kept."""
        return self._database.texts("SELECT DISTINCT spacecraft FROM clock_pieces ORDER BY 1")
