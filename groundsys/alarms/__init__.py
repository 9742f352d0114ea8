"""The life of an alarm, from raised to cleared: decisions only (ISA-18.2, IEC 62682).

life_cycle  what an alarm is, what may happen to it, and when it is over
shelf       taken off operators' hands for a while, with a reason and an end
feed        whether a craft is heard as its lock promises

The alarm desk acts on it (`groundsys.desks.watching.alarm_desk`).
"""

from groundsys.alarms.feed import SILENT_AFTER_S, silent_s
from groundsys.alarms.life_cycle import (
    Acknowledged,
    Alarm,
    AlarmEvent,
    AlarmState,
    Assigned,
    Cleared,
    Raised,
    Returned,
    Shelved,
    Unshelved,
    advance_alarm,
    is_worse,
)
from groundsys.alarms.shelf import LONGEST_SHELF, next_end, on_the_same_shelf, shelves_over

__all__ = [
    "LONGEST_SHELF",
    "SILENT_AFTER_S",
    "Acknowledged",
    "Alarm",
    "AlarmEvent",
    "AlarmState",
    "Assigned",
    "Cleared",
    "Raised",
    "Returned",
    "Shelved",
    "Unshelved",
    "advance_alarm",
    "is_worse",
    "next_end",
    "on_the_same_shelf",
    "shelves_over",
    "silent_s",
]
