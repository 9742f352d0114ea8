"""The operations store on SQLite; the only room that speaks sqlite-utils."""

from groundsys.store.records import (
    AccessRecord,
    DeliveryRecord,
    FileRecord,
    FileSegment,
    JournalLine,
    PlanVersion,
    ProcedureText,
    ProductRecord,
    ReceptionSummary,
    RehearsalRecord,
    StoredAlarm,
    StoredCouple,
    StoredEvent,
    StoredNotice,
    StoredPerson,
    StoredToken,
    UploadContent,
)
from groundsys.store.store import Store

__all__ = [
    "AccessRecord",
    "DeliveryRecord",
    "FileRecord",
    "FileSegment",
    "JournalLine",
    "PlanVersion",
    "ProcedureText",
    "ProductRecord",
    "ReceptionSummary",
    "RehearsalRecord",
    "Store",
    "StoredAlarm",
    "StoredCouple",
    "StoredEvent",
    "StoredNotice",
    "StoredPerson",
    "StoredToken",
    "UploadContent",
]
