"""Payload files, their sending, and the OTV's copy of them."""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.ccsds.cfdp import (
    METADATA_SEGMENT,
    AckPdu,
    EofPdu,
    FileDataPdu,
    MetadataPdu,
    NakPdu,
    file_checksum,
    finished_pdu,
    nak_pdu,
    parse_pdu,
)
from groundsys.ccsds.fields import decode_fields, encode_fields
from groundsys.ccsds.records import record_length
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.ccsds.tm_frames import FrameBuilder, decode_tm_frame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import DefinitionError
from sims.craft.computer.clock import OnBoardClock
from sims.craft.nature.dust import Dust
from sims.craft.payload.payload_files import HEADER, MAGIC, Nature, PayloadLogger, raw_columns
from sims.craft.payload.seismometer import GroundMotion
from sims.craft.payload.weather import Weather
from sims.craft.probe.cfdp_source import CfdpSource, corrupted
from sims.craft.radio.relay_index import RelayIndex

_CUBE, _GROUND = 419, 1
_SECOND = 1_000_000_000


def _logger(mission: Mission, scenario: Scenario, craft_id: str) -> PayloadLogger:
    craft = mission.spacecraft[craft_id]
    assert craft.payload is not None
    assert craft.site is not None
    nature: Nature = (
        GroundMotion(1, craft_id, craft.site)
        if craft.payload == "seismometer"
        else Weather(1, craft_id, craft.site, Dust())
    )
    clock = OnBoardClock.of(craft, scenario, 1)
    return PayloadLogger(mission.payloads[craft.payload], nature, clock, clock.start_ns)


@pytest.mark.parametrize("craft_id", ["cube-polar", "cube-tharsis"])
def test_file_is_what_the_definition_says(
    mission: Mission, scenario: Scenario, craft_id: str
) -> None:
    logger = _logger(mission, scenario, craft_id)
    payload = mission.payloads[mission.spacecraft[craft_id].payload or ""]
    start_ns = scenario.span.start.tai_ns
    boundary_ns = logger.next_boundary_tai_ns(start_ns)
    closed = logger.close(boundary_ns)
    assert closed is not None
    magic, number, length, count, sequence, first_ns, interval_ns = HEADER.unpack(
        closed.data[: HEADER.size]
    )
    assert (magic, number, sequence) == (MAGIC, payload.settings["number"], 1)
    assert closed.name == f"{payload.id}-000001.dat"
    assert length == record_length(payload.record)
    assert count == closed.records == round(payload.file_interval_s / payload.sample_interval_s)
    assert interval_ns == round(payload.sample_interval_s * 1e9)
    assert first_ns == closed.first_sclk_ns
    assert closed.last_sclk_ns == first_ns + (count - 1) * interval_ns
    records = closed.data[HEADER.size :]
    assert len(records) == count * length
    for index in (0, 1, count // 2, count - 1):
        octets = records[index * length : (index + 1) * length]
        assert encode_fields(payload.record, decode_fields(payload.record, octets)) == octets


def test_files_follow_each_other_without_a_gap(mission: Mission, scenario: Scenario) -> None:
    logger = _logger(mission, scenario, "cube-polar")
    now_ns = logger.next_boundary_tai_ns(scenario.span.start.tai_ns)
    first = logger.close(now_ns)
    off_ns = now_ns + 600 * _SECOND
    cut_short = logger.switch_off(off_ns)
    assert first is not None
    assert cut_short is not None
    assert cut_short.first_sclk_ns == first.last_sclk_ns + 5 * _SECOND
    assert (cut_short.sequence, cut_short.records) == (2, 120)
    assert logger.close(off_ns + 60 * _SECOND) is None
    logger.switch_on(off_ns + 900 * _SECOND)
    boundary_ns = logger.next_boundary_tai_ns(off_ns + 900 * _SECOND)
    rest = logger.close(boundary_ns)
    assert rest is not None
    assert rest.records == 720 - 120 - 180 - 1
    assert logger.records_taken(boundary_ns) == 720 + 120 + rest.records


def test_readings_stick_at_the_end_of_their_range(mission: Mission) -> None:
    record = mission.payloads["seismometer"].record
    loud = {field.name: np.array([1.0, -1.0, 0.0]) for field in record}
    raw = raw_columns(record, loud)
    assert raw["vertical"].tolist() == [(1 << 23) - 1, -(1 << 23), 0]
    with pytest.raises(DefinitionError, match="cannot fill record field vertical"):
        raw_columns(record, {})


def _sent(source: CfdpSource, room: int = 988) -> list[bytes]:
    pdus = []
    while (pdu := source.next_pdu(room)) is not None:
        assert len(pdu) <= room
        pdus.append(pdu)
    return pdus


def test_source_sends_once_repeats_what_is_asked_and_ends_when_finished() -> None:
    source = CfdpSource(_CUBE, _GROUND)
    data = bytes(range(256)) * 10
    source.add_file(7, "seismometer-000007.dat", data)
    pdus = [parse_pdu(octets) for octets in _sent(source)]
    assert isinstance(pdus[0], MetadataPdu)
    assert pdus[0].source_name == "seismometer-000007.dat"
    pieces = [pdu for pdu in pdus if isinstance(pdu, FileDataPdu)]
    assert b"".join(piece.data for piece in pieces) == data
    assert len(pieces) == 3
    assert isinstance(pdus[-1], EofPdu)
    assert pdus[-1].checksum == file_checksum(data)
    assert not source.has_pdu
    nak = nak_pdu(
        _CUBE, _GROUND, 7, scope_start=0, scope_end=2560, segments=[METADATA_SEGMENT, (10, 20)]
    )
    assert source.receive(nak) is None
    metadata, piece = (parse_pdu(octets) for octets in _sent(source))
    assert isinstance(metadata, MetadataPdu)
    assert isinstance(piece, FileDataPdu)
    assert (piece.offset, piece.data) == (10, data[10:20])
    assert source.receive(finished_pdu(_CUBE, _GROUND, 7)) == "seismometer-000007.dat"
    assert (source.files_waiting, source.files_delivered) == (0, 1)
    assert source.receive(finished_pdu(_CUBE, _GROUND, 7)) is None
    answers = [parse_pdu(octets) for octets in _sent(source)]
    assert all(isinstance(a, AckPdu) and a.acknowledged == "finished" for a in answers)
    assert len(answers) == 2


def test_corrupted_file_differs_in_one_octet() -> None:
    data = bytes(1000)
    changed = corrupted(data)
    assert len(changed) == len(data)
    assert sum(a != b for a, b in zip(data, changed, strict=True)) == 1


def _relayed(source: CfdpSource, room: int) -> tuple[RelayIndex[int], dict[int, bytes]]:
    """An index that has seen all frames of a source, and the frames by relay packet count."""
    builder = FrameBuilder(_CUBE, 1, 1024)
    index: RelayIndex[int] = RelayIndex()
    frames: dict[int, bytes] = {}
    for count, pdu in enumerate(_sent(source, room)):
        data = len(pdu).to_bytes(2, "big") + pdu
        builder.add(encode_tm_packet(TmPacket(3, count, 201, 1, 0, data)))
    master = iter(range(10_000))
    taken = builder.take(flush=True, ocf=bytes(4), master_channel_count=lambda: next(master))
    for count, octets in enumerate(taken, start=5000):
        index.note(decode_tm_frame(octets), count)
        frames[count] = octets
    return index, frames


@pytest.mark.parametrize("room", [988, 700])
def test_index_answers_a_nak_from_its_copy(room: int) -> None:
    source = CfdpSource(_CUBE, _GROUND)
    source.add_file(1, "seismometer-000001.dat", bytes(20_000))
    index, frames = _relayed(source, room)
    assert len(index) == 1
    nak = NakPdu(_CUBE, _GROUND, 1, 0, 20_000, (METADATA_SEGMENT, (0, 20_000)))
    everything = index.answer(nak)
    assert everything.missing == ()
    assert set(everything.carriers) >= set(list(frames)[:-1])
    one = index.answer(NakPdu(_CUBE, _GROUND, 1, 0, 20_000, ((10_000, 10_001),)))
    assert 1 <= len(one.carriers) <= 2
    beyond = index.answer(NakPdu(_CUBE, _GROUND, 1, 0, 30_000, ((19_000, 25_000),)))
    assert beyond.missing == ((20_000, 25_000),)
    unknown = index.answer(NakPdu(_CUBE, _GROUND, 2, 0, 10, ((0, 10),)))
    assert (unknown.carriers, unknown.missing) == ((), ((0, 10),))


def test_eof_is_unacknowledged_until_acknowledged() -> None:
    source = CfdpSource(_CUBE, _GROUND)
    source.add_file(1, "weather-000001.dat", bytes(3000))
    index, frames = _relayed(source, 988)
    assert index.unacknowledged_eofs() == [(max(frames),)]
    index.acknowledge_eof(_CUBE, 1)
    assert index.unacknowledged_eofs() == []
    index.forget(_CUBE, 1)
    assert len(index) == 0
