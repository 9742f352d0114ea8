"""What a craft means to do and when: timers that run at their own instant.

A node may be advanced seconds late (the mission clock moves by quanta); the agenda still runs
each action at the true time it was put down for, in order of time and then of putting down.  So
what nobody can see at once need not wake its node: with `slack_ns` it may be run so much later.
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
        #: until when each must have been run, those that have been among them
        self._deadlines: list[tuple[int, int]] = []
        self._waiting: set[int] = set()
        self._order = itertools.count()
        #: how far the craft has come
        self.now_ns = start_ns

    def at(self, time_ns: int, action: Action, *, slack_ns: int = 0) -> None:
        """Run `action(time_ns)` at `time_ns`, or at once if that is past."""
        due_ns, number = max(time_ns, self.now_ns), next(self._order)
        heapq.heappush(self._timers, (due_ns, number, action))
        heapq.heappush(self._deadlines, (due_ns + slack_ns, number))
        self._waiting.add(number)

    def every(self, first_ns: int, period_ns: int, action: Action) -> None:
        """Run `action` at `first_ns` and then each `period_ns`, for ever."""

        def run_again(time_ns: int) -> None:
            self.at(time_ns + period_ns, run_again)
            action(time_ns)

        self.at(first_ns, run_again)

    def run_until(self, time_ns: int) -> None:
        """Run everything due up to and with `time_ns`."""
        while self._timers and self._timers[0][0] <= time_ns:
            due_ns, number, action = heapq.heappop(self._timers)
            self._waiting.discard(number)
            self.now_ns = max(self.now_ns, due_ns)
            action(self.now_ns)
        self.now_ns = max(self.now_ns, time_ns)

    @property
    def next_ns(self) -> int | None:
        """When the next action is due."""
        return self._timers[0][0] if self._timers else None

    @property
    def latest_ns(self) -> int | None:
        """By when the agenda must be run at the latest."""
        while self._deadlines and self._deadlines[0][1] not in self._waiting:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None
