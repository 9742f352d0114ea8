"""The one SQLite file: opened, migrated, written in transactions, its errors translated.

Write-ahead logging lets readers look while the desks write.  Commits survive `kill -9`; those
made `durably` also survive a power cut.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from groundsys.store.migrations import migrations
from groundsys.store.rows import Row
from groundsys.values.errors import DiskFullError, EnvironmentLackError

_BUSY_TIMEOUT_MS = 5_000
#: SQLite's words for a disk that takes nothing more.  It tells ENOSPC alone as "full"; a share that
#: is used up (EDQUOT, EFBIG) comes as a write, or a growth of its log's index, that failed
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


class StoreDatabase:
    """A migrated database; `read_only` never writes and needs no lock.

    Once it could not write for want of room it does nothing more: who went on would hold more in
    memory than is written.  It is to be opened anew, by a process that knows only what it finds.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._told_of_undoing: list[Callable[[], None]] = []
        self._seen = 0
        self._full: DiskFullError | None = None
        with self._translated():
            if read_only:
                connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            else:
                _make_private(path)
                connection = sqlite3.connect(path)
            self._database = Database(connection)
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
            if not read_only:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                migrations.apply(self._database)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything written inside is kept together, or not at all."""
        with self._translated(), self._telling_of_undoing(), self._database.atomic():
            yield

    @contextmanager
    def durably(self) -> Iterator[None]:
        """As `writing`, and on the disk when it returns: for what must be known before we act."""
        if self._database.conn.in_transaction:
            raise RuntimeError("a durable write cannot be part of another one")
        with self._translated():
            self._database.execute("PRAGMA synchronous = FULL")
            try:
                with self._telling_of_undoing(), self._database.atomic():
                    yield
            finally:
                self._database.execute("PRAGMA synchronous = NORMAL")

    def when_undone(self, forget: Callable[[], None]) -> None:
        """Have `forget` called whenever something written is taken back."""
        self._told_of_undoing.append(forget)

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Write a row over the one with the same key, if there is one."""
        self._insert("insert or replace", table, row)

    def append(self, table: str, row: Mapping[str, Any]) -> int:
        """Add a row at the end of a log; the number that it got."""
        return self._insert("insert", table, row)

    def put_if_new(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row unless its key is there already."""
        self._insert("insert or ignore", table, row)

    def put_all_if_new(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows of the same columns, but for those whose keys are there already."""
        if not rows:
            return
        columns = ", ".join(f"[{name}]" for name in rows[0])
        places = ", ".join("?" * len(rows[0]))
        sql = f"insert or ignore into [{table}] ({columns}) values ({places})"
        with self._translated(), self._database.atomic():
            self._database.conn.executemany(sql, [list(row.values()) for row in rows])

    def _insert(self, how: str, table: str, row: Mapping[str, Any]) -> int:
        """One statement: sqlite-utils would ask for the table's columns and keys before each."""
        columns = ", ".join(f"[{name}]" for name in row)
        places = ", ".join("?" * len(row))
        sql = f"{how} into [{table}] ({columns}) values ({places})"
        with self._translated(), self._database.atomic():
            return int(self._database.execute(sql, list(row.values())).lastrowid or 0)

    def remove(self, table: str, where: str, parameters: tuple[Any, ...]) -> None:
        """Forget the rows that fit."""
        with self._translated():
            self._database.table(table).delete_where(where, list(parameters))

    def rows(
        self,
        table: str,
        where: str = "",
        parameters: tuple[Any, ...] = (),
        *,
        order_by: str = "rowid",
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Rows that fit, in order."""
        with self._translated():
            yield from self._database.table(table).rows_where(
                where or None, list(parameters), order_by=order_by, limit=limit
            )

    def select(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
        """The rows that a query gives."""
        with self._translated():
            return list(self._database.query(sql, list(parameters)))

    def number(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        """The one number that a query gives (0 for none)."""
        with self._translated():
            found = self._database.execute(sql, list(parameters)).fetchone()
        return int(found[0] or 0) if found else 0

    def texts(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[str]:
        """The first column of what a query gives."""
        with self._translated():
            return [str(row[0]) for row in self._database.execute(sql, list(parameters))]

    def has_changed(self) -> bool:
        """Whether another process has written since this was asked last."""
        before, self._seen = self._seen, self.number("PRAGMA data_version")
        return self._seen != before

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _telling_of_undoing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            for forget in self._told_of_undoing:
                forget()
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if self._full is not None:
            raise self._full
        try:
            yield
        except sqlite3.Error as error:
            lack = _lack(self.path, error)
            if isinstance(lack, DiskFullError):
                self._full = lack
            raise lack from error


def _make_private(path: Path) -> None:
    """Its owner's alone, as it holds passwords' hashes; SQLite's own files beside it follow."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)


def _lack(path: Path, error: sqlite3.Error) -> EnvironmentLackError:
    text = str(error)
    if getattr(error, "sqlite_errorcode", None) in _FULL:
        return DiskFullError(
            "the operations store cannot grow",
            expected=f"free space on the disk of {path}",
            found=text,
            remedy="free some space: the desks go on by themselves, nothing confirmed is lost",
        )
    if "locked" in text:
        return EnvironmentLackError(
            "the operations store is being written by another process",
            expected=f"one ground segment for {path}",
            found=text,
            remedy="stop the other one (`groundsys status` names it), or use another folder",
        )
    return EnvironmentLackError(
        "the operations store cannot be used",
        expected=f"a readable, writable SQLite file {path}",
        found=text,
        remedy="if the file is damaged, restore it from its last copy",
    )
