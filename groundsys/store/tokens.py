"""Customers' keys and tokens, by their hash."""

from __future__ import annotations

from dataclasses import replace

from groundsys.customers import key_id
from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredToken
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant


class TokenTable:
    """Which token opens which customer's space; ends are in wall time, seconds since 1970."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, token: StoredToken) -> None:
        """Keep a token; one that is there already stays as it is, revoked or not."""
        with self._database.writing():
            self._database.put_if_new("tokens", to_row(token))

    def revoke(self, token_hash: str, now: Instant) -> None:
        """Make a key worthless, and every token exchanged for it; an unknown one is no error."""
        found = self.get(token_hash)
        if found is not None and found.revoked is None:
            with self._database.writing():
                self._database.put("tokens", to_row(replace(found, revoked=now)))

    def get(self, token_hash: str) -> StoredToken | None:
        for row in self._database.rows("tokens", "token_hash = ?", (token_hash,)):
            return from_row(StoredToken, row)
        return None

    def usable(self, token_hash: str, now_s: float) -> StoredToken | None:
        """The token, if it is somebody's now: neither it nor its key withdrawn or over."""
        token = self.get(token_hash)
        if token is None or _is_over(token, now_s):
            return None
        return token if not token.parent or self.usable(token.parent, now_s) else None

    def all_usable(self, now_s: float) -> list[StoredToken]:
        """Every customer's keys and tokens that are worth anything now."""
        stored = [from_row(StoredToken, row) for row in self._database.rows("tokens")]
        good = {one.token_hash: one for one in stored if not _is_over(one, now_s)}
        return [one for one in good.values() if not one.parent or one.parent in good]

    def keys(self, customer: str = "") -> list[StoredToken]:
        """Keys in the order in which they were made, revoked and ended ones too."""
        whose = (" and customer = ?", (customer,)) if customer else ("", ())
        where = f"parent = ''{whose[0]}"
        rows = self._database.rows("tokens", where, whose[1], order_by="created_ns, rowid")
        return [from_row(StoredToken, row) for row in rows]

    def key(self, customer: str, id: str) -> StoredToken | None:
        """A customer's key by the name that it has in lists; None if it is not this customer's."""
        return next((one for one in self.keys(customer) if key_id(one.token_hash) == id), None)

    def forget_ended(self, now_s: float) -> None:
        """Tokens that were exchanged and are over have no history worth keeping."""
        with self._database.writing():
            self._database.remove("tokens", "parent <> '' and expires_s <= ?", (now_s,))


def _is_over(token: StoredToken, now_s: float) -> bool:
    ended = token.expires_s is not None and now_s >= token.expires_s
    return ended or token.revoked is not None
