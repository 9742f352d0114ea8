"""What a portal has shown, written down by itself until the desks have it.

A line is on the disk before the first byte of what it tells of leaves.  The desks take lines in
order of their numbers and each once, so that what is handed over twice, because an answer got lost
or the portal died, is written down once.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.values.errors import NoAnswerError
from groundsys.values.private_files import write_once

Line = Mapping[str, Any]
#: handed over at once, at most
_AT_ONCE = 500
#: with so much in the file it begins anew, once everything in it is handed over
_BEGIN_ANEW_OCTETS = 1 << 20


class AccessSpool:
    """One file of one portal, for any thread; what a death has cut off at its end is left out."""

    def __init__(self, folder: Path) -> None:
        write_once(folder / "portal-id", os.urandom(16).hex().encode())
        self.portal = (folder / "portal-id").read_text()
        self._path = folder / "accesses.jsonl"
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        lines, whole = _read(self._path)
        self._waiting = [line for line in lines if "accesses" in line]
        self._next = max((int(line["number"]) for line in lines), default=0) + 1
        self._open()
        if whole < os.fstat(self._file).st_size:
            os.ftruncate(self._file, whole)
        self._synced = self._next - 1

    def write(self, line: Mapping[str, Any]) -> None:
        """Keep a line; on the disk when this returns.

        `NoAnswerError` if that is not possible: then nothing may be shown.
        """
        try:
            with self._writing:
                number = self._next
                kept = {"number": number, **line}
                octets = json.dumps(kept, separators=(",", ":")).encode() + b"\n"
                before = os.fstat(self._file).st_size
                if os.write(self._file, octets) < len(octets):
                    os.ftruncate(self._file, before)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self._next += 1
                self._waiting.append(kept)
            self._sync(number)
        except OSError as error:
            raise NoAnswerError(
                "what is shown cannot be written down here, so nothing is shown",
                found=error.strerror or str(error),
                remedy=f"make room where {self._path} lies",
            ) from error

    def waiting(self) -> Sequence[Line]:
        """Lines that the desks do not have, oldest first, as many as are handed over at once."""
        with self._writing:
            return tuple(self._waiting[:_AT_ONCE])

    def handed_over(self, up_to: int) -> None:
        """The desks have everything up to a number."""
        with self._writing:
            self._waiting = [line for line in self._waiting if int(line["number"]) > up_to]
            full = os.fstat(self._file).st_size > _BEGIN_ANEW_OCTETS
            if full and not self._waiting:
                self._begin_anew()

    def close(self) -> None:
        os.close(self._file)

    def _sync(self, number: int) -> None:
        """Return once the line is on the disk: one wait for all who wait meanwhile."""
        with self._syncing:
            if self._synced >= number:
                return
            written = self._next - 1  # counted only once it is written
            os.fdatasync(self._file)
            self._synced = written

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(self._path, flags, 0o600)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _begin_anew(self) -> None:
        """A file that tells the last number alone; it takes the old one's place as a whole."""
        begun = self._path.with_suffix(".new")
        with begun.open("wb") as stream:
            stream.write(json.dumps({"number": self._next - 1}).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        begun.chmod(0o600)
        with self._syncing:
            begun.replace(self._path)
            os.close(self._file)
            self._open()


def _read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Lines that are whole, and how many octets they take."""
    octets = path.read_bytes() if path.exists() else b""
    whole = octets[: octets.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], len(whole)
