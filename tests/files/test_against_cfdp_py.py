"""An outside sender: cfdp-py's source handler sends a file over a lossy line to our fold.

Its PDUs go through our parser into the fold; our answers go back into it.  The file comes out
whole, and cfdp-py ends the transaction content with our ACK, NAKs and Finished.
"""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cfdppy import (
    CfdpState,
    CfdpUserBase,
    IndicationConfig,
    LocalEntityConfig,
    PutRequest,
    RemoteEntityConfig,
    RemoteEntityConfigTable,
)
from cfdppy.exceptions import PduIgnoredForSource
from cfdppy.handler.source import SourceHandler
from cfdppy.mib import CheckTimerProvider, DefaultFaultHandlerBase
from spacepackets.cfdp import ChecksumType, PduFactory, TransmissionMode
from spacepackets.countdown import Countdown
from spacepackets.seqcount import SeqCountProvider
from spacepackets.util import ByteFieldU16

from groundsys.ccsds.cfdp import Pdu, parse_pdu
from groundsys.files.answers import Patience, Said, answers
from groundsys.files.reception import ArchivedPdu, Receptions, take_pdus
from groundsys.values.instants import Instant

CUBE, GROUND = ByteFieldU16(0x1A2), ByteFieldU16(1)
NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PATIENCE = Patience(relay=timedelta(0), sender=timedelta(0), finished_limit=100)


class Faults(DefaultFaultHandlerBase):  # type: ignore[misc]
    """Any fault ends the test."""

    def _fail(self, *found: object) -> None:
        raise AssertionError(f"cfdp-py declares a fault: {found}")

    notice_of_suspension_cb = notice_of_cancellation_cb = _fail
    abandoned_cb = ignore_cb = _fail


class User(CfdpUserBase):  # type: ignore[misc]
    """Remembers how the transaction ended."""

    def __init__(self) -> None:
        super().__init__()
        self.finished: list[Any] = []

    def transaction_finished_indication(self, params: Any) -> None:
        self.finished.append(params)

    def _ignore(self, *_: object) -> None:
        """Of no interest here."""

    transaction_indication = eof_sent_indication = metadata_recv_indication = _ignore
    file_segment_recv_indication = report_indication = suspended_indication = _ignore
    resumed_indication = fault_indication = abandoned_indication = eof_recv_indication = _ignore


class Patient(CheckTimerProvider):  # type: ignore[misc]
    """Timers that never run out within a test."""

    def provide_check_timer(self, *_: object) -> Countdown:
        return Countdown(timedelta(hours=1))


def sender(user: User) -> SourceHandler:
    remotes = RemoteEntityConfigTable()
    remotes.add_config(
        RemoteEntityConfig(
            entity_id=GROUND,
            max_file_segment_len=200,
            max_packet_len=240,
            closure_requested=False,
            crc_on_transmission=False,
            default_transmission_mode=TransmissionMode.ACKNOWLEDGED,
            crc_type=ChecksumType.CRC_32,
            positive_ack_timer_interval_seconds=0.0,  # an EOF is repeated at every turn
            positive_ack_timer_expiration_limit=1_000_000,
        )
    )
    return SourceHandler(
        LocalEntityConfig(CUBE, IndicationConfig(), Faults()),
        user,
        remotes,
        Patient(),
        SeqCountProvider(bit_width=32),
    )


def said_by(handler: SourceHandler) -> list[Pdu]:
    """What the handler wants to send now."""
    found = []
    while (holder := handler.get_next_packet()) is not None:
        found.append(parse_pdu(bytes(holder.pdu.pack())))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_file_from_cfdp_py_over_a_lossy_line(tmp_path: Path, seed: int) -> None:
    draws = random.Random(seed)
    content = draws.randbytes(5_000)
    source = tmp_path / "weather-000001.dat"
    source.write_bytes(content)
    user = User()
    handler = sender(user)
    handler.put_request(PutRequest(GROUND, source, Path("weather-000001.dat"), None, None))
    receptions: Receptions = {}
    for step in range(400):
        now = NOON.plus_seconds(step)
        handler.state_machine()
        arrived = [ArchivedPdu(pdu, now) for pdu in said_by(handler) if draws.random() > 0.3]
        draws.shuffle(arrived)
        receptions = take_pdus(receptions, arrived)
        for reception in receptions.values():
            for answer in answers(
                reception, Said(), now, PATIENCE, nothing_under_way=True, maximum_octets=100
            ):
                if draws.random() > 0.3 and handler.state != CfdpState.IDLE:
                    with contextlib.suppress(PduIgnoredForSource):  # in a step that awaits another
                        handler.state_machine(PduFactory.from_raw(answer.pdu))
                    arrived = [ArchivedPdu(pdu, now) for pdu in said_by(handler)]
                    receptions = take_pdus(receptions, arrived)
        if handler.state == CfdpState.IDLE:
            break
    (reception,) = receptions.values()
    assert reception.completion() == "complete"
    assert reception.content() == content
    assert len(user.finished) == 1
