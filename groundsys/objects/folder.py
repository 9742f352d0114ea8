"""Objects in a folder: an object is put once and never changes.

An object appears whole, under its final name, with a hard link: the link fails if the name is
taken, so that of two writers of one key one is refused, and a crash leaves nothing half-written.
"""

from __future__ import annotations

import filecmp
import io
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from groundsys.customers.spaces import is_safe_path
from groundsys.objects.bucket import cut_off, taken, unsafe_key
from groundsys.values.errors import ProductError


class FolderObjectStore:
    """Objects below one folder; a key is a path of safe names."""

    is_local = True

    def __init__(self, root: Path) -> None:
        self._root = root
        self._arriving = root / ".arriving"
        self._arriving.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: bytes) -> None:
        """Store these bytes, once.

        The same bytes again change nothing; other bytes for a known key raise `KeyTakenError`.
        """
        if not is_safe_path(key):
            raise unsafe_key(key)
        place = self._root / key
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise ProductError(f"object '{key}' would lie below another object") from error
        arriving = self._receive(content)
        try:
            os.link(arriving, place)
            _sync(place.parent)
        except FileExistsError as error:
            if not place.is_file() or not filecmp.cmp(arriving, place, shallow=False):
                raise taken(key) from error
        finally:
            arriving.unlink()

    def path(self, key: str) -> Path | None:
        """Where the object lies, or None if there is none."""
        if not is_safe_path(key):
            return None
        place = self._root / key
        return place if place.is_file() else None

    def open(self, key: str) -> BinaryIO | None:
        """The object's bytes as an unbuffered stream, or None if there is none."""
        if not is_safe_path(key):
            return None
        try:
            return io.FileIO(f"{self._root}/{key}")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def size(self, key: str) -> int | None:
        """The object's length in octets, or None if there is none."""
        place = self.path(key)
        return None if place is None else place.stat().st_size

    def read(self, key: str, start: int, end: int) -> bytes:
        """Its octets from `start` up to `end`; `ProductError` if they are not all there."""
        if is_safe_path(key):
            try:
                descriptor = os.open(f"{self._root}/{key}", os.O_RDONLY | os.O_CLOEXEC)
            except (FileNotFoundError, NotADirectoryError):
                raise cut_off(key, start, end) from None
            try:
                octets = os.pread(descriptor, end - start, start)
            except IsADirectoryError:
                octets = b""
            finally:
                os.close(descriptor)
            if len(octets) == end - start:
                return octets
        raise cut_off(key, start, end)

    def first_behind(self, folder: str, name: str) -> str | None:
        """The first name in the order of names, of objects in a folder, behind `name`."""
        if not is_safe_path(folder) or not (self._root / folder).is_dir():
            return None
        with os.scandir(self._root / folder) as found:
            return min(
                (one.name for one in found if one.name > name and one.is_file()), default=None
            )

    def remove(self, key: str) -> None:
        """Take an object away, durably; what is not there is harmless."""
        place = self.path(key)
        if place is not None:
            place.unlink(missing_ok=True)
            _sync(place.parent)

    def sign(self, key: str, lifetime: timedelta) -> str | None:
        """A folder signs nothing."""
        return None

    def _receive(self, content: bytes) -> Path:
        descriptor, name = tempfile.mkstemp(dir=self._arriving)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:  # a full disk: a part of an object takes up what room there is
            Path(name).unlink()
            raise
        return Path(name)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
