"""Every hop of a command with its foreseen and its actual time, for people and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.commanding.itinerary import Itinerary
from groundsys.commanding.ledger import Attempt, Command
from groundsys.values.instants import Instant

HopName = Literal["radiated", "kept", "arrived", "accepted", "started", "completed", "confirmed"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop: where it happens, when it was foreseen to, and when it did (None: not, or not yet).

    Times at a craft are event times.  `radiated` is the antenna's word, `arrived` (`kept`, at a
    relay) that and the light time; `accepted` to `completed` are dated by the craft's own reports.
    """

    name: HopName
    where: str
    foreseen: Instant | None
    actual: Instant | None


def hops_of(command: Command, relay: str | None) -> tuple[Hop, ...]:
    """The hops of the last attempt; foreseen as before the command was first issued."""
    way = command.foreseen
    last = command.attempts[-1] if command.attempts else None
    if way is None and last is not None:
        way = last.foreseen
    return tuple(_hops(command.spacecraft, relay, way, last))


def _hops(craft: str, relay: str | None, way: Itinerary | None, last: Attempt | None) -> list[Hop]:
    hops = [
        Hop(
            "radiated",
            (way.antenna or "antenna") if way else "antenna",
            way.radiated if way else None,
            last.radiated_at if last else None,
        )
    ]
    arrived = last.arrives_at if last else None
    if relay is None:
        hops.append(Hop("arrived", craft, way.arrived if way else None, arrived))
    else:
        hops.append(Hop("kept", relay, way.arrived if way else None, arrived))
        # that the cube has it, its own acceptance tells
        accepted = last.accepted_at if last else None
        hops.append(Hop("arrived", craft, way.reached if way else None, accepted))
    begins = way.reached if way else None
    hops += [
        Hop("accepted", craft, begins, last.accepted_at if last else None),
        Hop("started", craft, begins, last.started_at if last else None),
        Hop(
            "completed",
            craft,
            way.completed if way else None,
            last.completed_at if last else None,
        ),
        Hop(
            "confirmed",
            "ground",
            way.confirmed if way else None,
            last.confirmed_at if last else None,
        ),
    ]
    return hops
