"""People of each role, with the tokens that desks gave them."""

from __future__ import annotations

from groundsys.authority import Account, Role
from groundsys.authority.people import ROLES_OF_PEOPLE
from groundsys.desks import Desks

NAMES = {
    Role.OBSERVER: "obi",
    Role.OPERATOR: "ada",
    Role.FLIGHT_DIRECTOR: "fay",
    Role.PAYLOAD_OPERATOR: "pia",
    Role.AUTOMATION: "automation",
    Role.PORTAL: "portal",
}


def token_of(desks: Desks, role: Role, name: str = "", customer: str = "polar-weather") -> str:
    """A session of somebody with this role, whose account is made if need be; "" for nobody."""
    if role is Role.ANONYMOUS:
        return ""
    name = name or NAMES[role]
    if desks.gate.account(name) is None:
        if role in ROLES_OF_PEOPLE:
            of = customer if role is Role.PAYLOAD_OPERATOR else ""
            desks.gate.add(Account(name, role, of), "", desks.room.now)
        else:
            desks.gate.add_program(name, role, desks.room.now)
    return desks.gate.token_for(name)
