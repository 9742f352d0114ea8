"""What the Yamcs archive, its command history and its alarms tell, as frozen values.

The adapter in `groundsys.backend` makes them; decision rooms and desks read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from groundsys.values.instants import Instant

Outcome = Literal["ok", "failed"]


@dataclass(frozen=True, slots=True)
class ArchivedPacket:
    """One space packet of a craft's archive.

    `name` is the container's name without its space system, `generation` the craft's own stamp
    (the SCLK read as if the clock were true), `reception` the mission time at which Yamcs took
    it.  `binary` is the whole packet, primary header included; empty if it was not asked for.
    """

    name: str
    generation: Instant
    apid: int
    sequence_count: int
    reception: Instant
    binary: bytes = b""


@dataclass(frozen=True, slots=True)
class IssuedCommand:
    """A command that Yamcs has taken: its id there, and the packet it made."""

    id: str
    sequence_count: int
    binary: bytes
    #: source ID of the packet: the count is one of that source's
    source: int


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command as Yamcs' history knows it; `None` is: nothing reported, or no packet made, yet.

    `sent` is, of one in an AD frame, that the craft's CLCW has acknowledged the frame.
    """

    id: str
    name: str
    generation: Instant
    sent: bool
    acceptance: Outcome | None = None
    start: Outcome | None = None
    completion: Outcome | None = None
    sequence_count: int | None = None
    message: str = ""
    #: source ID of the packet: the count is one of that source's
    source: int | None = None


@dataclass(frozen=True, slots=True)
class ParameterReading:
    """One engineering value of a parameter, stamped by the craft.

    `reception` is the mission time at which Yamcs took it, None where that was not told.  `level`
    is the limit that it exceeds (watch, warning, distress, critical or severe), "" if none.
    """

    name: str
    value: Any
    generation: Instant
    reception: Instant | None = None
    level: str = ""
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class ParameterSample:
    """What a number was over a span: its least and greatest of `count` values.

    `first` and `last` are the craft's own stamps on the earliest and latest of them.
    """

    first: Instant
    last: Instant
    minimum: float
    maximum: float
    count: int


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """What a craft's frame links have counted since Yamcs started."""

    tm_frames_in: int
    tc_out: int


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An alarm that Yamcs holds active, or has just cleared."""

    id: str
    spacecraft: str
    parameter: str
    level: str
    value: str
    since: Instant
    acknowledged: bool = False
    acknowledged_by: str = ""
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event of a craft's Yamcs instance."""

    spacecraft: str
    time: Instant
    severity: str
    source: str
    text: str
