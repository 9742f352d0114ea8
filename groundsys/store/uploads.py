"""Files that go up: what people want of each, how it stands, and its octets."""

from __future__ import annotations

from groundsys.store.database import StoreDatabase
from groundsys.store.records import UploadContent
from groundsys.store.rows import from_row, to_row
from groundsys.uploads.upload import Upload


class UploadTables:
    """Uploads, and the octets that were approved; these are never changed or forgotten."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def put(self, upload: Upload) -> None:
        """Keep an upload as it now stands."""
        with self._database.writing():
            self._database.put("uploads", to_row(upload))

    def put_content(self, content: UploadContent) -> None:
        """Keep a file's octets, once."""
        with self._database.writing():
            self._database.put_if_new("upload_contents", to_row(content))

    def all(self) -> list[Upload]:
        """In order of their numbers."""
        rows = self._database.rows("uploads", order_by="number")
        return [from_row(Upload, row) for row in rows]

    def content(self, sha256: str) -> bytes:
        """The octets of this hash; `KeyError` if they were never kept."""
        for row in self._database.rows("upload_contents", "sha256 = ?", (sha256,)):
            return from_row(UploadContent, row).octets
        raise KeyError(sha256)
