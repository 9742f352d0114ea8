"""The operations store on SQLite; the only room that speaks sqlite-utils."""

from groundsys.store.catalogue import FoundProduct
from groundsys.store.records import (
    AccessRecord,
    CustomerEvent,
    DeliveryRecord,
    FileRecord,
    FileSegment,
    JournalLine,
    LogEntry,
    PlanVersion,
    ProcedureText,
    ProductRecord,
    ReceptionSummary,
    RehearsalRecord,
    SourceFrames,
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
    "CustomerEvent",
    "DeliveryRecord",
    "FileRecord",
    "FileSegment",
    "FoundProduct",
    "JournalLine",
    "LogEntry",
    "PlanVersion",
    "ProcedureText",
    "ProductRecord",
    "ReceptionSummary",
    "RehearsalRecord",
    "SourceFrames",
    "Store",
    "StoredCouple",
    "StoredEvent",
    "StoredNotice",
    "StoredPerson",
    "StoredToken",
    "UploadContent",
]
