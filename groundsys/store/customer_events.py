"""What customers are told, in order: one log, of which each customer reads its own lines."""

from __future__ import annotations

from groundsys.store.database import StoreDatabase
from groundsys.store.records import CustomerEvent
from groundsys.store.rows import from_row, to_row

_TABLE = "customer_events"


class CustomerEventTable:
    """A log that only grows; the number of a line is the cursor of whoever reads on.

    Each customer's begin at 1 and leave none out: they tell nothing of what others have.
    """

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database
        self._last: dict[str, int] | None = None
        database.when_undone(self._forget_last)

    def add(self, event: CustomerEvent) -> int:
        """Tell an event; the number that it got."""
        with self._database.writing():
            number = self._known().get(event.customer, 0) + 1
            self._database.append(_TABLE, {**to_row(event), "number": number})
            self._known()[event.customer] = number
        return number

    def of(
        self,
        customer: str,
        after: int = 0,
        up_to: int | None = None,
        *,
        kind: str = "",
        limit: int | None = None,
    ) -> list[CustomerEvent]:
        """A customer's events with numbers in (after, up_to], oldest first."""
        terms: dict[str, str | int | None] = {
            "customer = ?": customer,
            "number > ?": after,
            "number <= ?": up_to,
            "kind = ?": kind or None,
        }
        asked = {term: value for term, value in terms.items() if value is not None}
        where = " and ".join(asked)
        rows = self._database.rows(
            _TABLE, where, tuple(asked.values()), order_by="number", limit=limit
        )
        return [from_row(CustomerEvent, row) for row in rows]

    def last(self) -> dict[str, int]:
        """By customer, the number of its newest event."""
        return dict(self._known())

    def _known(self) -> dict[str, int]:
        if self._last is None:
            rows = self._database.select(
                f"select customer, max(number) as number from {_TABLE} group by customer", ()
            )
            self._last = {str(row["customer"]): int(row["number"]) for row in rows}
        return self._last

    def _forget_last(self) -> None:
        self._last = None
