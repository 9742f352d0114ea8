"""What a customer's payload operator may send: the own payload's commands, and only so many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.mission.ground.customer_model import Customer
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.values.errors import AccessRefusedError


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one customer may ask for; nothing, unless its file says otherwise."""

    commands_per_day: int = 0
    octets_per_pass: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    """What a customer has asked for already."""

    #: in the last 24 hours of mission time
    commands_today: int = 0
    #: octets of packets that wait for the same pass
    octets_waiting: int = 0


def owner_of_command(
    customers: Mapping[str, Customer], craft: Spacecraft, definition: CommandDefinition
) -> str:
    """The customer whose payload a command belongs to; empty for a command of the craft itself."""
    return owner_of(customers, craft) if definition.payload else ""


def owner_of(customers: Mapping[str, Customer], craft: Spacecraft) -> str:
    """The customer whose payload a craft carries; empty if it carries none."""
    owners = (one.id for one in customers.values() if craft.payload in one.payloads)
    return next(owners, "")


def quota_of(customer: Customer) -> Quota:
    return Quota(customer.commands_per_day, customer.command_octets_per_pass)


def check_quota(quota: Quota, used: Used, octets: int) -> None:
    """Raise `AccessRefusedError` if one more command of so many octets is more than the quota."""
    if used.commands_today + 1 > quota.commands_per_day:
        raise AccessRefusedError(
            "this customer's commands for today are used up",
            expected=f"at most {quota.commands_per_day} in 24 hours of mission time",
            found=f"{used.commands_today} already",
            remedy="wait, or ask the operators",
        )
    if used.octets_waiting + octets > quota.octets_per_pass:
        raise AccessRefusedError(
            "this customer's share of the next pass is used up",
            expected=f"at most {quota.octets_per_pass} octets",
            found=f"{used.octets_waiting} octets waiting and {octets} more",
            remedy="wait until they have left, or ask the operators",
        )


def packet_octets(definition: CommandDefinition, arguments: Mapping[str, Any]) -> int:
    """Octets of a command's packet: headers (6 and 5), function, arguments, CRC."""
    fixed, counted = 0, 0
    for field in definition.arguments:
        if field.length_field:
            counted += len(arguments[field.name])
        else:
            fixed += field.bits
    return 6 + 5 + 1 + fixed // 8 + counted + 2
