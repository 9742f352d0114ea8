"""Files that appear whole or not at all, and their hashes."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from groundsys.products.provenance import Level, ProductFile


@contextmanager
def workshop(directory: Path) -> Iterator[Path]:
    """A hidden folder inside `directory` in which files are made; gone afterwards."""
    directory.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".making-", dir=directory))
    try:
        yield path
    finally:
        try:
            path.rmdir()
        except OSError:  # something went wrong before all had been moved out
            shutil.rmtree(path, ignore_errors=True)


def write_synced(path: Path, data: bytes) -> None:
    """Write `data` and wait until the disk has it."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def finish(made: Path, directory: Path, level: Level, media_type: str) -> ProductFile:
    """Move a file made in a workshop to its place in `directory`, in one step.

    Whoever keeps it sees to it that the disk has it: until then the same can be made again.
    """
    octets = made.read_bytes()
    product = ProductFile(
        name=made.name,
        path=directory / made.name,
        level=level,
        media_type=media_type,
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
    )
    made.replace(product.path)
    return product
