"""The packet desk: Level 0 of packets, a file for each customer's craft and UTC day.

A day is given to its customer at the first end of a pass after it is over.  Packets that come
later make a new version, the old ones stay.  What a version holds is read from the archive by the
packets' own stamps, so that a desk that is started anew makes the same.  Pieces of a guest's files
are another customer's: they are left out, as if they had never come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.ccsds.cfdp import parse_pdu
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.customers import owner_of_payload
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.delivery.file_desk import PDU_PACKET
from groundsys.desks.delivery.product_records import record_of
from groundsys.desks.telemetry.reception_log import ReceptionLog, frame_range
from groundsys.mission import mdb_version
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import ObjectStore
from groundsys.products import sign_manifest
from groundsys.products.packet_day import build_packet_day, in_order, packet_octets
from groundsys.store import ProductRecord, SourceFrames
from groundsys.values.errors import FrameError, GroundsysError, ProductError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

#: Yamcs' clock follows in steps: a packet's reception there and its frame's ERT differ by less
_RECEPTION_SLACK = timedelta(minutes=5)
#: version numbers that objects without an entry in the catalogue, left by a crash, may have taken
_ORPHANS = 3


@dataclass(frozen=True, slots=True)
class _Day:
    """A craft's UTC day, by the packets' own stamps."""

    spacecraft: str
    date: datetime

    @property
    def start(self) -> Instant:
        return Instant.from_utc(self.date)

    @property
    def end(self) -> Instant:
        return Instant.from_utc(self.date + timedelta(days=1))

    @property
    def name(self) -> str:
        return f"{self.date:%Y%m%d}"

    @property
    def file(self) -> str:
        """What stands for a payload file in the catalogue."""
        return f"packets:{self.spacecraft}:{self.name}"


class PacketDesk:
    """Knows which days have packets that no product holds yet."""

    def __init__(
        self,
        room: ControlRoom,
        receptions: ReceptionLog,
        objects: ObjectStore,
        signing_key: Ed25519PrivateKey,
    ) -> None:
        self._room = room
        self._receptions = receptions
        self._objects = objects
        self._signing_key = signing_key
        #: when the newest packet of the day was archived
        self._touched: dict[_Day, Instant] = {}

    def take_packets(self, craft: Spacecraft, packets: Sequence[ArchivedPacket]) -> None:
        """Packets have been archived, new ones or, after a start, all that ever were."""
        if craft.payload is None:
            return
        day: _Day | None = None
        start_ns = end_ns = 0
        for packet in packets:
            if day is None or not start_ns <= packet.generation.tai_ns < end_ns:
                day = _day_of(craft, packet.generation)
                start_ns, end_ns = day.start.tai_ns, day.end.tai_ns
            known = self._touched.get(day)
            if known is None or packet.reception > known:
                self._touched[day] = packet.reception

    def work(self, *, also_today: bool = False) -> None:
        """Give customers the days that are over and have something new."""
        for day in sorted(self._touched, key=lambda one: (one.spacecraft, one.date)):
            if day.end > self._room.now and not also_today:
                continue
            try:
                self._renew(day)
            except (GroundsysError, OSError) as error:  # it stays for the next time
                text = f"packets of {day.name} cannot be delivered: {error}"
                self._room.log(day.spacecraft, "critical", "delivery", text)
            else:
                del self._touched[day]

    def _renew(self, day: _Day) -> None:
        made = self._room.store.catalogue.products_of(day.file)
        newest = max((one.version for one in made), default=0)
        last = {one.level: one for one in made if one.version == newest}
        if last and self._touched[day] + _RECEPTION_SLACK < last["L0"].created:
            return
        craft = self._room.mission.spacecraft[day.spacecraft]
        archived = self._room.yamcs.packets_between(craft, day.start, day.end)
        packets = in_order([one for one in archived if is_of_host(craft, one)])
        octets = packet_octets(packets)
        if not packets or (last and last["L0"].sha256 == hashlib.sha256(octets).hexdigest()):
            return
        previous = last["manifest"].sha256 if last else ""
        for version in range(newest + 1, newest + 1 + _ORPHANS):
            try:
                products = self._make(day, craft, packets, version, previous)
            except ProductError:
                if version == newest + _ORPHANS:
                    raise
                continue
            self._room.store.catalogue.put_products(products)
            text = f"packets of {day.name}, version {version}: {len(packets)} packets"
            self._room.log(craft.id, "info", "delivery", text)
            return

    def _make(
        self,
        day: _Day,
        craft: Spacecraft,
        packets: Sequence[ArchivedPacket],
        version: int,
        previous_manifest: str,
    ) -> list[ProductRecord]:
        """Build a version and put it among the objects."""
        customer = owner_of_payload(self._room.mission.customers, craft.payload or "")
        built = build_packet_day(
            *(packets, day.name, customer, craft),
            version=version,
            previous_manifest=previous_manifest,
            frames=[frame_range(one) for one in self._frames(day, craft, packets, version).frames],
            mdb_version=mdb_version(craft),
            software_version=version_of("groundsys"),
        )
        built.append(sign_manifest(built, self._signing_key))
        stamps = [packet.generation for packet in packets]
        measured = (min(stamps, default=None), max(stamps, default=None))
        products = [
            record_of(
                *(file, number),
                file=day.file,
                customer=customer.id,
                spacecraft=craft.id,
                payload=craft.payload or "",
                version=version,
                created=self._room.now,
                measured=measured,
            )
            for number, file in enumerate(built)
        ]
        for product, file in zip(products, built, strict=True):
            self._objects.put(product.key, file.octets)
        return products

    def _frames(
        self, day: _Day, craft: Spacecraft, packets: Sequence[ArchivedPacket], version: int
    ) -> SourceFrames:
        """What was received while these packets were, in all channels."""
        receptions = [packet.reception for packet in packets]
        span = (min(receptions) - _RECEPTION_SLACK, max(receptions) + _RECEPTION_SLACK)
        found = [
            one
            for channel in sorted(set(craft.framing.virtual_channels.values()))
            for one in self._receptions.between(craft.id, channel, *span)
        ]
        chosen = SourceFrames(day.file, version, tuple(found))
        return self._room.store.catalogue.source_frames(chosen)


def is_of_host(craft: Spacecraft, packet: ArchivedPacket) -> bool:
    """Whether a packet belongs to the customer of the craft's own payload: no guest's piece.

    What cannot be told to be the host's is not.
    """
    if not craft.guests or packet.name != PDU_PACKET:
        return True
    fields = craft.model.packet(PDU_PACKET).fields
    try:
        values = decode_fields(fields, packet.binary[TM_HEADER_LENGTH:-CRC_LENGTH])
        return craft.payload_of(parse_pdu(values["pdu"]).transaction) == craft.payload
    except FrameError:
        return False


def _day_of(craft: Spacecraft, stamp: Instant) -> _Day:
    utc = stamp.to_utc()
    return _Day(craft.id, datetime(utc.year, utc.month, utc.day, tzinfo=UTC))
