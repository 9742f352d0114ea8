"""Things that change at known times: what an antenna points at, whether a carrier is on."""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_right
from collections.abc import Callable
from typing import Generic, TypeVar

_KEPT = 64

Value = TypeVar("Value")


class History(Generic[Value]):
    """A value over time, as it was set; only the latest changes are kept."""

    def __init__(self, initial: Value) -> None:
        self._times: list[int] = []
        self._values: list[Value] = [initial]

    def set(self, ns: int, value: Value) -> None:
        """From `ns` on it is `value`; a change set late overrides what was set to come after."""
        index = bisect_right(self._times, ns)
        del self._times[index:], self._values[index + 1 :]
        self._times.append(ns)
        self._values.append(value)
        if len(self._times) > _KEPT:
            del self._times[0], self._values[0]

    @property
    def latest(self) -> Value:
        return self._values[-1]

    def at(self, ns: int) -> Value:
        return self._values[bisect_right(self._times, ns)]


class Agenda:
    """What is to be done at given times, in order of time and then of being asked for."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Callable[[int], None]]] = []
        self._order = itertools.count()

    def at(self, ns: int, act: Callable[[int], None]) -> None:
        heapq.heappush(self._entries, (ns, next(self._order), act))

    def run_until(self, ns: int) -> None:
        """Do everything that is due at or before `ns`."""
        while self._entries and self._entries[0][0] <= ns:
            due_ns, _, act = heapq.heappop(self._entries)
            act(due_ns)

    @property
    def next_ns(self) -> int | None:
        return self._entries[0][0] if self._entries else None
