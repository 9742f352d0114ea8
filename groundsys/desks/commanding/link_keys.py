"""Which key protects a craft's commands: the one whose CHANGE_KEY the craft reported complete last.

So a key is changed by one command.  Until its report is home Yamcs goes on with the key before,
which the craft accepts until it has an authentic frame under the new one.  The ledger is the only
memory: after a crash, of the desks or of Yamcs, the next command leaves under the right key.
"""

from __future__ import annotations

from groundsys.commanding.keeping import CHANGE_KEY
from groundsys.commanding.ledger import Command
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.mission.spacecraft.craft_model import Spacecraft

_ARGUMENT = "security_parameter_index"


class LinkKeys:
    """Has Yamcs follow the craft's key changes."""

    def __init__(self, room: ControlRoom, ledger: CommandLedger) -> None:
        self._room = room
        self._ledger = ledger
        self._told: dict[str, int] = {}

    def current(self, craft: Spacecraft) -> int | None:
        """The security association in use, or None if commands go in clear."""
        if craft.security is None:
            return None
        done = [
            command
            for command in self._ledger.of_craft(craft.id)
            if command.name == CHANGE_KEY and command.state == "completed"
        ]
        if not done:
            return craft.security.first
        return int(max(done, key=_settled_ns).arguments[_ARGUMENT])

    def follow(self, craft: Spacecraft) -> None:
        """Before commands leave: have Yamcs use the present key.

        Yamcs starts with the first key and may have started anew since: any other is said again.
        """
        current = self.current(craft)
        if current is None or craft.security is None:
            return
        if current == craft.security.first == self._told.get(craft.id):
            return
        self._room.yamcs.use_association(craft, current)
        if self._told.get(craft.id) not in (None, current):
            text = f"commands leave under security association {current}"
            self._room.log(craft.id, "info", "command", text)
        self._told[craft.id] = current


def _settled_ns(command: Command) -> int:
    return command.settled_at.tai_ns if command.settled_at else 0
