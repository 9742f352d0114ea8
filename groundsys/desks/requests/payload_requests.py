"""Requests of a customer about its own payload's commands: what there is, what became of each.

Whatever is not the customer's own is not found, in the same words as what is nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker, owner_of, owner_of_command, quota_of
from groundsys.commanding.arguments import describe_command
from groundsys.commanding.ledger import Command
from groundsys.desks.commanding.drafting import used_by
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.mission.spacecraft.flown_versions import flown_commands

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class PayloadRequests:
    """Answers `own_catalogue`, `own_commands` and `own_command`."""

    def __init__(self, desks: Desks, told: Callable[[Command], Answer]) -> None:
        self._desks = desks
        self._command_told = told
        self.verbs: dict[str, Verb] = {
            "own_catalogue": Verb(Action.DRAFT_COMMAND, self._catalogue),
            "own_commands": Verb(Action.DRAFT_COMMAND, self._list),
            "own_command": Verb(Action.DRAFT_COMMAND, self._show),
        }

    def _catalogue(self, _: Request, asker: Asker) -> Answer:
        """The payload's commands on each craft that carries one, and how many may be asked for."""
        room = self._desks.room
        customers = room.mission.customers
        own = [craft for craft in room.craft if _is(asker, owner_of(customers, craft))]
        answer: Answer = {
            "spacecraft": {
                craft.id: [describe_command(one) for one in flown_commands(craft) if one.payload]
                for craft in own
            }
        }
        if asker.customer:
            quota = quota_of(customers[asker.customer])
            used = used_by(room, self._desks.ledger.all, asker.customer)
            answer["quota"] = {
                "commands_per_day": quota.commands_per_day,
                "commands_today": used.commands_today,
                "octets_per_pass": quota.octets_per_pass,
                "octets_waiting": used.octets_waiting,
            }
        return answer

    def _list(self, request: Request, asker: Asker) -> Answer:
        limit = min(max(1, int(request.get("limit") or 200)), 1000)
        found = [one for one in self._desks.ledger.all if self._is_own(one, asker)]
        return {"commands": [self._command_told(one) for one in found[-limit:]], "of": len(found)}

    def _show(self, request: Request, asker: Asker) -> Answer:
        command = self._desks.ledger.get(text_of(request, "command_id"))
        if command is None or not self._is_own(command, asker):
            return {"found": False}
        lines = self._desks.room.store.commands.log(command.id)
        return {
            "found": True,
            "command": self._command_told(command),
            "log": [
                {"time_ns": one.time.tai_ns, "event": one.event, "state": one.state}
                for one in lines
            ],
        }

    def _is_own(self, command: Command, asker: Asker) -> bool:
        owner = owner_of_payload_command(self._desks, command)
        return bool(owner) and _is(asker, owner)


def owner_of_payload_command(desks: Desks, command: Command) -> str:
    """The customer whose payload it commands; empty for a command of the craft itself."""
    mission = desks.room.mission
    craft = mission.spacecraft[command.spacecraft]
    return owner_of_command(mission.customers, craft, craft.command(command.name))


def _is(asker: Asker, owner: str) -> bool:
    return bool(owner) and (not asker.customer or owner == asker.customer)
