"""What an alarm is, and what becomes of it: a state machine without clock or store.

After ANSI/ISA-18.2-2016, 5.2.7 (IEC 62682:2022):

    unacknowledged  its condition holds, and nobody has said that they have seen it
    acknowledged    its condition holds, and somebody has
    latched         its condition is over, and nobody has seen it: it stands until somebody has
    shelved         off operators' hands for a while; it comes back by itself
    cleared         over and seen, or withdrawn: it stands no longer
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, get_args

from groundsys.mission.spacecraft.packet_model import AlarmLevel
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

AlarmState = Literal["unacknowledged", "acknowledged", "latched", "shelved", "cleared"]

#: from bad to worst
_LEVELS: tuple[str, ...] = get_args(AlarmLevel)

#: a shelf that nobody looks into for longer hides what is wrong
LONGEST_SHELF = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of a craft or of the ground itself, and what people have done about it."""

    id: str
    spacecraft: str
    parameter: str
    level: str
    value: str
    since: Instant
    acknowledged: bool = False
    acknowledged_by: str = ""
    acknowledged_at: Instant | None = None
    comment: str = ""
    cleared_at: Instant | None = None
    #: since when its condition is over
    returned_at: Instant | None = None
    shelved_by: str = ""
    shelved_at: Instant | None = None
    #: None: it is on no shelf
    shelved_until: Instant | None = None
    shelf_reason: str = ""
    #: who has it in hand, and who says so
    assignee: str = ""
    assigned_by: str = ""

    @property
    def is_shelved(self) -> bool:
        return self.shelved_until is not None

    @property
    def state(self) -> AlarmState:
        if self.cleared_at is not None:
            return "cleared"
        if self.is_shelved:
            return "shelved"
        if self.acknowledged:
            return "acknowledged"
        return "unacknowledged" if self.returned_at is None else "latched"

    @property
    def wants_somebody(self) -> bool:
        """Whether it is to be acknowledged: what bells ring and pagers page for."""
        return self.state in ("unacknowledged", "latched")


@dataclass(frozen=True, slots=True)
class Raised:
    """Its condition holds (again), with this level and value."""

    level: str
    value: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Its condition is over."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    by: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Shelved:
    by: str
    reason: str
    until: Instant


@dataclass(frozen=True, slots=True)
class Unshelved:
    """Taken from the shelf by somebody, or because its time there is over."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody has it in hand; to nobody takes it back."""

    to: str
    by: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """It stands no longer: it was not so, or its source does not know it any more."""


AlarmEvent = Raised | Returned | Acknowledged | Shelved | Unshelved | Assigned | Cleared


def advance_alarm(alarm: Alarm, event: AlarmEvent, now: Instant) -> Alarm:
    """The alarm after `event`; one that says nothing new leaves it as it is.

    Raises `CommandRefusedError` for what people ask of it and may not.
    """
    match event:
        case Raised():
            return _raised(alarm, event, now)
        case Returned():
            if alarm.cleared_at is not None or alarm.returned_at is not None:
                return alarm
            returned = replace(alarm, returned_at=now)
            return replace(returned, cleared_at=now) if alarm.acknowledged else returned
        case Acknowledged():
            return _acknowledged(alarm, event, now)
        case Shelved():
            return _shelved(alarm, event, now)
        case Unshelved():
            return _off_the_shelf(alarm)
        case Assigned():
            _stands(alarm, "assigned")
            return replace(alarm, assignee=event.to, assigned_by=event.by)
        case Cleared():
            return alarm if alarm.cleared_at is not None else replace(alarm, cleared_at=now)


def is_worse(level: str, than: str) -> bool:
    """Whether a level is worse than another; one that nobody knows is the worst."""
    return _rank(level) > _rank(than)


def _raised(alarm: Alarm, event: Raised, now: Instant) -> Alarm:
    """What stands with the same level and value is no new occasion; a worse one is off the shelf.

    What is raised anew after it was cleared is to be seen anew, and nobody has it in hand.
    """
    holds = alarm.cleared_at is None and alarm.returned_at is None
    if holds and (event.level, event.value) == (alarm.level, alarm.value):
        return alarm
    again = replace(
        alarm,
        level=event.level,
        value=event.value,
        since=now,
        acknowledged=False,
        acknowledged_by="",
        acknowledged_at=None,
        comment="",
        cleared_at=None,
        returned_at=None,
    )
    if alarm.cleared_at is not None:
        again = replace(again, assignee="", assigned_by="")
    return _off_the_shelf(again) if is_worse(event.level, alarm.level) else again


def _acknowledged(alarm: Alarm, event: Acknowledged, now: Instant) -> Alarm:
    _stands(alarm, "acknowledged")
    if not event.by:
        raise CommandRefusedError("nobody acknowledges", expected="an operator's name")
    if alarm.acknowledged:
        return alarm
    return replace(
        alarm,
        acknowledged=True,
        acknowledged_by=event.by,
        acknowledged_at=now,
        comment=event.comment,
        cleared_at=None if alarm.returned_at is None else now,
    )


def _shelved(alarm: Alarm, event: Shelved, now: Instant) -> Alarm:
    _stands(alarm, "shelved")
    if not event.reason.strip():
        raise CommandRefusedError(
            "an alarm is not shelved without a reason", expected="why it may wait"
        )
    if not now < event.until <= now + LONGEST_SHELF:
        raise CommandRefusedError(
            "an alarm cannot be shelved until then",
            expected=f"an end within {LONGEST_SHELF.days} days",
            found=event.until.utc_iso(0),
            remedy="shelve it for less, and again if need be",
        )
    return replace(
        alarm,
        shelved_by=event.by,
        shelved_at=now,
        shelved_until=event.until,
        shelf_reason=event.reason.strip(),
    )


def _off_the_shelf(alarm: Alarm) -> Alarm:
    return replace(alarm, shelved_by="", shelved_at=None, shelved_until=None, shelf_reason="")


def _stands(alarm: Alarm, asked: str) -> None:
    if alarm.cleared_at is not None:
        raise CommandRefusedError(
            f"{alarm.parameter} cannot be {asked}: its alarm is over",
            expected="an alarm that stands",
            remedy="look again",
        )


def _rank(level: str) -> int:
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
