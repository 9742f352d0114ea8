"""Memory of a process and all its descendants, as the Linux kernel accounts it.

PSS: a page that several processes share counts in equal parts for each.  Of pages that processes
outside the run share too (a second run beside it), only the run's part is counted.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_PROC = Path("/proc")
#: arguments that tell our processes apart, after `-m groundsys` or `-m sims`
_TELLING = {"--nodes", "--id"}


@dataclass(frozen=True, slots=True)
class MemorySample:
    """PSS in octets by process name at one moment."""

    by_process: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_process.values())


def process_tree(root: int) -> list[int]:
    """`root` and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children.get(process, ())
    return found


def sample(root: int) -> MemorySample:
    """The memory of `root` and its descendants; who ends meanwhile counts no more."""
    by_process: dict[str, int] = {}
    for process in process_tree(root):
        try:
            pss = _pss(process)
            name = process_name(
                (_PROC / str(process) / "cmdline").read_text(errors="replace").split("\0")
            )
        except OSError:
            continue
        by_process[name] = by_process.get(name, 0) + pss
    return MemorySample(by_process)


def process_name(arguments: list[str]) -> str:
    """What a process of a run is called, from its command line."""
    if any(argument.startswith("org.yamcs.") for argument in arguments):
        return "yamcs"
    if "rehearse" in arguments:
        return "rehearsal"
    telling = [
        arguments[place + 1]
        for place, argument in enumerate(arguments[:-1])
        if argument in _TELLING or argument == "node"
    ]
    return " ".join(telling) or Path(arguments[0]).name


class MemorySampler:
    """Samples a process tree in a thread of its own, from entry to exit."""

    def __init__(self, root: int, period_s: float = 0.5) -> None:
        self._root = root
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
        self.samples = 0
        #: the moment at which all processes together held most
        self.peak = MemorySample({})
        #: each process' own most, at whatever moment
        self.peak_by_process: dict[str, int] = {}

    def __enter__(self) -> MemorySampler:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            now = sample(self._root)
            self.samples += 1
            if now.total > self.peak.total:
                self.peak = now
            for name, octets in now.by_process.items():
                self.peak_by_process[name] = max(octets, self.peak_by_process.get(name, 0))
            if self._stop.wait(self._period_s):
                return


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _pss(process: int) -> int:
    for line in (_PROC / str(process) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
