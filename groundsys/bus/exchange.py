"""The mission clock: it advances in steps that every participant acknowledges.

The exchange holds every message until its time and lets time pass only to the next moment at
which something happens: the earliest message or the earliest wake-up that a node asked for,
rounded up to a whole `quantum_s` so that near neighbours share a step.  Nobody is asked who has
nothing to do, and nobody can be overtaken: a slow participant makes the clock slow, never wrong.
`rate_ceiling` (mission seconds per wall second) bounds how fast time may pass.

Conservative time management after R. M. Fujimoto, *Parallel and Distributed Simulation Systems*
(2000), ch. 3; a step's quantum is the lookahead: an answer is at most one quantum late.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from groundsys.values.messages import Message, Node, Step

#: a clock that stands looks round this often (wall seconds)
STANDING_S = 0.1


class Carrier(Protocol):
    """Carries one step to some nodes and brings their answers back, in the order of `calls`."""

    @property
    def names(self) -> frozenset[str]: ...

    def advance(
        self, now: Instant, calls: Mapping[str, Sequence[Message]]
    ) -> Mapping[str, Step]: ...


class LocalCarrier:
    """Nodes of this very process, called one after the other in the order of their names."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = {node.name: node for node in nodes}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._nodes)

    def advance(self, now: Instant, calls: Mapping[str, Sequence[Message]]) -> Mapping[str, Step]:
        return {name: self._nodes[name].advance(now, calls[name]) for name in sorted(calls)}


class Exchange:
    """The one mission clock and the messages under way."""

    def __init__(
        self,
        carrier: Carrier,
        *,
        start: Instant,
        quantum_s: float = 1.0,
        rate_ceiling: float | None = None,
        on_step: Callable[[Instant], None] | None = None,
    ) -> None:
        self._carrier = carrier
        self._quantum_ns = round(quantum_s * NANOSECONDS_PER_SECOND)
        self._under_way: list[tuple[int, int, Message]] = []
        self._order = itertools.count()
        self._wake_at: dict[str, Instant] = dict.fromkeys(carrier.names, start)
        self._on_step = on_step
        self._stands = False
        self._one_step = False
        self.now = start
        self.steps = 0
        self.undeliverable: dict[str, int] = {}
        self.set_rate_ceiling(rate_ceiling)

    def set_rate_ceiling(self, rate_ceiling: float | None) -> None:
        """Let mission time pass at most `rate_ceiling` times as fast as wall time (None: any).

        The ceiling holds from now on average: after a slow step the clock may catch up.
        """
        if rate_ceiling is not None and not rate_ceiling > 0:
            raise ValueError(f"rate ceiling {rate_ceiling}; expected a positive number or None")
        self.rate_ceiling = rate_ceiling
        self._paced_from = (time.monotonic(), self.now)

    @property
    def stands(self) -> bool:
        """Whether the clock has been stopped."""
        return self._stands

    def stop(self) -> None:
        """Let mission time stand until `go_on`; no step is taken meanwhile."""
        self._stands = True

    def go_on(self) -> None:
        """Let mission time pass again; it does not catch up on what it stood."""
        if self._stands:
            self._stands = False
            self.set_rate_ceiling(self.rate_ceiling)

    def take_one_step(self) -> None:
        """Take the next step also while the clock stands: in a step, the dead are revived."""
        self._one_step = True

    def say(self, message: Message) -> None:
        """Put one message under way, from whoever stands outside the nodes."""
        if message.target not in self._carrier.names:
            self.undeliverable[message.target] = self.undeliverable.get(message.target, 0) + 1
            return
        heapq.heappush(self._under_way, (message.time.tai_ns, next(self._order), message))

    def run_until(self, end: Instant) -> None:
        """Advance until `end`; every node's last advance is at or before it."""
        while self.advance_once(end):
            pass

    def advance_once(self, end: Instant) -> bool:
        """Take one step, no further than `end`; False once the clock stands at `end`."""
        if self._stands and not self._one_step:
            time.sleep(STANDING_S)  # standing still in wall time is this method's very job
            return True
        now = self._next_instant(end)
        if now is None:
            self._one_step = False
            if self.now < end and not self._wait_for_pace(end):
                return True
            self.now = max(self.now, end)
            return False
        if not self._stands and not self._wait_for_pace(now):
            return True
        self._one_step = False
        calls = self._due(now)
        self.now = now
        for name, step in self._carrier.advance(now, calls).items():
            if step.wake_at is None:
                self._wake_at.pop(name, None)
            else:
                self._wake_at[name] = step.wake_at
            for message in step.outbox:
                self.say(message)
        self.steps += 1
        if self._on_step is not None:
            self._on_step(now)
        return True

    def _next_instant(self, end: Instant) -> Instant | None:
        candidates = [instant.tai_ns for instant in self._wake_at.values()]
        if self._under_way:
            candidates.append(self._under_way[0][0])
        if not candidates:
            return None
        floor = self.now.tai_ns + (1 if self.steps else 0)  # a step is never repeated
        earliest = max(min(candidates), floor)
        rounded = -(-earliest // self._quantum_ns) * self._quantum_ns
        if rounded >= end.tai_ns:
            return end if self.now < end and min(candidates) <= end.tai_ns else None
        return Instant(rounded)

    def _due(self, now: Instant) -> dict[str, list[Message]]:
        calls: dict[str, list[Message]] = {
            name: [] for name, instant in self._wake_at.items() if instant <= now
        }
        while self._under_way and self._under_way[0][0] <= now.tai_ns:
            message = heapq.heappop(self._under_way)[2]
            calls.setdefault(message.target, []).append(message)
        return calls

    def _wait_for_pace(self, now: Instant) -> bool:
        """True once wall time allows `now`; False after a short wait, for others to look in."""
        if self.rate_ceiling is None:
            return True
        wall_start, mission_start = self._paced_from
        due = wall_start + now.seconds_since(mission_start) / self.rate_ceiling
        remaining = due - time.monotonic()
        if remaining > 0.2:
            time.sleep(0.2)  # pacing by wall time is this method's very job
            return False
        if remaining > 0:
            time.sleep(remaining)
        return True
