"""Which commands are hazardous, and who must stand for them.

The hazard is the significance in the mission database: ECSS-E-ST-70-11C calls such commands
"critical"; XTCE (CCSDS 660.1-G, DefaultSignificance) has the levels used here.
"""

from __future__ import annotations

from groundsys.authority.people import canonical_name, check_two_people
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.values.errors import AccessRefusedError

_HAZARDOUS = frozenset({"critical", "severe"})


def needs_two_people(definition: CommandDefinition) -> bool:
    """True if no one person may send it."""
    return definition.significance in _HAZARDOUS


def check_approval(definition: CommandDefinition, *, issuer: str, approver: str = "") -> None:
    """Raise `AccessRefusedError` unless those stand for a command whom it needs.

    Names are those of askers: established by the desks, never read from a request.
    """
    if not canonical_name(issuer):
        raise AccessRefusedError(
            f"nobody stands for {definition.name}",
            expected="a person who asks for it",
            remedy="log in with `groundsys login`",
        )
    if not needs_two_people(definition):
        return
    if not canonical_name(approver):
        raise AccessRefusedError(
            f"{definition.name} is {definition.significance}: {definition.significance_reason}",
            expected="a second person who approves it",
            found=f"{issuer} alone",
            remedy="let another operator or flight director approve it",
        )
    check_two_people(issuer, approver)
