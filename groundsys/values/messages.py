"""What participants of the mission clock say to each other, and how they are advanced.

A participant is a `Node`: a name and one function.  The exchange (in `groundsys.bus`) hands it
everything that has reached it up to `now`, and takes what it says and when it next wants to act.
The same nodes run in processes of their own, over ZeroMQ, or side by side in one test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said by `source` to `target`, delivered once the mission clock reaches `time`.

    `body` holds only what msgpack carries: None, bool, int, float, str, bytes, list, dict with
    text keys.  Instants travel as integers of TAI nanoseconds under keys ending in `_ns`.
    """

    source: str
    target: str
    kind: str
    time: Instant
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A node's answer to one advance: what it says, and the next instant it wants to act at.

    `wake_at=None` means: only when something is said to me.
    """

    outbox: tuple[Message, ...] = ()
    wake_at: Instant | None = None


class Node(Protocol):
    """A participant of the mission clock."""

    @property
    def name(self) -> str: ...

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        """Act on everything up to `now`; `inbox` is ordered by time, then by order of saying."""
        ...

    def close(self) -> None:
        """Release what is held (files, sockets); called once, at the end."""
        ...
