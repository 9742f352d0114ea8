"""Space packets and their time code, beside spacepackets itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ccsds.spacepacket import PacketType, SpacePacketHeader
from spacepackets.ecss.tc import PusTc
from spacepackets.ecss.tm import PusTm

from groundsys.ccsds.cuc import decode_cuc, encode_cuc, join_sclk, split_sclk
from groundsys.ccsds.space_packets import (
    IDLE_APID,
    PrimaryHeader,
    TcPacket,
    TmPacket,
    decode_tc_packet,
    decode_tm_packet,
    encode_tc_packet,
    encode_tm_packet,
    idle_packet,
    read_primary_header,
    split_packets,
)
from groundsys.values.errors import FrameError

TICK_NS = 10**9 / 2**24

apids = st.integers(0, 2046)
sequence_counts = st.integers(0, 16383)
octets = st.integers(0, 255)
data = st.binary(max_size=300)
tm_packets = st.builds(
    TmPacket,
    apid=apids,
    sequence_count=sequence_counts,
    service=octets,
    subtype=octets,
    sclk_ns=st.integers(0, 2**56 - 1).map(lambda t: join_sclk(t >> 24, t & 0xFFFFFF)),
    data=data,
    message_count=st.integers(0, 65535),
    destination_id=st.integers(0, 65535),
)
tc_packets = st.builds(
    TcPacket,
    apid=apids,
    sequence_count=sequence_counts,
    service=octets,
    subtype=octets,
    data=data,
    source_id=st.integers(0, 65535),
    acknowledgement_flags=st.integers(0, 15),
)


def test_telemetry_octet_by_octet() -> None:
    packet = TmPacket(1, 5, 3, 25, sclk_ns=(0x01020304 * 10**9) + 10**9 // 2, data=b"\xaa\xbb")
    encoded = encode_tm_packet(packet)
    assert encoded[:6].hex() == "0801" + "c005" + "0011"  # 18 octets follow the header
    assert encoded[6:13].hex() == "20" + "0319" + "0000" + "0000"
    assert encoded[13:20].hex() == "01020304" + "800000"
    assert encoded[20:22].hex() == "aabb"
    assert len(encoded) == 24


def test_telecommand_octet_by_octet() -> None:
    encoded = encode_tc_packet(TcPacket(1, 7, 8, 1, b"\x05\x01\x02"))
    assert encoded[:6].hex() == "1801" + "c007" + "0009"
    assert encoded[6:11].hex() == "2f" + "0801" + "0000"
    assert encoded[11:14].hex() == "050102"
    assert len(encoded) == 16


@given(tm_packets)
def test_telemetry_comes_back_and_is_that_of_spacepackets(packet: TmPacket) -> None:
    encoded = encode_tm_packet(packet)
    assert decode_tm_packet(encoded) == packet
    other = PusTm.unpack(encoded, timestamp_len=7)
    assert (other.apid, other.seq_count) == (packet.apid, packet.sequence_count)
    assert bytes(other.source_data) == packet.data
    assert read_primary_header(encoded) == PrimaryHeader(
        packet.apid, packet.sequence_count, False, len(encoded)
    )


@given(tc_packets)
def test_telecommands_come_back_and_are_those_of_spacepackets(packet: TcPacket) -> None:
    encoded = encode_tc_packet(packet)
    assert decode_tc_packet(encoded) == packet
    assert bytes(PusTc.unpack(encoded).app_data) == packet.data
    header = SpacePacketHeader.unpack(encoded)
    assert header.packet_type == PacketType.TC
    assert read_primary_header(encoded) == PrimaryHeader(
        packet.apid, packet.sequence_count, True, len(encoded)
    )


@given(tm_packets, st.data())
def test_harmed_telemetry_is_refused(packet: TmPacket, choice: st.DataObject) -> None:
    encoded = bytearray(encode_tm_packet(packet))
    bit = choice.draw(st.integers(0, len(encoded) * 8 - 1))
    encoded[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(FrameError):
        decode_tm_packet(bytes(encoded))


@pytest.mark.parametrize("octets", [b"", b"\x08\x01", bytes(30), bytes.fromhex("0801c0000001abcd")])
def test_what_is_no_telemetry_is_refused(octets: bytes) -> None:
    with pytest.raises(FrameError):
        decode_tm_packet(octets)


def test_telemetry_is_no_telecommand_nor_the_other_way_round() -> None:
    with pytest.raises(FrameError, match="telecommand"):
        decode_tc_packet(encode_tm_packet(TmPacket(1, 0, 1, 1, 0, b"")))
    with pytest.raises(FrameError, match="telemetry"):
        decode_tm_packet(encode_tc_packet(TcPacket(1, 0, 1, 1, b"")))


@pytest.mark.parametrize(
    "packet", [TmPacket(2048, 0, 1, 1, 0, b""), TmPacket(1, 0, 256, 1, 0, b"")]
)
def test_telemetry_that_cannot_be_is_refused(packet: TmPacket) -> None:
    with pytest.raises(FrameError):
        encode_tm_packet(packet)


@given(st.lists(tm_packets, max_size=5))
def test_packets_end_to_end_are_split(packets: list[TmPacket]) -> None:
    encoded = [encode_tm_packet(packet) for packet in packets]
    assert split_packets(b"".join(encoded)) == encoded


def test_a_cut_packet_is_refused() -> None:
    with pytest.raises(FrameError, match="cut short"):
        split_packets(encode_tm_packet(TmPacket(1, 0, 1, 1, 0, b"data"))[:-1])


@given(st.integers(7, 65542))
def test_idle_packets_have_their_length(length: int) -> None:
    packet = idle_packet(length)
    assert len(packet) == length
    assert read_primary_header(packet) == PrimaryHeader(IDLE_APID, 0, False, length)


@pytest.mark.parametrize("length", [6, 65543])
def test_no_idle_packet_is_shorter_or_longer(length: int) -> None:
    with pytest.raises(FrameError):
        idle_packet(length)


@given(st.integers(0, 2**32 * 10**9 - 1000))
def test_clock_readings_come_back_to_half_a_tick(sclk_ns: int) -> None:
    decoded = decode_cuc(encode_cuc(sclk_ns))
    assert abs(decoded - sclk_ns) <= TICK_NS / 2 + 0.5
    assert encode_cuc(decoded) == encode_cuc(sclk_ns)


def test_known_clock_readings() -> None:
    assert encode_cuc(0) == bytes(7)
    assert encode_cuc(1_500_000_000).hex() == "00000001800000"
    assert split_sclk(10**9 - 1) == (1, 0)  # the nearest tick carries
    assert join_sclk(2, 1 << 22) == 2_250_000_000


@pytest.mark.parametrize("sclk_ns", [-(10**9), 2**32 * 10**9])
def test_a_clock_reading_out_of_range_is_refused(sclk_ns: int) -> None:
    with pytest.raises(FrameError, match="time code"):
        encode_cuc(sclk_ns)


def test_a_time_code_of_another_length_is_refused() -> None:
    with pytest.raises(FrameError, match="7 octets"):
        decode_cuc(bytes(6))
