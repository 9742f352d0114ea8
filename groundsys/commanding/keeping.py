"""What becomes of a cube's protected frames between the ground, the relay and the cube.

A craft refuses a frame whose number is its anti-replay window or more behind the highest that it
has accepted (SDLS, CCSDS 355.0-B-2), whoever held the frame up.  Each life of Yamcs, a source of
packets of its own, numbers its frames far above those of the lives before.  The first frame under
another key ends the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundsys.commanding.ledger import UNDER_WAY, Attempt, Command
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime

CHANGE_KEY = "CHANGE_KEY"


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


def is_outnumbered(command: Command, of_craft: Iterable[Command], window: int) -> bool:
    """Whether frames have been protected since a command's last, behind which it is refused."""
    return any(_beyond(window, command.attempts[-1], of_craft))


def shut_out_since(
    command: Command, of_craft: Iterable[Command], window: int
) -> SpacecraftEventTime | None:
    """Since when a craft can no longer accept a command's last attempt; None: it still can."""
    beyond = _beyond(window, command.attempts[-1], of_craft)
    return min((one.accepted_at for one in beyond if one.accepted_at is not None), default=None)


def _beyond(window: int, last: Attempt, of_craft: Iterable[Command]) -> Iterator[Attempt]:
    """Attempts behind whose frames that of `last` is refused."""
    known = list(of_craft)
    attempts = (attempt for one in known for attempt in one.attempts)
    rekeyed_at = [
        one.settled_at
        for one in known
        if one.name == CHANGE_KEY and one.state == "completed" and one.settled_at is not None
    ]
    later = sorted(
        (one for one in attempts if one.issued_at > last.issued_at), key=lambda one: one.issued_at
    )
    for distance, attempt in enumerate(later, 1):
        rekeyed = any(last.issued_at < at <= attempt.issued_at for at in rekeyed_at)
        if attempt.source != last.source or distance >= window or rekeyed:
            yield attempt
