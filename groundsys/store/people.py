"""People and programs that may ask for something, and how often a name's password was wrong."""

from __future__ import annotations

from groundsys.authority.lockout import FORGOTTEN_AFTER_S, Failures
from groundsys.store.database import StoreDatabase
from groundsys.store.records import StoredPerson
from groundsys.store.rows import from_row, to_row
from groundsys.values.errors import AccessRefusedError

#: more names than this are not kept apart: whoever tries more is not after one of them
_MOST_FAILURES = 10_000


class PeopleTable:
    """Accounts by canonical name; none is ever removed, so that no name gets a second owner."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, person: StoredPerson) -> None:
        """Keep a new account; `AccessRefusedError` if the name is taken, be it disabled."""
        if self.get(person.name) is not None:
            raise AccessRefusedError(
                f"there is an account '{person.name}' already",
                remedy="choose another name; a name never passes to somebody else",
            )
        self.change(person)

    def change(self, person: StoredPerson) -> None:
        """Keep an account as it now is, on the disk when it returns: it may shut somebody out."""
        with self._database.durably():
            self._database.put("people", to_row(person))

    def get(self, name: str) -> StoredPerson | None:
        for row in self._database.rows("people", "name = ?", (name,)):
            return from_row(StoredPerson, row)
        return None

    def all(self) -> list[StoredPerson]:
        """In order of their names."""
        return [
            from_row(StoredPerson, row) for row in self._database.rows("people", order_by="name")
        ]

    # --- wrong passwords -----------------------------------------------------------------------

    def failures(self, name: str) -> Failures:
        """Wrong passwords for this name in a row, whether or not there is such an account."""
        for row in self._database.rows("login_failures", "name = ?", (name,)):
            return Failures(int(row["count"]), float(row["last_s"]))
        return Failures()

    def keep_failures(self, name: str, failures: Failures) -> None:
        with self._database.writing():
            self._database.put(
                "login_failures",
                {"name": name, "count": failures.count, "last_s": failures.last_s},
            )
            self._database.remove(
                "login_failures", "last_s < ?", (failures.last_s - FORGOTTEN_AFTER_S,)
            )
            self._database.remove(
                "login_failures",
                "name NOT IN (SELECT name FROM login_failures ORDER BY last_s DESC LIMIT ?)",
                (_MOST_FAILURES,),
            )

    def forget_failures(self, name: str) -> None:
        with self._database.writing():
            self._database.remove("login_failures", "name = ?", (name,))
