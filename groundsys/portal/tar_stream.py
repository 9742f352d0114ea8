"""Many products as one tar archive (POSIX.1-2001, pax), made as it is sent and never kept.

Its bytes follow from the list of its members alone, so any span of it can be sent again: a cut
download goes on by range, as long as the list is the same.  Its last member, `SHA256SUMS`, is what
`sha256sum -c` checks the others by.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from groundsys.portal.catalogue import KnownProduct

#: yields a product's bytes from one offset up to another
ReadProduct = Callable[[KnownProduct, int, int], Iterator[bytes]]

_END = bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the archive: these bytes, or a product's."""

    start: int
    size: int
    content: bytes | KnownProduct


class TarStream:
    """An archive of products below the folder `folder`."""

    def __init__(self, folder: str, products: Sequence[KnownProduct]) -> None:
        self._parts: list[_Part] = []
        self.size = 0
        sums = "".join(f"{one.entry.sha256}  {one.entry.name}\n" for one in products).encode()
        newest = max((one.entry.created for one in products), default="1970-01-01T00:00:00.000Z")
        for one in products:
            entry = one.entry
            self._add_member(f"{folder}/{entry.name}", entry.size, entry.created, one)
        self._add_member(f"{folder}/SHA256SUMS", len(sums), newest, sums)
        self._add(_END)
        self.entity_tag = f'"tar-{hashlib.sha256(folder.encode() + b"/" + sums).hexdigest()}"'

    def members_within(self, start: int, end: int) -> Iterator[tuple[KnownProduct, int, int]]:
        """The products of which something lies within a span of the archive, and which octets."""
        for part in self._parts:
            if isinstance(part.content, bytes):
                continue
            first, last = max(start - part.start, 0), min(end - part.start, part.size)
            if first < last or (not part.size and start <= part.start < end):
                yield part.content, first, last

    def blocks(self, read: ReadProduct, start: int, end: int) -> Iterator[bytes]:
        """The archive's bytes from `start` up to `end`."""
        for part in self._parts:
            first, last = max(start, part.start) - part.start, min(end - part.start, part.size)
            if first >= last:
                continue
            if isinstance(part.content, bytes):
                yield part.content[first:last]
            else:
                yield from read(part.content, first, last)

    def _add_member(
        self, name: str, size: int, created: str, content: bytes | KnownProduct
    ) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o644
        member.mtime = int(datetime.fromisoformat(created).timestamp())
        self._add(member.tobuf(tarfile.PAX_FORMAT))
        self._parts.append(_Part(self.size, size, content))
        self.size += size
        self._add(bytes(-size % tarfile.BLOCKSIZE))

    def _add(self, content: bytes) -> None:
        if content:
            self._parts.append(_Part(self.size, len(content), content))
            self.size += len(content)
