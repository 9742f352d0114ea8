"""The packets that a craft makes: fields filled, counted, stamped, recorded as truth.

Sequence counts are 14 bits a process (APID); the message type counter is 16 bits a kind of
report (ECSS-E-ST-70-41C §5.4.2.1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.ccsds.cuc import join_sclk, split_sclk
from groundsys.ccsds.fields import encode_fields, raw_from_engineering
from groundsys.ccsds.space_packets import SEQUENCE_COUNT_MODULUS, TmPacket, encode_tm_packet
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import PacketDefinition, SpacecraftModel
from groundsys.values.instants import Instant
from sims.craft.computer.clock import OnBoardClock
from sims.craft.computer.truth import TruthRecord


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as generated; `sclk_ns` is what its time code says."""

    apid: int
    count: int
    sclk_ns: int
    message_count: int
    data: bytes
    destination: int = 0


class PacketSource:
    """Makes the packets of one craft."""

    def __init__(self, craft: Spacecraft, clock: OnBoardClock, truth: TruthRecord) -> None:
        self._craft = craft
        self._clock = clock
        self._truth = truth
        self._counts: Counter[int] = Counter()
        self._messages: Counter[tuple[int, int]] = Counter()

    def make(
        self, name: str, values: Mapping[str, Any], tai_ns: int, *, destination: int = 0
    ) -> Packet:
        """The packet `name` with engineering `values`, generated at true time `tai_ns`.

        Numbers beyond what a field can say stick at the end of its range, as a sensor does.
        """
        sclk_ns = join_sclk(*split_sclk(self._clock.reading(tai_ns)))
        definition = self._definition(name, sclk_ns)
        return self._make(definition, self.encode(definition, values), sclk_ns, destination)

    def encode(self, definition: PacketDefinition, values: Mapping[str, Any]) -> bytes:
        """The packet's fields as octets; its selector fills itself in."""
        raw = {
            field.name: raw_from_engineering(field, values[field.name], saturate=True)
            for field in definition.fields
            if field.name in values
        }
        if definition.selector is not None:
            raw.setdefault(*definition.selector)
        return encode_fields(definition.fields, raw)

    def restamp(self, packet: Packet, name: str, values: Mapping[str, Any]) -> Packet:
        """The same packet (count, time of generation) with other field values."""
        definition = self._definition(name, packet.sclk_ns)
        return self._with_data(
            definition,
            packet.count,
            packet.sclk_ns,
            packet.message_count,
            self.encode(definition, values),
            packet.destination,
        )

    def next_count(self, apid: int) -> int:
        """The 14-bit count that the next packet of `apid` will have."""
        return self._counts[apid] % SEQUENCE_COUNT_MODULUS

    def generated(self, apid: int) -> int:
        """How many packets of `apid` have been made."""
        return self._counts[apid]

    def reset_counts(self) -> None:
        """Begin all sequence counts again at zero, as a computer that lost its memory would."""
        self._counts.clear()

    def flying(self, tai_ns: int) -> SpacecraftModel:
        """The version of the software that runs at a true time, by the craft's own clock."""
        return self._model(self._clock.reading(tai_ns))

    def _definition(self, name: str, sclk_ns: int) -> PacketDefinition:
        return self._model(sclk_ns).packet(name)

    def _model(self, sclk_ns: int) -> SpacecraftModel:
        return self._craft.model_at(Instant(self._craft.sclk_epoch.tai_ns + sclk_ns))

    def _make(
        self, definition: PacketDefinition, data: bytes, sclk_ns: int, destination: int
    ) -> Packet:
        count = self.next_count(definition.apid)
        self._counts[definition.apid] += 1
        kind = (definition.service, definition.subtype)
        message = self._messages[kind]
        self._messages[kind] += 1
        packet = self._with_data(definition, count, sclk_ns, message, data, destination)
        self._truth.packet(definition.name, definition.apid, count, sclk_ns)
        return packet

    def _with_data(
        self,
        definition: PacketDefinition,
        count: int,
        sclk_ns: int,
        message: int,
        data: bytes,
        destination: int,
    ) -> Packet:
        octets = encode_tm_packet(
            TmPacket(
                apid=definition.apid,
                sequence_count=count,
                service=definition.service,
                subtype=definition.subtype,
                sclk_ns=sclk_ns,
                data=data,
                message_count=message % 0x10000,
                destination_id=destination,
            )
        )
        return Packet(definition.apid, count, sclk_ns, message, octets, destination)
