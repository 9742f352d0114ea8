"""Requests of whoever watches commands: what craft can be told, and where every command is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker, needs_two_people
from groundsys.commanding.arguments import describe_command
from groundsys.commanding.ledger import OF_PEOPLE, Command
from groundsys.desks.requests.command_requests import flown
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.mission.spacecraft.flown_versions import flown_commands
from groundsys.scheduling import SCHEDULE_INSERT

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: of what has ended: so many at most, the newest
ENDED_SHOWN = 30
#: of what has not ended: so many at most, the newest
OPEN_SHOWN = 300


class BoardRequests:
    """Answers `command_catalogue` and `command_board`."""

    def __init__(self, desks: Desks, told: Callable[[Command], Answer]) -> None:
        self._desks = desks
        self._told = told
        self.verbs: dict[str, Verb] = {
            "command_catalogue": Verb(Action.WATCH, self._catalogue),
            "command_board": Verb(Action.WATCH, self._board),
        }

    def _catalogue(self, request: Request, _: Asker) -> Answer:
        """What people can tell a craft, with arguments and risks, by name."""
        craft = flown(self._desks, text_of(request, "spacecraft"))
        commands = sorted(flown_commands(craft), key=lambda one: one.name)
        return {
            "spacecraft": craft.id,
            "relay": craft.relay or "",
            "commands": [
                {**describe_command(one), "hazardous": needs_two_people(one)}
                for one in commands
                if one.name != SCHEDULE_INSERT  # only sequences make it
            ],
        }

    def _board(self, _: Request, __: Asker) -> Answer:
        """Every command that has not ended, and the last ones that people asked for and that have.

        `of_open` counts those that have not ended, also where there are too many to tell.
        """
        ledger = self._desks.ledger
        ended = [one for purpose in OF_PEOPLE for one in ledger.of(purpose) if one.is_settled]
        ended.sort(key=lambda one: (one.settled_at or one.queued_at, one.id))
        still_open = ledger.open
        return {
            "now_ns": self._desks.room.now.tai_ns,
            "of_open": len(still_open),
            "open": [self._told(one) for one in still_open[-OPEN_SHOWN:]],
            "ended": [self._told(one) for one in ended[-ENDED_SHOWN:]],
        }
