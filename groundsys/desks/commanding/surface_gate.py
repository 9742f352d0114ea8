"""No craft is let go towards a surface unless its bioburden is shown, whoever asks and however.

A command whose definition names an argument as `releases` lets go the craft with that spacecraft
id.  It is refused when it is asked for, when it is approved, and once more when it would leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.entry.samples_desk import ledger_of
from groundsys.entry.sample_custody import custody_of
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.procedures.bioburden_files import read_bioburden
from groundsys.procedures.planetary_protection import assess
from groundsys.procedures.sample_custody_files import read_returns
from groundsys.values.errors import CommandRefusedError


def check_release(
    room: ControlRoom, definition: CommandDefinition, arguments: Mapping[str, Any]
) -> None:
    """Raise `CommandRefusedError` if this lets a craft go that may not go towards a surface."""
    if not definition.releases:
        return
    mission, now = room.mission, room.now
    scid = arguments.get(definition.releases)
    released = next(
        (one for one in mission.spacecraft.values() if one.framing.spacecraft_id == scid), None
    )
    if released is None:
        raise CommandRefusedError(
            f"{definition.name} names no craft of the mission",
            expected="a spacecraft id: "
            + ", ".join(f"{one.framing.spacecraft_id} {one.id}"
                        for one in mission.spacecraft.values() if one.relay),
            found=str(scid),
        )  # fmt: skip
    if released.arrival is not None:
        _check_custody(room, definition, released.id)
        return
    found = assess(released.id, read_bioburden(mission, Findings()), now)
    if not found.within_limits:
        raise CommandRefusedError(
            f"{definition.name}: {released.id} may not go towards the surface",
            expected="signed assay records that show it within its COSPAR category",
            found="; ".join(found.reasons),
            remedy="file the records that lack in mission_db/planetary_protection/",
        )


def _check_custody(room: ControlRoom, definition: CommandDefinition, craft: str) -> None:
    """What brings samples home is let go only while it is known who has held them."""
    returns = read_returns(room.mission, Findings())
    chain = ledger_of(returns, room.store, room.scenario.span.start, craft)
    found = custody_of(craft, returns, chain, room.now)
    if not found.is_whole:
        raise CommandRefusedError(
            f"{definition.name}: {craft} may not be let go",
            expected="a ledger of its samples that is whole (COSPAR category V)",
            found="; ".join(found.reasons),
            remedy="run the procedures that planetary_protection/returns.yaml names for it, or "
            "file there what lacks",
        )
