"""Whether a relay keeps a cube's command for an overflight that is still to come."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.commanding.ledger import UNDER_WAY, Command
from groundsys.values.instants import Instant, Interval


def kept_by_relay(
    command: Command, forwards: Iterable[Command], overflights: Iterable[Interval], now: Instant
) -> bool:
    """Whether the frame of a cube's command is aboard its relay for certain at `now`.

    `forwards` are the commands by which frames were handed to the relay, `overflights` when it was
    or will be in session with the cube.  It keeps the frame if it has reported that it took it, and
    no overflight has begun that ended after that: then the cube cannot have heard it yet.
    """
    if command.state not in UNDER_WAY:
        return False
    since = command.attempts[-1].issued_at
    taken_at = [
        one.attempts[-1].completed_at
        for one in forwards
        if one.subject == command.id and one.state == "completed" and one.queued_at >= since
    ]
    if not taken_at or taken_at[-1] is None:
        return False
    taken = taken_at[-1]
    return not any(one.start <= now and one.end > taken for one in overflights)
