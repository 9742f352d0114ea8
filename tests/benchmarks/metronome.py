"""A participant that beats every second and tells its neighbour; a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from groundsys.bus.hosting import host_nodes
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")


class Metronome:
    """The node `name`; says each second that another one has passed."""

    def __init__(self, name: str, neighbour: str) -> None:
        self.name = name
        self._neighbour = neighbour

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        beat = Message(self.name, self._neighbour, "beat", now, {"heard": len(inbox)})
        return Step((beat,), now.plus_seconds(1.0))

    def close(self) -> None:
        """Nothing is held."""


if __name__ == "__main__":
    own_name, next_name, endpoint = sys.argv[1:]
    host_nodes([Metronome(own_name, next_name)], exchange_endpoint=endpoint)
