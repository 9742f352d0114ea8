"""The delivery desk: a complete file becomes products in its customer's space.

Which clock solution time-tags a file is written down before the products are made, so that making
them again after a crash gives the same bytes.  Once the clock of that time is known better, a new
version of the products is made the same way; the old ones stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.customers import owner_of_payload
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.product_records import record_of
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.desks.telemetry.reception_log import ReceptionLog, frame_range
from groundsys.files.reception import FileReception
from groundsys.mission import mdb_version
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import ObjectStore
from groundsys.products import (
    HEADER_OCTETS,
    Provenance,
    build_products,
    sclk_span,
    sign_manifest,
)
from groundsys.store import (
    DeliveryRecord,
    FileRecord,
    ProductRecord,
    SourceFrames,
)
from groundsys.telemetry.correlation import is_better
from groundsys.values.clock import ClockHistory, ClockSolution
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant

#: without a measured clock a file waits this long, then it is tagged by the clock as built
_CLOCK_PATIENCE = timedelta(hours=3)
#: Yamcs' clock follows in steps: a packet's reception there and its frame's ERT differ by less
_RECEPTION_SLACK = timedelta(minutes=3)
#: what is known of a clock is fitted anew over its newest couples alone: of older files it stays
_STILL_FITTED = timedelta(days=7)


class DeliveryDesk:
    """Builds, stores and catalogues products."""

    def __init__(
        self,
        room: ControlRoom,
        clocks: ClockDesk,
        receptions: ReceptionLog,
        objects: ObjectStore,
        signing_key: Ed25519PrivateKey,
        on_change: Callable[[FileRecord], None],
        on_delivered: Callable[[Spacecraft, Payload, bytes, ClockSolution], None],
    ) -> None:
        """`on_delivered` takes each file that is with its customer, once."""
        self._room = room
        self._clocks = clocks
        self._receptions = receptions
        self._objects = objects
        self._signing_key = signing_key
        self._on_change = on_change
        self._on_delivered = on_delivered
        self._waiting: dict[str, tuple[FileReception, FileRecord]] = {}
        #: files that found no room on the disk
        self._told_of_disk: set[str] = set()
        self._delivered = room.store.catalogue.deliveries()
        #: by craft, the history with which its delivered files have been compared last
        self._compared: dict[str, ClockHistory] = {}

    def take_complete(self, reception: FileReception, record: FileRecord) -> None:
        """A file is whole; it is delivered with the next `work`."""
        self._waiting[record.id] = (reception, record)

    def work(self) -> None:
        """Deliver what is waiting and can be time-tagged."""
        for record_id in list(self._waiting):
            reception, record = self._waiting[record_id]
            clock = self._clock_of(reception, record)
            if clock is None:
                continue
            del self._waiting[record_id]
            try:
                self._deliver(reception, *clock)
            except (GroundsysError, OSError) as error:
                if isinstance(error, OSError) or is_disk_full(error):
                    self._waiting[record_id] = (reception, clock[0])  # … until there is room
                    self._tell_of_disk(record, error)
                    continue
                text = f"{record.name} cannot be delivered: {error}"
                self._room.log(record.spacecraft, "critical", "delivery", text)

    def _tell_of_disk(self, record: FileRecord, error: GroundsysError | OSError) -> None:
        """Once a file: it is tried with every reading of the archive."""
        if record.id not in self._told_of_disk:
            self._told_of_disk.add(record.id)
            why = error.strerror if isinstance(error, OSError) else error.message
            text = f"{record.name} waits to be delivered: {why or error}; make room"
            self._room.log(record.spacecraft, "critical", "delivery", text)

    def improve(self) -> None:
        """Make a new version of what was delivered and can be time-tagged better now.

        Of all files once a start, then of those delivered lately.
        """
        since = self._room.now - _STILL_FITTED if self._compared else None
        for record in self._room.store.catalogue.files(since):
            try:
                self._improve(record)
            except (GroundsysError, OSError) as error:  # what its customer has stays
                text = f"{record.name}: no new version could be made: {error}"
                self._room.log(record.spacecraft, "critical", "delivery", text)
        for craft in self._room.craft:
            known = self._clocks.history(craft.id)
            if known is not None:
                self._compared[craft.id] = known

    def _improve(self, record: FileRecord) -> None:
        history = self._clocks.history(record.spacecraft)
        if record.delivered_at is None or record.clock_solution is None or history is None:
            return
        made = self._room.store.catalogue.products_of(record.id)
        if not made:
            return
        if max(product.version for product in made) < record.version:
            self._renew(record, made[0])
        elif history is not self._compared.get(record.spacecraft):
            self._compare(record, made[0], history)

    def _compare(self, record: FileRecord, level_0: ProductRecord, history: ClockHistory) -> None:
        assert record.clock_solution is not None
        span = self._span_of(level_0)
        if span is None or record.completed_at is None:
            return
        old = self._room.store.clocks.solution(record.clock_solution)
        new = history.line_over(*span, record.completed_at)
        if is_better(new, old, *span):
            number = self._room.store.clocks.add_solution(new)
            chosen = replace(record, clock_solution=number, version=record.version + 1)
            self._room.store.catalogue.put_file(chosen)
            self._on_change(chosen)
            self._renew(chosen, level_0)

    def _span_of(self, level_0: ProductRecord) -> tuple[int, int] | None:
        stream = self._objects.open(level_0.key)
        if stream is None:
            return None
        with stream:
            return sclk_span(stream.read(HEADER_OCTETS))

    def _renew(self, record: FileRecord, level_0: ProductRecord) -> None:
        assert record.clock_solution is not None
        stream = self._objects.open(level_0.key)
        if stream is None:
            return
        clock = self._room.store.clocks.solution(record.clock_solution)
        with stream:
            products = self._build(stream.read(), record, clock)
        self._room.store.catalogue.put_products(products)
        text = (
            f"{record.name}: version {record.version}, its clock is known to "
            f"{clock.uncertainty_s * 1e3:.2f} ms"
        )
        self._room.log(record.spacecraft, "info", "delivery", text)

    def _clock_of(
        self, reception: FileReception, record: FileRecord
    ) -> tuple[FileRecord, ClockSolution] | None:
        """The solution that tags the file, chosen once and written down first."""
        if record.clock_solution is not None:
            return record, self._room.store.clocks.solution(record.clock_solution)
        completed = record.completed_at or self._room.now
        history = self._clocks.history(record.spacecraft)
        if history is not None:
            span = sclk_span(reception.content())
            solution = history.line_over(*span, completed) if span else history.current
        elif self._room.now < completed + _CLOCK_PATIENCE:
            return None
        else:
            craft = self._room.mission.spacecraft[record.spacecraft]
            solution = ClockSolution.nominal(craft.id, craft.sclk_epoch)
        number = self._room.store.clocks.add_solution(solution)
        chosen = replace(record, clock_solution=number)
        self._room.store.catalogue.put_file(chosen)
        self._on_change(chosen)
        return chosen, solution

    def _deliver(self, reception: FileReception, record: FileRecord, clock: ClockSolution) -> None:
        content = reception.content()
        products = self._build(content, record, clock)
        span = sclk_span(content)
        done = replace(
            record,
            delivered_at=self._room.now,
            measured_from=None if span is None else clock.scet(span[0]),
            measured_until=None if span is None else clock.scet(span[1]),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        delivery = DeliveryRecord(
            file=record.id,
            customer=products[0].customer,
            spacecraft=record.spacecraft,
            file_name=record.name,
            delivered_at=self._room.now,
            products=len(products),
            octets=sum(product.size for product in products),
            payload_octets=len(content),
        )
        self._room.store.catalogue.deliver(done, delivery, products)
        self._delivered.append(delivery)
        self._on_change(done)
        text = f"{record.name}: {len(products)} products, {len(content)} octets of payload"
        self._room.log(record.spacecraft, "info", "delivery", text)
        craft = self._room.mission.spacecraft[record.spacecraft]
        payload = self._room.mission.payloads[craft.payload_of(record.transaction)]
        self._on_delivered(craft, payload, content, clock)

    def _build(
        self, content: bytes, record: FileRecord, clock: ClockSolution
    ) -> list[ProductRecord]:
        """Build the products of the record's version and put them among the objects."""
        craft = self._room.mission.spacecraft[record.spacecraft]
        payload = self._room.mission.payloads[craft.payload_of(record.transaction)]
        customer = owner_of_payload(self._room.mission.customers, payload.id)
        built = build_products(
            payload,
            customer,
            craft,
            content,
            record.name,
            clock,
            self._provenance(craft, record),
            self._room.store.catalogue.names_of_others(customer.id, craft.id, record.id),
            self._room.mission,
        )
        built = [*built, sign_manifest(built, self._signing_key)]
        span = sclk_span(content)
        measured = (clock.scet(span[0]), clock.scet(span[1])) if span is not None else (None, None)
        products = [
            record_of(
                *(file, number),
                file=record.id,
                customer=customer.id,
                spacecraft=craft.id,
                payload=payload.id,
                # Level 0 is the same bytes in every version
                version=1 if file.level == "L0" else record.version,
                created=self._room.now,
                measured=measured,
            )
            for number, file in enumerate(built)
        ]
        for product, file in zip(products, built, strict=True):
            self._objects.put(product.key, file.octets)
        return products

    def _provenance(self, craft: Spacecraft, record: FileRecord) -> Provenance:
        first = record.first_reception or self._room.now
        last = record.completed_at or self._room.now
        slices = [
            one
            for channel in craft.file_channels
            for one in self._receptions.between(
                craft.id, channel, first - _RECEPTION_SLACK, last + _RECEPTION_SLACK
            )
        ]
        # reception goes on: after a crash the same manifest would name more frames
        chosen = self._room.store.catalogue.source_frames(
            SourceFrames(record.id, record.version, tuple(slices))
        )
        return Provenance(
            source_entity=record.source_entity,
            destination_entity=record.destination_entity,
            transaction=record.transaction,
            completed=last,
            mdb_version=mdb_version(craft),
            version=record.version,
            previous_manifest=self._previous_manifest(record),
            frames=tuple(map(frame_range, chosen.frames)),
        )

    def _previous_manifest(self, record: FileRecord) -> str:
        """The SHA-256 of the newest manifest of an earlier version: versions are a chain."""
        made = self._room.store.catalogue.products_of(record.id)
        earlier = [one for one in made if one.level == "manifest" and one.version < record.version]
        newest = max(earlier, key=lambda one: one.version, default=None)
        return "" if newest is None else newest.sha256

    def _payload_of(self, record: FileRecord) -> str:
        return self._room.mission.spacecraft[record.spacecraft].payload_of(record.transaction)

    def snapshot(self, files: list[FileRecord], recent: int = 20) -> dict[str, Any]:
        """Deliveries as watchers see them."""
        customers: dict[str, dict[str, Any]] = {}
        for name in self._room.scenario.customers:
            payloads = self._room.mission.customers[name].payloads
            mine = [one for one in self._delivered if one.customer == name]
            waiting = [
                record
                for record in files
                if record.delivered_at is None and self._payload_of(record) in payloads
            ]
            customers[name] = {
                "files": len(mine),
                "bytes": sum(one.payload_octets for one in mine),
                "last_ns": _latest_ns([one.delivered_at for one in mine]),
                "files_waiting": len(waiting),
            }
        return {
            "customers": customers,
            "recent": [
                {
                    "time_ns": one.delivered_at.tai_ns,
                    "customer": one.customer,
                    "spacecraft": one.spacecraft,
                    "name": one.file_name,
                    "bytes": one.payload_octets,
                }
                for one in self._delivered[-recent:]
            ],
        }


def _latest_ns(times: list[Instant]) -> int | None:
    return max((time.tai_ns for time in times), default=None)
