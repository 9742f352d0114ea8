"""What a craft means to do and when: timers that run at their own instant.

A node may be advanced seconds late (the mission clock moves by quanta); the agenda still runs
each action at the true time it was put down for, in order of time and then of putting down.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[int], None]


class Agenda:
    """Timers of one craft; times are true TAI nanoseconds."""

    def __init__(self, start_ns: int) -> None:
        self._timers: list[tuple[int, int, Action]] = []
        self._order = itertools.count()
        #: how far the craft has come
        self.now_ns = start_ns

    def at(self, time_ns: int, action: Action) -> None:
        """Run `action(time_ns)` at `time_ns`, or at once if that is past."""
        heapq.heappush(self._timers, (max(time_ns, self.now_ns), next(self._order), action))

    def every(self, first_ns: int, period_ns: int, action: Action) -> None:
        """Run `action` at `first_ns` and then each `period_ns`, for ever."""

        def run_again(time_ns: int) -> None:
            self.at(time_ns + period_ns, run_again)
            action(time_ns)

        self.at(first_ns, run_again)

    def run_until(self, time_ns: int) -> None:
        """Run everything due up to and with `time_ns`."""
        while self._timers and self._timers[0][0] <= time_ns:
            due_ns, _, action = heapq.heappop(self._timers)
            self.now_ns = max(self.now_ns, due_ns)
            action(self.now_ns)
        self.now_ns = max(self.now_ns, time_ns)

    @property
    def next_ns(self) -> int | None:
        """When the next action is due."""
        return self._timers[0][0] if self._timers else None
