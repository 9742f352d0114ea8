"""Files that hold secrets: their owner's alone, there whole or not at all, never written twice."""

from __future__ import annotations

import os
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and wait until the disk has it.

    One that is there already, or that another process puts there in the same moment, stays: read
    it to know what holds.  Raises `OSError`, and leaves nothing, where the disk takes no more.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    arriving = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(arriving, path)
    except FileExistsError:
        pass
    finally:
        arriving.unlink()
