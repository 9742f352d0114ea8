"""How long something took, by the wall and by the processor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Taken:
    wall_s: float
    #: of all threads of this process
    processor_s: float


class Stopwatch:
    """Runs from its making on."""

    def __init__(self) -> None:
        self._wall_s, self._processor_s = perf_counter(), process_time()

    def read(self) -> Taken:
        return Taken(perf_counter() - self._wall_s, process_time() - self._processor_s)


def median_of(rounds: Sequence[Taken]) -> Taken:
    """The round in the middle, by the processor."""
    return sorted(rounds, key=lambda one: one.processor_s)[len(rounds) // 2]
