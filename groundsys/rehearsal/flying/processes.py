"""The processes of a run: started together, watched together, stopped together.

Every child is the leader of no session of its own and is told by the kernel to end when its
parent ends (Linux `PR_SET_PDEATHSIG`), so that not even `kill -9` of the parent leaves one behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from groundsys.values.errors import EnvironmentLackError

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class ProcessSpecification:
    """One child: its name (also of its log file) and the arguments after the interpreter."""

    name: str
    arguments: tuple[str, ...]


class ProcessGroup:
    """Children of this process; use as a context manager."""

    def __init__(self, log_directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self._log_directory = log_directory
        self._environment = {**os.environ, **(environment or {})}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        log_directory.mkdir(parents=True, exist_ok=True)

    def start(self, specifications: Sequence[ProcessSpecification]) -> None:
        """Start each child with its output in `<log_directory>/<name>.log`."""
        for specification in specifications:
            log_path = self._log_directory / f"{specification.name}.log"
            with log_path.open("ab") as log, interrupts_wait():
                self._children[specification.name] = subprocess.Popen(
                    [sys.executable, *specification.arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    preexec_fn=_end_with_parent,
                )

    def ended(self) -> dict[str, int]:
        """Children that have ended, and how: a negative code is the signal that killed one."""
        codes = {name: child.poll() for name, child in self._children.items()}
        return {name: code for name, code in codes.items() if code is not None}

    def kill(self, name: str) -> None:
        """Kill a child, if it runs, and reap it."""
        child = self._children[name]
        child.kill()
        child.wait()

    @property
    def process_ids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items()}

    def check_alive(self) -> None:
        """Raise `EnvironmentLackError` with the end of its log if a child has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise EnvironmentLackError(
                    f"the process '{name}' ended with code {child.returncode}",
                    found=self.end_of_log(name),
                    remedy=f"read {self._log_directory / f'{name}.log'}",
                )

    def end_of_log(self, name: str, lines: int = 12) -> str:
        path = self._log_directory / f"{name}.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) or "(its log is empty)"

    def wait(self, timeout_s: float, *, not_for: Sequence[str] = ()) -> None:
        """Wait for the children to end by themselves; whoever has not, then, is terminated."""
        deadline = time.monotonic() + timeout_s
        for name, child in self._children.items():
            if name not in not_for:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.0, deadline - time.monotonic()))
        self.stop()

    def stop(self) -> None:
        """Terminate the children, kill after 5 s, and reap them all."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        for child in self._children.values():
            try:
                child.wait(5.0)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def __enter__(self) -> ProcessGroup:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextlib.contextmanager
def interrupts_wait() -> Iterator[None]:
    """Ctrl-C and SIGTERM count once what is within is done.

    Python raises in whatever runs when a signal comes; in its own hooks after a fork, what is
    raised is printed and forgotten, and nobody would ever stop.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    come: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        come.append(number)

    before = {one: signal.signal(one, note) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler if handler is not None else signal.SIG_DFL)
    for number in come:
        signal.raise_signal(number)


def _end_with_parent() -> None:
    # A Ctrl-C at the terminal goes to the parent alone, which then stops everybody in order.
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
