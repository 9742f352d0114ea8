"""What can happen to a command."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.ccsds.requests import GROUND_SOURCE
from groundsys.commanding.itinerary import Itinerary
from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime
from groundsys.values.records import CommandRecord


@dataclass(frozen=True, slots=True)
class Prepared:
    """The mission database has encoded it."""

    octets: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Approved:
    """Somebody who may has agreed that it leaves."""

    approver: str
    why: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """Somebody who may has said no, or its issuer takes it back."""

    by: str
    why: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another command takes its place."""

    by: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Its way, as things are booked now; None: there is none for now."""

    itinerary: Itinerary | None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """It can no longer reach the craft in time."""

    message: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Its report could not come by the deadline, as nothing was heard: a later one holds."""

    deadline: Instant


@dataclass(frozen=True, slots=True)
class Intended:
    """We are about to ask Yamcs; to be written down before it is asked."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Yamcs has taken it."""

    yamcs_id: str
    sequence_count: int
    deadline: Instant | None
    itinerary: Itinerary | None = None
    #: in a BD frame
    bypass: bool = False
    #: whose count it is
    source: int = GROUND_SOURCE


@dataclass(frozen=True, slots=True)
class NotIssued:
    """After a crash: Yamcs' history does not know it, so it goes back to the queue."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Yamcs would not take it."""

    message: str


@dataclass(frozen=True, slots=True)
class Radiated:
    """Its last bit left an antenna; for a cube, that of the frame that carries it."""

    sequence_count: int
    radiated_at: TransmitTime
    arrives_at: SpacecraftEventTime
    #: whose count it is
    source: int = GROUND_SOURCE


@dataclass(frozen=True, slots=True)
class Reported:
    """What is known of an attempt: from Yamcs' history, or as the craft itself dates it."""

    record: CommandRecord
    made_at: SpacecraftEventTime | None = None


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """No final report came in time; `absent` if it is known that the craft never accepted it."""

    absent: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """No longer wanted; of no effect once issued."""

    message: str


CommandEvent = (
    Prepared
    | Approved
    | Declined
    | Superseded
    | Foreseen
    | Overtaken
    | Intended
    | Issued
    | NotIssued
    | Refused
    | Radiated
    | Reported
    | Deferred
    | DeadlinePassed
    | Withdrawn
)
