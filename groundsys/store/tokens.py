"""Customers' tokens, by their hash."""

from __future__ import annotations

from dataclasses import replace

from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredToken
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant


class TokenTable:
    """Which token opens which customer's space."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, token: StoredToken) -> None:
        """Keep a token; one that is there already stays as it is, revoked or not."""
        with self._database.writing():
            self._database.put_if_new("tokens", to_row(token))

    def revoke(self, token_hash: str, now: Instant) -> None:
        """Make a token worthless; an unknown one is no error."""
        for row in self._database.rows("tokens", "token_hash = ?", (token_hash,)):
            with self._database.writing():
                self._database.put(
                    "tokens", to_row(replace(from_row(StoredToken, row), revoked=now))
                )

    def knows(self, token_hash: str) -> bool:
        """Whether it was ever added, revoked or not."""
        return any(self._database.rows("tokens", "token_hash = ?", (token_hash,), limit=1))

    def customer_of(self, token_hash: str) -> str | None:
        """Whose token it is; None if nobody's, or revoked."""
        for row in self._database.rows("tokens", "token_hash = ?", (token_hash,)):
            token = from_row(StoredToken, row)
            return token.customer if token.revoked is None else None
        return None
