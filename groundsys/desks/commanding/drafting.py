"""May this asker ask for this command: the role, the payload's owner, and the customer's quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from groundsys.authority import (
    Action,
    Asker,
    Used,
    check_quota,
    may,
    owner_of_command,
    packet_octets,
    quota_of,
)
from groundsys.commanding.ledger import UNSENT, Command
from groundsys.desks.control_room import ControlRoom
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import CommandDefinition

_DAY = timedelta(days=1)


def check_draft(
    room: ControlRoom,
    ledger: Sequence[Command],
    asker: Asker,
    craft: Spacecraft,
    definition: CommandDefinition,
    arguments: Mapping[str, Any],
) -> None:
    """Raise `AccessRefusedError` unless `asker` may ask for the command just now."""
    owner = owner_of_command(room.mission.customers, craft, definition)
    may(asker, Action.DRAFT_COMMAND, owner=owner)
    if asker.customer:
        quota = quota_of(room.mission.customers[asker.customer])
        used = used_by(room, ledger, asker.customer)
        check_quota(quota, used, packet_octets(definition, arguments))


def used_by(room: ControlRoom, ledger: Sequence[Command], customer: str) -> Used:
    """What the payload operators of a customer have asked for."""
    operators = {one.name for one in room.store.people.all() if one.customer == customer}
    asked = [one for one in ledger if one.purpose == "operator" and one.subject in operators]
    waiting = [one for one in asked if one.state in UNSENT]
    return Used(
        commands_today=sum(one.queued_at > room.now - _DAY for one in asked),
        octets_waiting=sum(
            packet_octets(room.mission.spacecraft[one.spacecraft].command(one.name), one.arguments)
            for one in waiting
        ),
    )
