"""Which command leaves next: the most urgent, then first come first served."""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.commanding.ledger import Command, Purpose
from groundsys.values.instants import Instant

_ORDER: dict[Purpose, int] = {
    "downlink": -1,
    "relay_session": 0,
    "operator": 1,
    "procedure": 1,
    "plan": 2,
    "file": 3,
    "forward": 4,
    "replay": 5,
    "quiet": 6,
    "upload": 7,
}


def in_order_of_issue(commands: Iterable[Command], now: Instant) -> list[Command]:
    """The queued commands whose time has come, most urgent first, then first come first served."""
    due = [
        command for command in commands if command.state == "queued" and command.not_before <= now
    ]
    return sorted(due, key=lambda c: (_ORDER[c.purpose], c.not_before, c.queued_at, c.id))
