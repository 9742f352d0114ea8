"""What becomes of a cube's protected frames between the ground, the relay and the cube.

A craft accepts frames only in the order of their numbers (anti-replay, CCSDS 355.0-B-2):
one that comes behind a later-numbered frame is refused, whoever held it up.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.commanding.ledger import UNDER_WAY, Command
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime


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


def is_outnumbered(command: Command, of_craft: Iterable[Command]) -> bool:
    """Whether a frame was protected after that of a command's last attempt.

    The earlier frame is of use only if it arrives before that one.
    """
    last = command.attempts[-1].issued_at
    return any(attempt.issued_at > last for one in of_craft for attempt in one.attempts)


def shut_out_since(command: Command, of_craft: Iterable[Command]) -> SpacecraftEventTime | None:
    """Since when a craft can no longer accept a command's last attempt; None: it still can.

    It has accepted one that was protected later.
    """
    last = command.attempts[-1].issued_at
    later = [
        attempt.accepted_at
        for one in of_craft
        for attempt in one.attempts
        if attempt.issued_at > last and attempt.accepted_at is not None
    ]
    return min(later, default=None)
