"""Two workers that serve nothing: `python -m tests.portal.idle_workers`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from groundsys.portal.workers import folders_of_workers, serve_by_workers


def idle(*, state: Path, announce: Callable[[str], None]) -> None:
    announce(str(state))
    signal.pause()


if __name__ == "__main__":
    serve_by_workers(idle, folders_of_workers(Path(), 2), lambda _: print("serving", flush=True))
