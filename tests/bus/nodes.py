"""Participants for the tests of the mission clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from groundsys.values.messages import Message, Node, Step

START = Instant(1_000 * NANOSECONDS_PER_SECOND)

#: what a node saw at one advance: when, and the messages as (time, source, kind)
Seen = tuple[int, tuple[tuple[int, str, str], ...]]


def seconds(value: float) -> Instant:
    """An instant that many seconds after the start of a test's mission."""
    return START.plus_seconds(value)


@dataclass
class Recording:
    """A node that writes down what reaches it and answers by a function."""

    name: str
    act: Callable[[Instant, Sequence[Message]], Step] = lambda now, inbox: Step()
    seen: list[Seen] = field(default_factory=list)
    closed: int = 0

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        self.seen.append((now.tai_ns, tuple((m.time.tai_ns, m.source, m.kind) for m in inbox)))
        return self.act(now, inbox)

    def close(self) -> None:
        self.closed += 1


def talker(name: str, others: Sequence[str], seed: int) -> Recording:
    """A node that talks to the others as its seed and the moment say, in the same way each time."""

    def act(now: Instant, inbox: Sequence[Message]) -> Step:
        draw = _draws(seed, name, now.tai_ns, len(inbox))
        outbox = tuple(
            Message(
                name,
                others[draw[index] % len(others)],
                f"{name}-{index}",
                now.plus_seconds(draw[index + 1] / 40 - 1.0),  # some to be said in the past
                {"index": index},
            )
            for index in range(draw[0] % 4)
        )
        return Step(outbox, now.plus_seconds(draw[6] / 50) if draw[7] % 4 else None)

    return Recording(name, act)


def run_locally(nodes: Sequence[Node], until_s: float, quantum_s: float = 1.0) -> Exchange:
    exchange = Exchange(LocalCarrier(nodes), start=START, quantum_s=quantum_s)
    exchange.run_until(seconds(until_s))
    return exchange


def _draws(*key: object) -> bytes:
    return hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
