"""May a command leave now: whose turn is it, and who stands for it?"""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.commanding.ledger import Command, Purpose
from groundsys.mission.model import CommandDefinition
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

_HAZARDOUS = frozenset({"critical", "severe"})
_ORDER: dict[Purpose, int] = {
    "downlink": -1,
    "relay_session": 0,
    "operator": 1,
    "plan": 2,
    "file": 3,
    "forward": 4,
    "replay": 5,
    "quiet": 6,
}


def in_order_of_issue(commands: Iterable[Command], now: Instant) -> list[Command]:
    """The queued commands whose time has come, most urgent first, then first come first served."""
    due = [
        command for command in commands if command.state == "queued" and command.not_before <= now
    ]
    return sorted(due, key=lambda c: (_ORDER[c.purpose], c.not_before, c.queued_at, c.id))


def is_hazardous(definition: CommandDefinition) -> bool:
    """Whether two people must stand for it: the database calls it critical or severe."""
    return definition.significance in _HAZARDOUS


def check_authority(
    definition: CommandDefinition, *, operator: str, second_operator: str = ""
) -> None:
    """Raise `CommandRefusedError` for a hazardous command that only one person stands for."""
    if not operator:
        raise CommandRefusedError(
            f"nobody stands for {definition.name}", expected="an operator's name"
        )
    if not is_hazardous(definition):
        return
    if not second_operator or second_operator == operator:
        raise CommandRefusedError(
            f"{definition.name} is {definition.significance}: {definition.significance_reason}",
            expected="a second person who agrees",
            found=f"{operator} alone",
            remedy="let another person approve it: `groundsys command approve`",
        )
