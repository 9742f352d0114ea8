"""Time-tagged sequences on board: what one is, what the craft lists, and whether the two agree.

Decisions only (ECSS-E-ST-70-41C 6.11, as the craft's models reduce it).
"""

from __future__ import annotations

from groundsys.scheduling.comparison import ReadBack, Touch, read_back
from groundsys.scheduling.entries import (
    SCHEDULE_DELETE,
    SCHEDULE_ENABLE,
    SCHEDULE_INSERT,
    SCHEDULE_LISTING,
    SCHEDULE_REPORT,
    TOUCHING,
    Entry,
    command_name,
    entry_of,
    insert_arguments,
    knows_schedules,
    next_count,
)
from groundsys.scheduling.listing import Listing, ListingPart, newest_listing, read_listing_part

__all__ = [
    "SCHEDULE_DELETE",
    "SCHEDULE_ENABLE",
    "SCHEDULE_INSERT",
    "SCHEDULE_LISTING",
    "SCHEDULE_REPORT",
    "TOUCHING",
    "Entry",
    "Listing",
    "ListingPart",
    "ReadBack",
    "Touch",
    "command_name",
    "entry_of",
    "insert_arguments",
    "knows_schedules",
    "newest_listing",
    "next_count",
    "read_back",
    "read_listing_part",
]
