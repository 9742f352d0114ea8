"""Where a payload file is, in octets, and when it was or will be at each hop of its way home.

    cube → relay → pass → archived → product → fetched

All times are TAI instants; those at a craft are SCET, those at an antenna ERT, the others the
ground's own mission time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from groundsys.values.instants import Instant

#: aboard the cube; aboard its relay; on its way through a pass that is under way; received, and
#: in the archive; published in its customer's space; fetched by its customer
Place = Literal["cube", "relay", "pass", "archived", "product", "fetched"]
PLACES: tuple[Place, ...] = get_args(Place)

#: what happens on the way, in order: closed on board, at the relay, received on Earth, whole in
#: the archive, published, fetched
Hop = Literal["made", "relayed", "received", "archived", "published", "fetched"]
HOPS: tuple[Hop, ...] = get_args(Hop)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the ground knows of a file that a cube has made; None is what has not happened."""

    customer: str
    spacecraft: str
    payload: str
    #: CFDP's number of it
    transaction: int
    #: "" while nobody has told
    name: str
    #: octets; as the payload's definition has it until the file's metadata have come
    size: int
    size_is_known: bool
    #: the end of its last measurement: by its own records, or by the payload's schedule
    made: Instant
    made_is_known: bool
    octets_received: int = 0
    #: of what made it whole, the last: at the relay, at an antenna, in the archive
    relayed_at: Instant | None = None
    received_at: Instant | None = None
    archived_at: Instant | None = None
    published_at: Instant | None = None
    fetched_at: Instant | None = None
    antenna: str = ""
    #: so often its relay was asked for what lacked of it
    retransmission_rounds: int = 0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a plan promises of a file; None where it brings it no farther.

    `by_95`: published no later than this with a chance of 95 %.
    """

    relayed: Instant | None = None
    received: Instant | None = None
    published: Instant | None = None
    by_95: Instant | None = None


@dataclass(frozen=True, slots=True)
class HopTime:
    """When a hop was foreseen, and when it was."""

    predicted: Instant | None
    actual: Instant | None


@dataclass(frozen=True, slots=True)
class FileCustody:
    """A file, where it is, and what the plan says of it.

    `promised` is of the plan that was flown when it was made, `foreseen` of the one flown now.
    """

    file: KnownFile
    place: Place
    promised: Foreseen
    foreseen: Foreseen

    @property
    def is_home(self) -> bool:
        return self.file.published_at is not None

    def octets(self) -> Mapping[Place, int]:
        """Its octets by place; they add up to its size."""
        file = self.file
        if self.place in ("archived", "product", "fetched"):
            return {self.place: file.size}
        received = min(file.octets_received, file.size)
        by_place: dict[Place, int] = {self.place: file.size - received, "archived": received}
        return {place: octets for place, octets in by_place.items() if octets}

    def hops(self) -> Mapping[Hop, HopTime]:
        """Predicted and actual time of each hop: as promised of one that is over, else as foreseen.

        The archive has a file as soon as it is received; when it is fetched is up to its customer.
        """
        file = self.file
        told = self.promised if self.is_home else self.foreseen
        made = (None, file.made) if file.made_is_known else (file.made, None)
        times = {
            "made": made,
            "relayed": (told.relayed, file.relayed_at),
            "received": (told.received, file.received_at),
            "archived": (told.received, file.archived_at),
            "published": (told.published, file.published_at),
            "fetched": (None, file.fetched_at),
        }
        return {hop: HopTime(*times[hop]) for hop in HOPS}


def place_of(
    file: KnownFile, *, relay_has_it: bool, in_a_pass: bool, relayed: bool = True
) -> Place:
    """Where a file is, or, of one that is partly received, where the rest of it is.

    `relay_has_it`: a relay session with its cube has been held since it was made; `in_a_pass`: its
    relay is sending to an antenna now.  One that is not `relayed` is sent by its maker itself.
    """
    if file.fetched_at is not None:
        return "fetched"
    if file.published_at is not None:
        return "product"
    if file.archived_at is not None:
        return "archived"
    if not relayed:
        return "pass" if in_a_pass else "cube"
    if not relay_has_it and not file.octets_received:
        return "cube"
    return "pass" if in_a_pass else "relay"
