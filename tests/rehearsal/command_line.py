"""What a user types, as processes of their own, and what they leave behind."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

Value = TypeVar("Value")
#: wall seconds that starting or stopping a ground segment may take on a busy machine
PATIENCE_S = 120.0


def groundsys(*arguments: str, timeout_s: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "groundsys", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@contextlib.contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Make sure of the process's end, whatever the test finds."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def awaited(look: Callable[[], Value | None], wanted: str, within_s: float = PATIENCE_S) -> Value:
    """What `look` gives once it gives something."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"never came: {wanted}"
        time.sleep(0.05)  # between two looks at the condition
    return found


def family(pid: int) -> list[psutil.Process]:
    """A process and everything it has started."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def still_alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Who still runs; one that has ended and waits for its parent's word does not."""
    alive = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
    return alive


def listening_ports(processes: Sequence[psutil.Process]) -> set[int]:
    """TCP ports on which one of them listens."""
    return {
        connection.laddr.port
        for process in processes
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def open_ports(ports: set[int]) -> set[int]:
    """Those at which somebody answers."""
    answering = set()
    for port in ports:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=1.0),
        ):
            answering.add(port)
    return answering


def processes_of(folder: Path) -> list[list[str]]:
    """Command lines of all processes that name a file in `folder`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            line = process.cmdline()
            if any(str(folder) in argument for argument in line):
                found.append(line)
    return found
