"""CFDP protocol data units (CCSDS 727.0-B-5), class 2, as frozen values.

Entity ids of two octets, transaction numbers of four, small files, no PDU CRC.  `spacepackets`
writes and reads the octets; here they become values of ours, and bad octets a `FrameError`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spacepackets.cfdp import PduConfig, PduFactory
from spacepackets.cfdp.defs import (
    ChecksumType,
    ConditionCode,
    DeliveryCode,
    FileStatus,
    TransmissionMode,
)
from spacepackets.cfdp.pdu import ack, eof, file_data, finished, metadata, nak
from spacepackets.cfdp.pdu.file_directive import DirectiveType
from spacepackets.util import ByteFieldU16, ByteFieldU32

from groundsys.values.errors import FrameError

NO_ERROR = int(ConditionCode.NO_ERROR)
CHECKSUM_FAILURE = int(ConditionCode.FILE_CHECKSUM_FAILURE)
CANCEL_REQUESTED = int(ConditionCode.CANCEL_REQUEST_RECEIVED)
#: the NAK segment that asks for the metadata (727.0-B-5 §5.2.6.1)
METADATA_SEGMENT = (0, 0)
#: octets that a file data PDU has beside its data
FILE_DATA_OVERHEAD = 16

Acknowledged = Literal["eof", "finished"]
_DIRECTIVES: dict[Acknowledged, DirectiveType] = {
    "eof": DirectiveType.EOF_PDU,
    "finished": DirectiveType.FINISHED_PDU,
}


@dataclass(frozen=True, slots=True)
class Pdu:
    """What every PDU says of its transaction: source entity and number name it."""

    source_entity: int
    destination_entity: int
    transaction: int


@dataclass(frozen=True, slots=True)
class MetadataPdu(Pdu):
    file_size: int
    source_name: str
    destination_name: str


@dataclass(frozen=True, slots=True)
class FileDataPdu(Pdu):
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class EofPdu(Pdu):
    file_size: int
    checksum: int
    condition: int = NO_ERROR


@dataclass(frozen=True, slots=True)
class AckPdu(Pdu):
    acknowledged: Acknowledged
    condition: int = NO_ERROR
    active: bool = True


@dataclass(frozen=True, slots=True)
class NakPdu(Pdu):
    """Asks for `segments`, each (start, end) in octets, end excluded; (0, 0) is the metadata."""

    scope_start: int
    scope_end: int
    segments: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FinishedPdu(Pdu):
    complete: bool
    condition: int = NO_ERROR


def file_checksum(data: bytes) -> int:
    """The CRC-32 that the EOF carries (SANA checksum identifier 3)."""
    return zlib.crc32(data)


def encode_pdu(pdu: Pdu) -> bytes:
    """The PDU's octets; `FrameError` for a value that its field cannot hold."""
    try:
        configuration = PduConfig(
            source_entity_id=ByteFieldU16(pdu.source_entity),
            dest_entity_id=ByteFieldU16(pdu.destination_entity),
            transaction_seq_num=ByteFieldU32(pdu.transaction),
            trans_mode=TransmissionMode.ACKNOWLEDGED,
        )
        return bytes(_to_library(pdu, configuration).pack())
    except (ValueError, struct.error) as error:
        raise FrameError(
            f"a CFDP {type(pdu).__name__} cannot be encoded",
            expected="entities of 16 bits, transaction, offsets and sizes of 32",
            found=str(error),
        ) from error


def parse_pdu(
    data: bytes,
) -> MetadataPdu | FileDataPdu | EofPdu | AckPdu | NakPdu | FinishedPdu:
    """The PDU in `data`; `FrameError` if it is none of the six kinds that class 2 needs here."""
    try:
        _refuse_other_length(data)
        unpacked: Any = PduFactory.from_raw(data)
    except FrameError:
        raise
    except Exception as error:  # the library raises six kinds, IndexError among them
        raise FrameError("not a CFDP PDU", found=repr(error)) from error
    if unpacked is not None:
        pdu = _from_library(unpacked, data)
        if pdu is not None:
            return pdu
    raise FrameError(
        "not a CFDP PDU that we use",
        expected="metadata, file data, EOF, ACK, NAK or Finished",
        found=type(unpacked).__name__,
    )


def metadata_pdu(
    source_entity: int,
    destination_entity: int,
    transaction: int,
    *,
    file_size: int,
    source_name: str,
    destination_name: str,
) -> bytes:
    """Begins a transaction: the file's size and names."""
    return encode_pdu(
        MetadataPdu(
            source_entity, destination_entity, transaction, file_size, source_name, destination_name
        )
    )


def file_data_pdu(
    source_entity: int, destination_entity: int, transaction: int, *, offset: int, data: bytes
) -> bytes:
    """A piece of the file."""
    return encode_pdu(FileDataPdu(source_entity, destination_entity, transaction, offset, data))


def eof_pdu(
    source_entity: int,
    destination_entity: int,
    transaction: int,
    *,
    file_size: int,
    checksum: int,
    condition: int = NO_ERROR,
) -> bytes:
    """Says that everything has been sent once."""
    return encode_pdu(
        EofPdu(source_entity, destination_entity, transaction, file_size, checksum, condition)
    )


def ack_pdu(
    source_entity: int,
    destination_entity: int,
    transaction: int,
    *,
    acknowledged: Acknowledged,
    condition: int = NO_ERROR,
    active: bool = True,
) -> bytes:
    """Acknowledges an EOF (by the receiver) or a Finished (by the sender)."""
    return encode_pdu(
        AckPdu(source_entity, destination_entity, transaction, acknowledged, condition, active)
    )


def nak_pdu(
    source_entity: int,
    destination_entity: int,
    transaction: int,
    *,
    scope_start: int,
    scope_end: int,
    segments: Sequence[tuple[int, int]],
) -> bytes:
    """Asks for what is missing."""
    return encode_pdu(
        NakPdu(
            source_entity, destination_entity, transaction, scope_start, scope_end, tuple(segments)
        )
    )


def finished_pdu(
    source_entity: int,
    destination_entity: int,
    transaction: int,
    *,
    complete: bool = True,
    condition: int = NO_ERROR,
) -> bytes:
    """Says that the receiver is done: the file is kept, or the transaction is given up."""
    return encode_pdu(
        FinishedPdu(source_entity, destination_entity, transaction, complete, condition)
    )


def _refuse_other_length(data: bytes) -> None:
    """The library would read whatever follows a PDU as part of it."""
    header_length = 4 + 2 * ((data[3] >> 4 & 0x7) + 1) + (data[3] & 0x7) + 1
    length = header_length + (data[1] << 8 | data[2])
    if len(data) != length:
        raise FrameError(
            "a CFDP PDU has the wrong length",
            expected=f"{length} octets",
            found=f"{len(data)} octets",
        )


def _to_library(pdu: Pdu, configuration: PduConfig) -> Any:
    match pdu:
        case MetadataPdu():
            return metadata.MetadataPdu(
                configuration,
                metadata.MetadataParams(
                    closure_requested=False,  # §5.2.5: always 0 in acknowledged mode
                    checksum_type=ChecksumType.CRC_32,
                    file_size=pdu.file_size,
                    source_file_name=pdu.source_name,
                    dest_file_name=pdu.destination_name,
                ),
            )
        case FileDataPdu():
            return file_data.FileDataPdu(
                configuration, file_data.FileDataParams(pdu.data, pdu.offset)
            )
        case EofPdu():
            return eof.EofPdu(
                configuration,
                file_checksum=pdu.checksum,
                file_size=pdu.file_size,
                condition_code=ConditionCode(pdu.condition),
            )
        case AckPdu():
            status = ack.TransactionStatus
            return ack.AckPdu(
                configuration,
                _DIRECTIVES[pdu.acknowledged],
                ConditionCode(pdu.condition),
                status.ACTIVE if pdu.active else status.TERMINATED,
            )
        case NakPdu():
            return nak.NakPdu(configuration, pdu.scope_start, pdu.scope_end, list(pdu.segments))
        case FinishedPdu():
            complete = pdu.complete
            return finished.FinishedPdu(
                configuration,
                finished.FinishedParams(
                    condition_code=ConditionCode(pdu.condition),
                    delivery_code=(
                        DeliveryCode.DATA_COMPLETE if complete else DeliveryCode.DATA_INCOMPLETE
                    ),
                    file_status=(
                        FileStatus.FILE_RETAINED if complete else FileStatus.DISCARDED_DELIBERATELY
                    ),
                ),
            )
    raise FrameError("no CFDP PDU of ours", found=type(pdu).__name__)


def _from_library(
    unpacked: Any, data: bytes
) -> MetadataPdu | FileDataPdu | EofPdu | AckPdu | NakPdu | FinishedPdu | None:
    header = unpacked.pdu_header
    base = (
        int(header.source_entity_id.value),
        int(header.dest_entity_id.value),
        int(header.transaction_seq_num.value),
    )
    match unpacked:
        case metadata.MetadataPdu():
            return MetadataPdu(
                *base,
                unpacked.file_size,
                unpacked.source_file_name or "",
                unpacked.dest_file_name or "",
            )
        case file_data.FileDataPdu():
            return FileDataPdu(*base, unpacked.offset, bytes(unpacked.file_data))
        case eof.EofPdu():
            # spacepackets 0.32.0 leaves the condition code in the octet's upper half
            condition = data[header.header_len + 1] >> 4
            checksum = int.from_bytes(unpacked.file_checksum, "big")
            return EofPdu(*base, unpacked.file_size, checksum, condition)
        case ack.AckPdu():
            return AckPdu(
                *base,
                "eof"
                if unpacked.directive_code_of_acked_pdu == DirectiveType.EOF_PDU
                else "finished",
                int(unpacked.condition_code_of_acked_pdu),
                unpacked.transaction_status == ack.TransactionStatus.ACTIVE,
            )
        case nak.NakPdu():
            return NakPdu(
                *base,
                unpacked.start_of_scope,
                unpacked.end_of_scope,
                tuple((int(start), int(end)) for start, end in unpacked.segment_requests),
            )
        case finished.FinishedPdu():
            return FinishedPdu(
                *base,
                unpacked.delivery_code == DeliveryCode.DATA_COMPLETE,
                int(unpacked.condition_code),
            )
    return None


def is_towards_sender(data: bytes) -> bool:
    """Whether the octets are of a PDU on its way to the file's sender (ACK(EOF), NAK, Finished)."""
    return bool(data) and bool(data[0] & 0x08)
