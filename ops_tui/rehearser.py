"""Flies a rehearsal of a procedure as a process of its own, which outlives the console."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: so much of what it said last is told if it fails
_TOLD_OCTETS = 2000


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How a rehearsal's process ended: whether it passed, and what it said last if not."""

    procedure: str
    ok: bool
    said: str


class Rehearser:
    """Starts `command`, by which one rehearses at a command line, and tells how it ended.

    The verdict goes to the desks, which tell every console of it; so nothing is lost if this one
    is left before the flight is over.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    @property
    def is_able(self) -> bool:
        """Whether this console knows how to rehearse at all."""
        return bool(self._command)

    def start(
        self,
        procedure: str,
        craft: str,
        parameters: Mapping[str, Any],
        then: Callable[[Rehearsed], None],
    ) -> None:
        """Begin one; `then` is called from another thread when its process has ended."""
        words = [*self._command, procedure, "--craft", craft, "--json"]
        for name, value in parameters.items():
            words += ["--set", f"{name}={json.dumps(value) if isinstance(value, str) else value}"]
        with tempfile.TemporaryFile() as said:
            flight = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
            kept = os.dup(said.fileno())

        def await_end() -> None:
            try:
                code = flight.wait()
                size = os.fstat(kept).st_size
                told = os.pread(kept, _TOLD_OCTETS, max(0, size - _TOLD_OCTETS))
            finally:
                os.close(kept)
            then(Rehearsed(procedure, code == 0, told.decode(errors="replace").strip()))

        threading.Thread(target=await_end, name="console-rehearsal", daemon=True).start()
