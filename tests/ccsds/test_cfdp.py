"""CFDP PDUs, with cfdp-py's handlers as the other end."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from cfdppy.handler.dest import DestHandler
from cfdppy.handler.source import SourceHandler
from cfdppy.mib import (
    CheckTimerProvider,
    DefaultFaultHandlerBase,
    IndicationConfig,
    LocalEntityConfig,
    RemoteEntityConfig,
    RemoteEntityConfigTable,
)
from cfdppy.request import PutRequest
from cfdppy.user import CfdpUserBase
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.cfdp import ChecksumType, PduFactory, TransmissionMode
from spacepackets.countdown import Countdown
from spacepackets.seqcount import SeqCountProvider
from spacepackets.util import ByteFieldU16

from groundsys.ccsds.cfdp import (
    CANCEL_REQUESTED,
    CHECKSUM_FAILURE,
    FILE_DATA_OVERHEAD,
    METADATA_SEGMENT,
    AckPdu,
    EofPdu,
    FileDataPdu,
    FinishedPdu,
    MetadataPdu,
    NakPdu,
    Pdu,
    ack_pdu,
    encode_pdu,
    eof_pdu,
    file_checksum,
    file_data_pdu,
    finished_pdu,
    is_towards_sender,
    metadata_pdu,
    nak_pdu,
    parse_pdu,
)
from groundsys.values.errors import FrameError

CUBE, GROUND = 418, 1
NUMBER = 7
NAMES = (CUBE, GROUND, NUMBER)

entities = st.integers(0, 0xFFFF)
whole = st.integers(0, 0xFFFFFFFF)
header = (entities, entities, whole)
conditions = st.sampled_from([0, 1, 4, CHECKSUM_FAILURE, 7, CANCEL_REQUESTED])
names = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=40)
pdus: st.SearchStrategy[Pdu] = st.one_of(
    st.builds(MetadataPdu, *header, whole, names, names),
    st.builds(FileDataPdu, *header, whole, st.binary(min_size=1, max_size=1000)),
    st.builds(EofPdu, *header, whole, whole, conditions),
    st.builds(AckPdu, *header, st.sampled_from(["eof", "finished"]), conditions, st.booleans()),
    st.builds(
        NakPdu,
        *header,
        whole,
        whole,
        st.lists(st.tuples(whole, whole), max_size=10).map(tuple),
    ),
    st.builds(FinishedPdu, *header, st.booleans(), conditions),
)


@given(pdus)
def test_pdus_come_back(pdu: Pdu) -> None:
    octets = encode_pdu(pdu)
    assert parse_pdu(octets) == pdu


@given(pdus, st.integers(1, 5))
def test_a_pdu_of_another_length_is_refused(pdu: Pdu, octets: int) -> None:
    encoded = encode_pdu(pdu)
    with pytest.raises(FrameError):
        parse_pdu(encoded[:-octets])
    with pytest.raises(FrameError):
        parse_pdu(encoded + bytes(octets))


@pytest.mark.parametrize(
    "pdu",
    [
        FileDataPdu(0x10000, GROUND, NUMBER, 0, b"a"),
        FileDataPdu(CUBE, GROUND, 1 << 32, 0, b"a"),
        FileDataPdu(CUBE, GROUND, NUMBER, 1 << 32, b"a"),
        EofPdu(*NAMES, file_size=1 << 32, checksum=0),
        EofPdu(*NAMES, file_size=0, checksum=0, condition=77),
        MetadataPdu(*NAMES, 0, "a" * 256, "b"),
        Pdu(*NAMES),
    ],
)
def test_a_pdu_that_cannot_be_is_refused(pdu: Pdu) -> None:
    with pytest.raises(FrameError):
        encode_pdu(pdu)


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_pdu_or_refused(octets: bytes) -> None:
    with contextlib.suppress(FrameError):
        assert isinstance(parse_pdu(octets), Pdu)


def test_pdus_octet_by_octet() -> None:
    # 727.0-B-5 table 5-1: version 1, file data, towards receiver, acknowledged; length; 2/4 octets
    data = file_data_pdu(*NAMES, offset=5, data=b"abc")
    assert data.hex() == "30" + "0007" + "13" + "01a2" + "00000007" + "0001" + "00000005" + "616263"
    assert len(data) == FILE_DATA_OVERHEAD + 3
    ack = ack_pdu(*NAMES, acknowledged="eof")
    assert ack.hex() == "28" + "0003" + "13" + "01a2" + "00000007" + "0001" + "06" + "40" + "01"
    nak = nak_pdu(*NAMES, scope_start=0, scope_end=9, segments=[METADATA_SEGMENT, (4, 9)])
    assert nak[12:].hex() == "08" + "0000000000000009" + "0000000000000000" + "0000000400000009"


def test_directions() -> None:
    towards_sender = [
        ack_pdu(*NAMES, acknowledged="eof"),
        nak_pdu(*NAMES, scope_start=0, scope_end=9, segments=[]),
        finished_pdu(*NAMES),
    ]
    towards_receiver = [
        metadata_pdu(*NAMES, file_size=1, source_name="a", destination_name="a"),
        file_data_pdu(*NAMES, offset=0, data=b"a"),
        eof_pdu(*NAMES, file_size=1, checksum=0),
        ack_pdu(*NAMES, acknowledged="finished"),
    ]
    assert all(is_towards_sender(octets) for octets in towards_sender)
    assert not any(is_towards_sender(octets) for octets in [*towards_receiver, b""])


# --- cfdp-py as the other end --------------------------------------------------------------------


class Faults(DefaultFaultHandlerBase):  # type: ignore[misc]
    """Any fault is a failed test."""

    def _fail(self, transaction: Any, condition: Any, progress: int) -> None:
        raise AssertionError(f"{transaction}: {condition} at {progress}")

    notice_of_suspension_cb = notice_of_cancellation_cb = abandoned_cb = ignore_cb = _fail


class Timers(CheckTimerProvider):  # type: ignore[misc]
    def provide_check_timer(self, *_: Any, **__: Any) -> Countdown:
        return Countdown.from_seconds(60.0)


class User(CfdpUserBase):  # type: ignore[misc]
    """Remembers only what a transfer ended with."""

    def __init__(self) -> None:
        super().__init__()
        self.finished: list[Any] = []

    def transaction_finished_indication(self, params: Any) -> None:
        self.finished.append(params)

    def _ignore(self, *_: Any, **__: Any) -> None:
        """Nothing to remember."""

    transaction_indication = eof_sent_indication = metadata_recv_indication = _ignore
    file_segment_recv_indication = report_indication = suspended_indication = _ignore
    resumed_indication = fault_indication = abandoned_indication = eof_recv_indication = _ignore


def entity(local: int, remote: int) -> tuple[LocalEntityConfig, RemoteEntityConfigTable]:
    configuration = LocalEntityConfig(ByteFieldU16(local), IndicationConfig(), Faults())
    table = RemoteEntityConfigTable()
    table.add_config(
        RemoteEntityConfig(
            entity_id=ByteFieldU16(remote),
            max_file_segment_len=256,
            max_packet_len=512,
            closure_requested=False,
            crc_on_transmission=False,
            default_transmission_mode=TransmissionMode.ACKNOWLEDGED,
            crc_type=ChecksumType.CRC_32,
        )
    )
    return configuration, table


def answers_of(handler: Any, octets: bytes | None) -> list[bytes]:
    """What a cfdp-py handler says to one PDU of ours."""
    handler.state_machine(PduFactory.from_raw(octets) if octets is not None else None)
    answers: list[bytes] = []
    while handler.packets_ready:
        while handler.packets_ready:
            answers.append(bytes(handler.get_next_packet().pdu.pack()))
        handler.state_machine()
    return answers


def test_cfdp_py_receives_what_we_send_and_we_understand_its_answers(tmp_path: Path) -> None:
    content = bytes(range(256)) * 3
    target = tmp_path / "out.dat"
    user = User()
    configuration, table = entity(GROUND, CUBE)
    receiver = DestHandler(configuration, user, table, Timers())
    pieces = {offset: content[offset : offset + 200] for offset in range(0, len(content), 200)}
    sent = [
        metadata_pdu(
            *NAMES, file_size=len(content), source_name="in.dat", destination_name=str(target)
        ),
        *(
            file_data_pdu(*NAMES, offset=offset, data=piece)
            for offset, piece in pieces.items()
            if offset != 200
        ),
        eof_pdu(*NAMES, file_size=len(content), checksum=file_checksum(content)),
    ]
    answers = [parse_pdu(a) for octets in sent for a in answers_of(receiver, octets)]
    assert AckPdu(*NAMES, "eof") in answers
    naks = [answer for answer in answers if isinstance(answer, NakPdu)]
    assert {segment for nak in naks for segment in nak.segments} == {(200, 400)}

    missing = file_data_pdu(*NAMES, offset=200, data=pieces[200])
    answers = [parse_pdu(a) for octets in (missing, None) for a in answers_of(receiver, octets)]
    assert answers == [FinishedPdu(*NAMES, complete=True)]
    assert target.read_bytes() == content
    answers_of(receiver, ack_pdu(*NAMES, acknowledged="finished"))
    assert len(user.finished) == 1


def test_cfdp_py_sends_what_we_read_and_obeys_our_answers(tmp_path: Path) -> None:
    content = bytes(range(256)) * 3
    source = tmp_path / "in.dat"
    source.write_bytes(content)
    user = User()
    configuration, table = entity(CUBE, GROUND)
    sender = SourceHandler(configuration, user, table, Timers(), SeqCountProvider(32))
    sender.put_request(
        PutRequest(ByteFieldU16(GROUND), source, Path("out.dat"), None, closure_requested=None)
    )
    said = [parse_pdu(octets) for octets in answers_of(sender, None)]
    while not isinstance(said[-1], EofPdu):
        said += [parse_pdu(octets) for octets in answers_of(sender, None)]
    first = said[0]
    assert isinstance(first, MetadataPdu)
    assert (first.file_size, first.destination_name) == (len(content), "out.dat")
    assert said[-1].checksum == file_checksum(content)
    received = bytearray(len(content))
    for pdu in said:
        if isinstance(pdu, FileDataPdu):
            received[pdu.offset : pdu.offset + len(pdu.data)] = pdu.data
    assert bytes(received) == content

    names = (CUBE, GROUND, first.transaction)
    answers_of(sender, ack_pdu(*names, acknowledged="eof"))
    nak = nak_pdu(*names, scope_start=0, scope_end=768, segments=[METADATA_SEGMENT, (256, 512)])
    again = [parse_pdu(octets) for octets in answers_of(sender, nak)]
    assert first in again
    assert FileDataPdu(*names, 256, content[256:512]) in again
    closing = [parse_pdu(octets) for octets in answers_of(sender, finished_pdu(*names))]
    assert AckPdu(*names, "finished") in [
        AckPdu(*names, pdu.acknowledged) for pdu in closing if isinstance(pdu, AckPdu)
    ]
