"""Several processes that serve one portal's port: the system deals connections out among them.

Python runs one thread at a time, so one process opens and sends for one core.  Each worker is a
portal of its own, with a folder and a count of requests of its own; they share the port alone
(`SO_REUSEPORT`), and end together.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Protocol

from groundsys.values.errors import EnvironmentLackError, GroundsysError

_PATIENCE_S = 20.0


class Serve(Protocol):
    """Serves as the worker whose folder is `state`, and calls `announce` with the URL."""

    def __call__(self, *, state: Path, announce: Callable[[str], None]) -> None: ...


def folders_of_workers(state: Path, count: int) -> tuple[Path, ...]:
    """The first worker's is the one that a portal without others would have."""
    return (state, *(state / f"worker-{number}" for number in range(2, count + 1)))


def serve_by_workers(
    serve: Serve, folders: Sequence[Path], announce: Callable[[str], None] = lambda url: None
) -> None:
    """Have each folder's worker serve, until SIGTERM or SIGINT; `serve` must be picklable.

    `announce` is called once all of them answer.  `EnvironmentLackError` if one of them ends by
    itself: then the others are ended too.
    """
    context = get_context("spawn")
    over = threading.Event()
    woken, waking = os.pipe()

    def end(*_: object) -> None:
        over.set()
        os.write(waking, b"!")

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    workers: list[SpawnProcess] = []
    lines: list[Connection] = []
    try:
        for folder in folders:
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(serve, folder, theirs))
            worker.start()
            theirs.close()
            workers.append(worker)
            lines.append(ours)
        beginning = set(lines)
        sentinels = {worker.sentinel for worker in workers}
        while not over.is_set():
            ready = wait([*beginning, *sentinels, woken])
            for line in beginning.intersection(ready):
                beginning.remove(line)
                try:
                    url = str(line.recv())
                except EOFError:
                    continue  # its process is ending: that is told below
                if not beginning:
                    announce(url)
            if not over.is_set() and sentinels.intersection(ready):
                raise EnvironmentLackError(
                    "a worker of the portal has ended by itself, so the others are ended as well",
                    found=f"exit codes {[worker.exitcode for worker in workers]}",
                    remedy="look at what it has said before, and start the portal again",
                )
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(_PATIENCE_S)
            if worker.is_alive():
                worker.kill()


def _work(serve: Serve, folder: Path, line: Connection) -> None:
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    try:
        serve(state=folder, announce=line.send)
    except GroundsysError as error:
        sys.exit(str(error))


def _end_with(line: Connection) -> None:
    """End this process by itself once its parent is there no more, however that went."""
    try:
        line.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
