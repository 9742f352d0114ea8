"""The operations store on SQLite; the only room that speaks sqlite-utils."""

from groundsys.store.records import (
    AccessRecord,
    DeliveryRecord,
    FileRecord,
    ProductRecord,
    ReceptionSummary,
    StoredAlarm,
    StoredCouple,
    StoredEvent,
    StoredToken,
)
from groundsys.store.store import Store

__all__ = [
    "AccessRecord",
    "DeliveryRecord",
    "FileRecord",
    "ProductRecord",
    "ReceptionSummary",
    "Store",
    "StoredAlarm",
    "StoredCouple",
    "StoredEvent",
    "StoredToken",
]
