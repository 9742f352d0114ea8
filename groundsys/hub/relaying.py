"""What the hub reads in frames: cubes' frames inside a relay's packets, and time couples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundsys.ccsds.crc import CRC_LENGTH, is_crc_good
from groundsys.ccsds.cuc import join_sclk
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import TM_HEADER_LENGTH, TmPacket, decode_tm_packet
from groundsys.ccsds.tm_frames import TmFrame, first_packet
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import PacketDefinition
from groundsys.values.errors import FrameError
from groundsys.values.instants import NANOSECONDS_PER_SECOND

if TYPE_CHECKING:
    from groundsys.hub.archive_feed import ReadPacket

FILE_PACKET = "CFDP_PDU"
RELAYED_FRAME_FIELD = "relay_frame"
TIME_REPORT = "TIME_REPORT"
#: where a craft sends what it has just made; a time report that is played back tells no time
_LIVE_CHANNELS = ("REALTIME", "TELEMETRY")
#: octets of the PUS header at which service and subtype stand
_SERVICE, _SUBTYPE = 7, 8


@dataclass(frozen=True, slots=True)
class RelayedFrame:
    """A cube's transfer frame and the relay's SCLK when its first bit arrived there."""

    spacecraft_id: int
    reception_sclk_ns: int
    data: bytes


class RelayPackets:
    """Finds the relayed frames among one relay's packets."""

    def __init__(self, relay: Spacecraft) -> None:
        self._definitions = {
            (packet.apid, packet.service, packet.subtype): packet
            for packet in relay.model.packets
            if any(field.name == RELAYED_FRAME_FIELD for field in packet.fields)
        }

    def frames(self, packets: Iterable[bytes]) -> list[RelayedFrame]:
        """The frames in these packets; a harmed packet is passed over, Yamcs counts it."""
        found = []
        for packet in packets:
            definition = self._definition(packet)
            if definition is None:
                continue
            if not is_crc_good(packet):
                continue
            try:
                values = decode_fields(definition.fields, packet[TM_HEADER_LENGTH:-CRC_LENGTH])
            except FrameError:
                continue
            found.append(
                RelayedFrame(
                    values["relay_spacecraft_id"],
                    join_sclk(
                        values["relay_reception_sclk_s"], values["relay_reception_sclk_fraction"]
                    ),
                    values[RELAYED_FRAME_FIELD],
                )
            )
        return found

    def _definition(self, packet: bytes) -> PacketDefinition | None:
        if len(packet) < TM_HEADER_LENGTH:
            return None
        apid = (packet[0] << 8 | packet[1]) & 0x7FF
        return self._definitions.get((apid, packet[_SERVICE], packet[_SUBTYPE]))


def file_arrivals(
    cube: Spacecraft, packets: Iterable[ReadPacket]
) -> list[tuple[str, int, int, int, str]]:
    """Of a craft's packets with pieces of its payload's files: whose, sequence count, ERT in TAI
    ns, the relay's SCLK in ns at which the frame that completed it had begun to arrive there (of
    one that speaks to Earth itself that ERT again), and the antenna."""
    definition = next((one for one in cube.model.packets if one.name == FILE_PACKET), None)
    if cube.payload is None or definition is None:
        return []
    found = []
    for read in packets:
        identity = int.from_bytes(read.packet[:4], "big")
        if identity >> 16 & 0x7FF == definition.apid:
            came = read.reception
            found.append((cube.id, identity & 0x3FFF, came.ert_ns, came.order_ns, came.antenna))
    return found


def reported_sclk_ns(spacecraft: Spacecraft, frame: TmFrame) -> int | None:
    """The clock reading that a time report gives for the first bit of the frame it begins in.

    None without one, and in the channels of a recorder: what it plays back was true once.
    """
    channels = spacecraft.framing.virtual_channels
    if frame.virtual_channel not in {channels.get(name) for name in _LIVE_CHANNELS}:
        return None
    packet = first_packet(frame)
    definition = next((one for one in spacecraft.model.packets if one.name == TIME_REPORT), None)
    if packet is None or definition is None or len(packet) < TM_HEADER_LENGTH:
        return None
    if (packet[_SERVICE], packet[_SUBTYPE]) != (definition.service, definition.subtype):
        return None
    try:
        report: TmPacket = decode_tm_packet(packet)
        values = decode_fields(definition.fields, report.data)
    except FrameError:
        return None
    return join_sclk(values["time_report_sclk_s"], values["time_report_sclk_fraction"])


def couple(
    spacecraft: str, sclk_ns: int, reference_ns: int, reference: str, antenna: str
) -> Mapping[str, Any]:
    """One time couple as the desks take it."""
    return {
        "spacecraft": spacecraft,
        "sclk_s": sclk_ns / NANOSECONDS_PER_SECOND,
        "reference_ns": reference_ns,
        "reference": reference,
        "antenna": antenna,
    }
