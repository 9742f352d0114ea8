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
        #: until when each must have been done, those that have been among them
        self._deadlines: list[tuple[int, int]] = []
        self._waiting: set[int] = set()
        self._order = itertools.count()

    def at(self, ns: int, act: Callable[[int], None], *, slack_ns: int = 0) -> None:
        """Do it at `ns`; with slack it matters to nobody if it is done so much later."""
        number = next(self._order)
        heapq.heappush(self._entries, (ns, number, act))
        heapq.heappush(self._deadlines, (ns + slack_ns, number))
        self._waiting.add(number)

    def run_until(self, ns: int) -> None:
        """Do everything that is due at or before `ns`."""
        while self._entries and self._entries[0][0] <= ns:
            due_ns, number, act = heapq.heappop(self._entries)
            self._waiting.discard(number)
            act(due_ns)

    @property
    def next_ns(self) -> int | None:
        """When the next is due."""
        return self._entries[0][0] if self._entries else None

    @property
    def latest_ns(self) -> int | None:
        """By when something must have been done at the latest."""
        while self._deadlines and self._deadlines[0][1] not in self._waiting:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None
