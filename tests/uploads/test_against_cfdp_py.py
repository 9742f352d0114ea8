"""An outside sender: cfdp-py's source handler sends a file over a lossy line to the craft.

Its PDUs go to the craft's upload area; ACK, NAK and Finished of the craft go back into it.  The
file comes out whole, and cfdp-py ends the transaction content.  The craft has no timer for NAKs:
whoever hears nothing says the EOF again, which here the line does, as our ground would.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
from pathlib import Path

import pytest
from cfdppy import (
    CfdpState,
    IndicationConfig,
    LocalEntityConfig,
    PutRequest,
    RemoteEntityConfig,
    RemoteEntityConfigTable,
)
from cfdppy.exceptions import PduIgnoredForSource
from cfdppy.handler.source import SourceHandler
from spacepackets.cfdp import ChecksumType, PduFactory, TransmissionMode
from spacepackets.seqcount import SeqCountProvider
from spacepackets.util import ByteFieldU16

from groundsys.ccsds.cfdp import EofPdu, encode_pdu
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY, software_image
from tests.files.test_against_cfdp_py import Faults, Patient, User, said_by
from tests.uploads.craft import OTV, Craft


def sender(user: User) -> SourceHandler:
    """A sender of class 2 that never gives up, and says its EOF at every turn."""
    remotes = RemoteEntityConfigTable()
    remotes.add_config(
        RemoteEntityConfig(
            entity_id=ByteFieldU16(OTV),
            max_file_segment_len=200,
            max_packet_len=240,
            closure_requested=False,
            crc_on_transmission=False,
            default_transmission_mode=TransmissionMode.ACKNOWLEDGED,
            crc_type=ChecksumType.CRC_32,
            positive_ack_timer_interval_seconds=0.0,
            positive_ack_timer_expiration_limit=1_000_000,
        )
    )
    return SourceHandler(
        LocalEntityConfig(ByteFieldU16(GROUND_ENTITY), IndicationConfig(), Faults()),
        user,
        remotes,
        Patient(),
        SeqCountProvider(bit_width=32),
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_file_from_cfdp_py_goes_up_over_a_lossy_line(tmp_path: Path, seed: int) -> None:
    draws = random.Random(seed)
    content = software_image(5, draws.randbytes(5_000))
    source = tmp_path / "fsw-5.img"
    source.write_bytes(content)
    user, craft = User(), Craft()
    handler = sender(user)
    target = Path("/software/fsw-5.img")
    handler.put_request(PutRequest(ByteFieldU16(OTV), source, target, None, None))
    number = -1
    eofs: list[EofPdu] = []

    def go_up() -> None:
        nonlocal number
        pdus = [pdu for pdu in said_by(handler) if draws.random() > 0.3]
        draws.shuffle(pdus)
        for pdu in pdus:
            number = pdu.transaction
            craft.area.take(pdu, 0)
            if isinstance(pdu, EofPdu):
                eofs.append(pdu)

    for _ in range(400):
        handler.state_machine()
        go_up()
        if eofs and draws.random() > 0.3:
            craft.area.take(eofs[-1], 0)
        for pdu in craft.take_said():
            if draws.random() > 0.3 and handler.state != CfdpState.IDLE:
                with contextlib.suppress(PduIgnoredForSource):  # in a step that awaits another
                    handler.state_machine(PduFactory.from_raw(encode_pdu(pdu)))
                go_up()
        if handler.state == CfdpState.IDLE:
            break
    file = craft.area.find(number)
    assert file is not None
    assert (file.state, bytes(file.memory)) == ("RECEIVED", content)
    craft.area.verify(number, hashlib.sha256(content).digest(), 0)
    assert file.state == "VERIFIED"
    assert len(user.finished) == 1
