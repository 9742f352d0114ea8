"""Space packets (CCSDS 133.0-B-2) with PUS-C headers (ECSS-E-ST-70-41C §7.4).

Telemetry: primary header, 14 octets of secondary header ending with the spacecraft clock, data,
CRC.  Telecommands: primary header, 5 octets of secondary header, data, CRC.  `spacepackets`
writes and reads both; here they become values of ours, and bad bytes a `FrameError`.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacepackets.ecss.tc import InvalidTcCrc16Error, PusTc
from spacepackets.ecss.tm import InvalidTmCrc16Error, PusTm
from spacepackets.exceptions import BytesTooShortError

from groundsys.ccsds.cuc import CUC_LENGTH, decode_cuc, encode_cuc
from groundsys.values.errors import FrameError

PRIMARY_HEADER_LENGTH = 6
#: octets of a telemetry packet before its data, and after it
TM_HEADER_LENGTH = 20
CRC_LENGTH = 2
IDLE_APID = 0x7FF
SHORTEST_PACKET_LENGTH = PRIMARY_HEADER_LENGTH + 1
LONGEST_PACKET_LENGTH = PRIMARY_HEADER_LENGTH + 0x10000
SEQUENCE_COUNT_MODULUS = 1 << 14


@dataclass(frozen=True, slots=True)
class PrimaryHeader:
    """What the first six octets say; `length` is that of the whole packet in octets."""

    apid: int
    sequence_count: int
    is_command: bool
    length: int


@dataclass(frozen=True, slots=True)
class TmPacket:
    """A telemetry packet; `sclk_ns` is the clock reading in its header, `data` its fields."""

    apid: int
    sequence_count: int
    service: int
    subtype: int
    sclk_ns: int
    data: bytes
    message_count: int = 0
    destination_id: int = 0


@dataclass(frozen=True, slots=True)
class TcPacket:
    """A telecommand packet; by our convention `data` begins with the function octet."""

    apid: int
    sequence_count: int
    service: int
    subtype: int
    data: bytes
    source_id: int = 0
    acknowledgement_flags: int = 0b1111


def encode_tm_packet(packet: TmPacket) -> bytes:
    """The packet's octets, CRC last."""
    try:
        return bytes(
            PusTm(
                apid=packet.apid,
                seq_count=packet.sequence_count,
                service=packet.service,
                message_subtype=packet.subtype,
                timestamp=encode_cuc(packet.sclk_ns),
                source_data=packet.data,
                message_counter=packet.message_count,
                destination_id=packet.destination_id,
            ).pack()
        )
    except ValueError as error:
        raise FrameError("a telemetry packet cannot be encoded", found=str(error)) from error


def decode_tm_packet(data: bytes) -> TmPacket:
    """The packet in `data`; `FrameError` if it is no telemetry of ours, cut short or harmed."""
    if read_primary_header(data).is_command:
        raise FrameError("not a telemetry packet", expected="telemetry", found="a telecommand")
    try:
        pus = PusTm.unpack(data, timestamp_len=CUC_LENGTH)
    except (InvalidTmCrc16Error, BytesTooShortError, ValueError) as error:
        raise FrameError(
            "not a telemetry packet", expected="a PUS-C packet with a good CRC", found=repr(error)
        ) from error
    return TmPacket(
        apid=pus.apid,
        sequence_count=pus.seq_count,
        service=pus.service,
        subtype=pus.message_subtype,
        sclk_ns=decode_cuc(bytes(pus.timestamp)),
        data=bytes(pus.source_data),
        message_count=pus.pus_tm_sec_header.message_counter,
        destination_id=pus.pus_tm_sec_header.dest_id,
    )


def encode_tc_packet(packet: TcPacket) -> bytes:
    """The packet's octets, CRC last."""
    try:
        return bytes(
            PusTc(
                apid=packet.apid,
                seq_count=packet.sequence_count,
                service=packet.service,
                message_subtype=packet.subtype,
                app_data=packet.data,
                source_id=packet.source_id,
                ack_flags=packet.acknowledgement_flags,
            ).pack()
        )
    except ValueError as error:
        raise FrameError("a telecommand packet cannot be encoded", found=str(error)) from error


def decode_tc_packet(data: bytes) -> TcPacket:
    """The packet in `data`; `FrameError` if it is no telecommand, cut short or harmed."""
    if not read_primary_header(data).is_command:
        raise FrameError("not a telecommand packet", expected="a telecommand", found="telemetry")
    try:
        pus = PusTc.unpack(data)
    except (InvalidTcCrc16Error, BytesTooShortError, ValueError) as error:
        raise FrameError(
            "not a telecommand packet", expected="a PUS-C packet with a good CRC", found=repr(error)
        ) from error
    return TcPacket(
        apid=pus.apid,
        sequence_count=pus.seq_count,
        service=pus.service,
        subtype=pus.message_subtype,
        data=bytes(pus.app_data),
        source_id=pus.source_id,
        acknowledgement_flags=int(pus.pus_tc_sec_header.ack_flags),
    )


def read_primary_header(data: bytes | bytearray, offset: int = 0) -> PrimaryHeader:
    """What the primary header at `offset` says; the packet itself may be cut short."""
    header = data[offset : offset + PRIMARY_HEADER_LENGTH]
    if len(header) < PRIMARY_HEADER_LENGTH:
        raise FrameError(
            "a space packet is cut short",
            expected=f"{PRIMARY_HEADER_LENGTH} octets of primary header",
            found=f"{len(header)} octets",
        )
    return PrimaryHeader(
        apid=(header[0] << 8 | header[1]) & 0x7FF,
        sequence_count=(header[2] << 8 | header[3]) & 0x3FFF,
        is_command=bool(header[0] & 0x10),
        length=PRIMARY_HEADER_LENGTH + 1 + (header[4] << 8 | header[5]),
    )


def split_packets(data: bytes) -> list[bytes]:
    """The packets that lie end to end in `data`; `FrameError` if the last is cut short."""
    packets = []
    offset = 0
    while offset < len(data):
        length = read_primary_header(data, offset).length
        if offset + length > len(data):
            raise FrameError(
                "a space packet is cut short",
                expected=f"{length} octets",
                found=f"{len(data) - offset} octets",
            )
        packets.append(data[offset : offset + length])
        offset += length
    return packets


def idle_packet(length: int) -> bytes:
    """A packet of `length` octets that everybody skips (133.0-B-2 §4.1.3.3.4.4)."""
    if not SHORTEST_PACKET_LENGTH <= length <= LONGEST_PACKET_LENGTH:
        raise FrameError(
            "no idle packet has this length",
            expected=f"{SHORTEST_PACKET_LENGTH} to {LONGEST_PACKET_LENGTH} octets",
            found=f"{length} octets",
        )
    header = IDLE_APID.to_bytes(2, "big") + b"\xc0\x00"
    data_length = length - PRIMARY_HEADER_LENGTH
    return header + (data_length - 1).to_bytes(2, "big") + bytes(data_length)
