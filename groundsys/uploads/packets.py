"""What a craft says of files that go up, read from its archived packets; and commands to it."""

from __future__ import annotations

from typing import Any

from groundsys.ccsds.calibration import engineering
from groundsys.ccsds.cfdp import (
    CANCEL_REQUESTED,
    FILE_DATA_OVERHEAD,
    METADATA_SEGMENT,
    Pdu,
    ack_pdu,
    eof_pdu,
    file_data_pdu,
    metadata_pdu,
    parse_pdu,
)
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.onboard_files import ENABLE_COMMAND, GROUND_ENTITY
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.uploads import progress
from groundsys.uploads.progress import FileReport, segment_of
from groundsys.uploads.upload import Upload
from groundsys.values.errors import CommandRefusedError, FrameError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

#: packets, and the commands that carry words to the craft
PDU_PACKET = PDU_COMMAND = "CFDP_PDU"
FILE_REPORT = "FILE_REPORT"
_VERIFY_COMMAND, _REPORT_COMMAND = "FILE_VERIFY", "FILE_REPORT"
DELETE_COMMAND = "FILE_DELETE"
#: their argument, and a report's field
FILE_NUMBER = "file_number"


def takes_uploads(craft: Spacecraft) -> bool:
    """Whether a craft has an upload area."""
    return ENABLE_COMMAND in {command.name for command in craft.model.commands}


def require_uploads(craft: Spacecraft) -> None:
    """Raise `CommandRefusedError` for a craft that takes no files."""
    if not takes_uploads(craft):
        raise CommandRefusedError(
            f"{craft.id} takes no files",
            expected=f"a craft whose model has the command {ENABLE_COMMAND}",
        )


def area_octets(craft: Spacecraft) -> int:
    """The size of its upload area."""
    return round(craft.platform["upload_area_kb"] * 1e3)


def longest_piece(craft: Spacecraft) -> int:
    """Octets of a file that one command carries at most."""
    length = next(
        one for one in craft.model.command(PDU_COMMAND).arguments if one.name == "pdu_length"
    )
    return int(length.maximum or 255) - FILE_DATA_OVERHEAD


def read_pdu(model: SpacecraftModel, packet: ArchivedPacket) -> Pdu:
    """The PDU in a craft's own packet; `FrameError` if there is none."""
    return parse_pdu(_fields(model, packet)["pdu"])


def read_report(
    model: SpacecraftModel, packet: ArchivedPacket, made_at: Instant
) -> tuple[int, FileReport]:
    """The number of the file that a report is about, and what it says; `FrameError` if none."""
    values = _fields(model, packet)
    state = next(one for one in model.packet(FILE_REPORT).fields if one.name == "file_state")
    return values[FILE_NUMBER], FileReport(
        state=str(engineering(state, values["file_state"])),
        sha256=values["file_sha256"].hex(),
        octets_received=values["file_octets_received"],
        size=values["file_size"],
        made_at=made_at,
    )


def _fields(model: SpacecraftModel, packet: ArchivedPacket) -> dict[str, Any]:
    if not packet.binary:
        raise FrameError(f"{packet.name} was archived without its octets")
    fields = model.packet(packet.name).fields
    return decode_fields(fields, packet.binary[TM_HEADER_LENGTH:-CRC_LENGTH])


def command_of(
    upload: Upload, entity: int, what: str, content: bytes
) -> tuple[str, dict[str, Any]]:
    """The command, and its arguments, that says a word to the craft of this entity."""
    match what:
        case progress.VERIFY:
            sha256 = bytes.fromhex(upload.sha256)
            return _VERIFY_COMMAND, {FILE_NUMBER: upload.number, "file_sha256": sha256}
        case progress.REPORT:
            return _REPORT_COMMAND, {FILE_NUMBER: upload.number}
    pdu = _pdu(upload, entity, what, content)
    return PDU_COMMAND, {"pdu_length": len(pdu), "pdu": pdu}


def _pdu(upload: Upload, entity: int, what: str, content: bytes) -> bytes:
    identity = (GROUND_ENTITY, entity, upload.number)
    segment = segment_of(what)
    if segment == METADATA_SEGMENT:
        return metadata_pdu(
            *identity,
            file_size=upload.size,
            source_name=upload.name,
            destination_name=upload.destination_name,
        )
    if segment is not None:
        start, end = segment
        return file_data_pdu(*identity, offset=start, data=content[start:end])
    match what:
        case progress.EOF:
            return eof_pdu(*identity, file_size=upload.size, checksum=upload.checksum)
        case progress.CANCEL:
            return eof_pdu(*identity, file_size=0, checksum=0, condition=CANCEL_REQUESTED)
        case progress.ACK:
            return ack_pdu(*identity, acknowledged="finished", active=False)
    raise FrameError(f"no PDU says '{what}'", expected="metadata, a piece, eof, ack or cancel")
