"""A disk that takes nothing more from one process of the ground, and after a while does again.

From outside and without privileges: `prlimit(2)` sets the soft limit on the size of the files that
the process may write (RLIMIT_FSIZE) to nothing, and back.  CPython ignores SIGXFSZ, so that every
`write` fails with EFBIG.

A disk that is really full (ENOSPC) differs.  There, octets that a file has already may be written
over (SQLite does so in its log), a small file may find room where a large one does not, a new
file or folder may lack an inode, and everybody on that disk is struck at once, Yamcs as well.
Here nothing at all can be written, not even over itself; files can be made, renamed, cut short
and removed; SQLite, which knows ENOSPC alone, says "disk I/O error" instead of "full"; and nobody
else is struck.  Whatever is mapped into memory, SQLite's index of its log, is written in both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class _Limited:
    """A process that may write nothing, and the soft limit that it had before (octets)."""

    process: psutil.Process
    before: int

    @classmethod
    def limit(cls, process_id: int) -> _Limited:
        process = psutil.Process(process_id)
        soft, hard = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
        return cls(process, soft)

    def lift(self) -> None:
        with suppress(psutil.NoSuchProcess):
            _, hard = self.process.rlimit(psutil.RLIMIT_FSIZE)
            self.process.rlimit(psutil.RLIMIT_FSIZE, (self.before, hard))


class FullDisks:
    """Those that find their disk full, by name; also when they are started anew in between.

    `process_ids` tells who runs now.  `keep` is to be called every few milliseconds: a process
    needs longer from its start to its first file.
    """

    def __init__(self, process_ids: Callable[[], dict[str, int]]) -> None:
        self._process_ids = process_ids
        self._until_s: dict[str, float] = {}
        self._limited: dict[str, _Limited] = {}

    def __bool__(self) -> bool:
        """Whether anyone finds its disk full."""
        return bool(self._until_s)

    def fill(self, name: str, for_s: float) -> None:
        """Let this process write nothing for so long (wall seconds)."""
        self._until_s[name] = max(self._until_s.get(name, 0.0), time.monotonic() + for_s)
        self.keep()

    def keep(self) -> None:
        """Strike who has been started anew, and make room where the time is over."""
        running = self._process_ids()
        for name, until_s in list(self._until_s.items()):
            if time.monotonic() >= until_s:
                self._make_room(name)
            elif name in running:
                self._limit(name, running[name])

    def make_room(self) -> None:
        """For everybody."""
        for name in list(self._until_s):
            self._make_room(name)

    def _limit(self, name: str, process_id: int) -> None:
        known = self._limited.get(name)
        if known is None or known.process.pid != process_id:
            with suppress(psutil.NoSuchProcess):  # it has just died
                self._limited[name] = _Limited.limit(process_id)

    def _make_room(self, name: str) -> None:
        del self._until_s[name]
        if (limited := self._limited.pop(name, None)) is not None:
            limited.lift()
