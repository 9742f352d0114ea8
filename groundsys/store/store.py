"""The operations store: everything the ground segment knows that is no telemetry sample."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from groundsys.store.audit import AuditTable
from groundsys.store.catalogue import CatalogueTables
from groundsys.store.clocks import ClockTables
from groundsys.store.commands import CommandTable
from groundsys.store.customer_events import CustomerEventTable
from groundsys.store.database import StoreDatabase
from groundsys.store.facts import FactTable
from groundsys.store.passes import PassTable
from groundsys.store.people import PeopleTable
from groundsys.store.plans import PlanTables
from groundsys.store.procedures import ProcedureTables
from groundsys.store.relay_sessions import RelaySessionTable
from groundsys.store.segments import SegmentTable
from groundsys.store.solutions import SolutionTable
from groundsys.store.tokens import TokenTable
from groundsys.store.tracking import TrackingTables
from groundsys.store.uploads import UploadTables
from groundsys.store.watch import WatchTables
from groundsys.store.webhooks import WebhookTable
from groundsys.values.instants import Instant


class Store:
    """One SQLite file, one attribute a table family.

    One process writes it (the desks'); whoever else reads it opens it with `read_only`.  Raises
    `EnvironmentLackError` if the disk is full, the file is damaged or somebody else writes.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._database = StoreDatabase(path, read_only=read_only)
        self.passes = PassTable(self._database)
        self.plans = PlanTables(self._database)
        self.procedures = ProcedureTables(self._database)
        self.uploads = UploadTables(self._database)
        self.relay_sessions = RelaySessionTable(self._database)
        self.audit = AuditTable(self._database)
        self.commands = CommandTable(self._database, self.audit)
        self.segments = SegmentTable(self._database)
        self.customer_events = CustomerEventTable(self._database)
        self.catalogue = CatalogueTables(self._database, self.customer_events)
        self.webhooks = WebhookTable(self._database)
        self.watch = WatchTables(self._database)
        self.clocks = ClockTables(self._database)
        self.solutions = SolutionTable(self._database)
        self.tracking = TrackingTables(self._database)
        self.tokens = TokenTable(self._database)
        self.people = PeopleTable(self._database)
        self.facts = FactTable(self._database)

    def writing(self) -> AbstractContextManager[None]:
        """Everything written inside is kept together, or not at all."""
        return self._database.writing()

    def durably(self) -> AbstractContextManager[None]:
        """As `writing`, and on the disk when it is left: for what others rely on from then on."""
        return self._database.durably()

    def has_changed(self) -> bool:
        """Whether another process has written since this was asked last."""
        return self._database.has_changed()

    def latest_moment(self) -> Instant | None:
        """The last moment of mission time at which anything was written down."""
        latest = self._database.number(
            "select max(time_ns) from "
            "(select time_ns from events union all select time_ns from audit)"
        )
        return Instant(latest) if latest else None

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
