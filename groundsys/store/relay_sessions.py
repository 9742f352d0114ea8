"""Relay sessions."""

from __future__ import annotations

from groundsys.relay.sessions import RelaySession
from groundsys.store.database import StoreDatabase
from groundsys.store.rows import from_row, to_row


class RelaySessionTable:
    """The planned overflights that are to be used, and what became of them."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, session: RelaySession) -> None:
        self._database.put("relay_sessions", to_row(session))

    def all(self) -> list[RelaySession]:
        """In order of their start."""
        rows = self._database.rows("relay_sessions", order_by="start_ns, id")
        return [from_row(RelaySession, row) for row in rows]
