"""Partners: other agencies, and what of a mission is shared with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: passes booked (CCSDS 902.1), trajectories flown by (OEM), what stations measured (TDM)
Shared = Literal["schedule", "trajectories", "tracking"]


@dataclass(frozen=True, slots=True)
class Partner:
    """Whoever operates beside us: it has a space of its own, as customers have, and no payload."""

    id: str
    name: str
    contact: str
    #: of these and of no others it is told
    spacecraft: tuple[str, ...]
    shares: tuple[Shared, ...]
    #: customers whose products it gets, each of whom says so in its own file
    products_of: tuple[str, ...] = ()
    #: mission time: news of less than so long come together
    every_s: float = 600.0
