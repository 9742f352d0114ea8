"""Product bytes in a folder: an object is put once and never changes.

An object appears whole, under its final name, with a hard link: the link fails if the name is
taken, so that of two writers of one key one is refused, and a crash leaves nothing half-written.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from groundsys.customers.spaces import is_safe_path
from groundsys.values.errors import ProductError


class FolderObjectStore:
    """Objects below one folder; a key is a path of safe names."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._arriving = root / ".arriving"
        self._arriving.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, source: Path | bytes) -> None:
        """Store a file's bytes, or these; once.

        The same bytes again change nothing; other bytes for a known key raise `ProductError`.
        """
        place = self._place(key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise ProductError(f"object '{key}' would lie below another object") from error
        arriving = self._receive(source)
        try:
            os.link(arriving, place)
            _sync(place.parent)
        except FileExistsError as error:
            if not filecmp.cmp(arriving, place, shallow=False):
                raise ProductError(
                    f"object '{key}' is there already, with other bytes",
                    expected="an object that is put once",
                    remedy="a product that changes is a new version, with a name of its own",
                ) from error
        finally:
            arriving.unlink()

    def path(self, key: str) -> Path | None:
        """Where the object can be read, or None if there is none."""
        if not is_safe_path(key):
            return None
        place = self._root / key
        return place if place.is_file() else None

    def open(self, key: str) -> BinaryIO:
        """The object's bytes as a stream; `ProductError` if there is none."""
        return self._present(key).open("rb")

    def size(self, key: str) -> int:
        """The object's length in bytes; `ProductError` if there is none."""
        return self._present(key).stat().st_size

    def _present(self, key: str) -> Path:
        place = self.path(key)
        if place is None:
            raise ProductError(f"no object '{key}'")
        return place

    def _place(self, key: str) -> Path:
        if not is_safe_path(key):
            raise ProductError(
                "an object's key could lead out of its folder",
                expected="safe names joined by '/'",
                found=repr(key),
            )
        return self._root / key

    def _receive(self, source: Path | bytes) -> Path:
        descriptor, name = tempfile.mkstemp(dir=self._arriving)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                if isinstance(source, bytes):
                    stream.write(source)
                else:
                    with source.open("rb") as origin:
                        shutil.copyfileobj(origin, stream, 1 << 20)
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
