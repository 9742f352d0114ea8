"""Where customers have themselves told of events, and how far each has been told."""

from __future__ import annotations

from groundsys.customers.webhooks import Webhook
from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_row, to_row


class WebhookTable:
    """One row a webhook; the secret lies beside the hashes of passwords, in its owner's file."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, webhook: Webhook) -> None:
        with self._database.writing():
            self._database.put("webhooks", to_row(webhook))

    def remove(self, id: str) -> None:
        with self._database.writing():
            self._database.remove("webhooks", "id = ?", (id,))

    def of(self, customer: str) -> list[Webhook]:
        """A customer's, in order of making."""
        rows = self._database.rows("webhooks", "customer = ?", (customer,), order_by="created_ns")
        return [from_row(Webhook, row) for row in rows]

    def get(self, id: str) -> Webhook | None:
        for row in self._database.rows("webhooks", "id = ?", (id,)):
            return from_row(Webhook, row)
        return None

    def active(self) -> list[Webhook]:
        """All that are to be told."""
        rows = self._database.rows("webhooks", "state = 'active'", order_by="next_s")
        return [from_row(Webhook, row) for row in rows]
