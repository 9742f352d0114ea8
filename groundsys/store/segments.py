"""Which packet brought which octets of a file: a row a file-data PDU, some 40 octets each."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.store.database import StoreDatabase
from groundsys.store.records import FileSegment
from groundsys.store.rows import from_row, to_row


class SegmentTable:
    """Only grows; a PDU that is read again is kept once."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, segments: Iterable[FileSegment]) -> None:
        self._database.put_all_if_new("file_segments", [to_row(one) for one in segments])

    def of(self, file: str, begins: int = 0, ends: int | None = None) -> list[FileSegment]:
        """Those that hold one of the octets from `begins` up to `ends`, as they were archived."""
        rows = self._database.rows(
            "file_segments",
            "file = ? and ends > ? and begins < ?",
            (file, begins, (1 << 62) if ends is None else ends),
            order_by="reception_ns, begins, sequence_count",
        )
        return [from_row(FileSegment, row) for row in rows]
