"""The OTV's upload area: the receiving end of CFDP class 2 for files from the ground.

CCSDS 727.0-B-5 §4.6.4: metadata, pieces and EOF come in any order and more than once.  There are
no timers: each EOF is acknowledged and answered at once, by one NAK for the union of all gaps or
by Finished, so that whoever has heard nothing asks by saying the EOF again.

The area is non-volatile memory and survives a reboot.  What it holds is never used before the
ground has had its SHA-256 compared here (`verify`) and has enabled it.  The boot loader compares
once more, and boots the image before if memory has changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundsys.ccsds.cfdp import (
    CANCEL_REQUESTED,
    CHECKSUM_FAILURE,
    NO_ERROR,
    AckPdu,
    EofPdu,
    FileDataPdu,
    MetadataPdu,
    Pdu,
    ack_pdu,
    file_checksum,
    finished_pdu,
    nak_pdu,
)
from groundsys.ccsds.segments import union
from groundsys.mission.spacecraft.onboard_files import SOFTWARE, kind_of, software_version
from sims.craft.computer.commands import CommandFailure
from sims.craft.computer.uploaded_file import UploadedFile

#: files at once, and gaps that one NAK PDU asks for
FILES_LIMIT = 16
_GAPS_IN_A_NAK = 100


class UploadArea:
    """Bounded memory for files; `say` takes each PDU for the ground, `report` a file's number.

    Raises `CommandFailure` for what it does not take.  `upsets` are numbers of files of which an
    octet changes in memory once their reception is over.
    """

    def __init__(
        self,
        entity: int,
        capacity: int,
        first_version: int,
        *,
        say: Callable[[bytes, int], None],
        report: Callable[[Mapping[str, Any], int], None],
        upsets: frozenset[int] = frozenset(),
    ) -> None:
        self._entity = entity
        self._capacity = capacity
        self._say = say
        self._report = report
        self._upsets = upsets
        self._files: dict[int, UploadedFile] = {}
        #: files that are gone: late copies of their pieces bring nothing back
        self._gone: set[int] = set()
        self._boot_file: int | None = None
        #: of the software that was booted last
        self.running_version = first_version

    # --- reception -----------------------------------------------------------------------------

    def take(self, pdu: Pdu, now_ns: int) -> None:
        """Take a PDU from the ground's entity."""
        if pdu.transaction in self._gone:
            raise CommandFailure("NOT_FOUND")
        file = self._files.get(pdu.transaction)
        if isinstance(pdu, AckPdu):
            return
        if isinstance(pdu, EofPdu) and pdu.condition != NO_ERROR:
            self._cancel(pdu, file, now_ns)
            return
        file = file or self._begin(pdu)
        match pdu:
            case MetadataPdu():
                self._take_metadata(file, pdu)
            case FileDataPdu():
                self._take_piece(file, pdu)
            case EofPdu():
                self._take_eof(file, pdu, now_ns)
                return
            case _:
                raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        self._end_if_whole(file, now_ns)

    def _begin(self, pdu: Pdu) -> UploadedFile:
        if len(self._files) >= FILES_LIMIT:
            raise CommandFailure("TABLE_FULL")
        file = UploadedFile(pdu.transaction, pdu.source_entity)
        if isinstance(pdu, MetadataPdu | FileDataPdu | EofPdu):
            self._check(file, pdu)
            self._files[pdu.transaction] = file
        return file

    def _check(self, file: UploadedFile, pdu: MetadataPdu | FileDataPdu | EofPdu) -> None:
        """Whether there is room for what a PDU says of its file, and the file is one for us."""
        if isinstance(pdu, FileDataPdu):
            end = pdu.offset + len(pdu.data)
            if (file.metadata or file.eof) and end > file.size:
                raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        else:
            end = pdu.file_size
            if end < len(file.memory):
                raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        if isinstance(pdu, MetadataPdu) and kind_of(pdu.destination_name) is None:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        others = sum(
            max(one.size, len(one.memory)) for one in self._files.values() if one is not file
        )
        if others + max(end, file.size) > self._capacity:
            raise CommandFailure("NO_SPACE")

    def _take_metadata(self, file: UploadedFile, pdu: MetadataPdu) -> None:
        if file.metadata is None:
            self._check(file, pdu)
            file.metadata = pdu

    def _take_piece(self, file: UploadedFile, pdu: FileDataPdu) -> None:
        if file.state != "RECEIVING":
            return
        self._check(file, pdu)
        end = pdu.offset + len(pdu.data)
        if len(file.memory) < end:
            file.memory.extend(bytes(end - len(file.memory)))
        file.memory[pdu.offset : end] = pdu.data
        file.received = union([*file.received, (pdu.offset, end)])

    def _take_eof(self, file: UploadedFile, pdu: EofPdu, now_ns: int) -> None:
        if file.eof is None:
            self._check(file, pdu)
            file.eof = pdu
        self._say(ack_pdu(*self._identity(file), acknowledged="eof"), now_ns)
        if file.state == "RECEIVING" and file.missing():
            self._ask(file, now_ns)
        elif file.state == "RECEIVING":
            self._end_if_whole(file, now_ns)
        else:
            self._say_finished(file, now_ns)

    def _ask(self, file: UploadedFile, now_ns: int) -> None:
        """Ask for the union of the gaps, in NAK PDUs whose scopes together are the whole file."""
        lacking = file.missing()
        groups = [
            lacking[first : first + _GAPS_IN_A_NAK]
            for first in range(0, len(lacking), _GAPS_IN_A_NAK)
        ]
        begins = 0
        for group in groups:
            ends = file.size if group is groups[-1] else group[-1][1]
            pdu = nak_pdu(*self._identity(file), scope_start=begins, scope_end=ends, segments=group)
            self._say(pdu, now_ns)
            begins = ends

    def _end_if_whole(self, file: UploadedFile, now_ns: int) -> None:
        if file.state != "RECEIVING" or file.eof is None or file.missing():
            return
        if file_checksum(bytes(file.memory)) == file.eof.checksum:
            file.state = "RECEIVED"
            if file.number in self._upsets and file.memory:
                file.memory[len(file.memory) // 2] ^= 0x04
        else:
            file.state = "FAILED"
            file.memory.clear()
        self._say_finished(file, now_ns)
        self.report(file.number, now_ns)

    def _cancel(self, pdu: EofPdu, file: UploadedFile | None, now_ns: int) -> None:
        """The ground gives a transaction up; a file that is whole is for FILE_DELETE."""
        base = (pdu.source_entity, pdu.destination_entity, pdu.transaction)
        condition = pdu.condition or CANCEL_REQUESTED
        self._say(ack_pdu(*base, acknowledged="eof", condition=condition), now_ns)
        if file is not None and file.is_whole:
            self._say_finished(file, now_ns)
            return
        self._files.pop(pdu.transaction, None)
        self._gone.add(pdu.transaction)
        self._say(finished_pdu(*base, complete=False, condition=condition), now_ns)

    def _say_finished(self, file: UploadedFile, now_ns: int) -> None:
        condition = NO_ERROR if file.is_whole else CHECKSUM_FAILURE
        pdu = finished_pdu(*self._identity(file), complete=file.is_whole, condition=condition)
        self._say(pdu, now_ns)

    def _identity(self, file: UploadedFile) -> tuple[int, int, int]:
        return (file.source_entity, self._entity, file.number)

    # --- what becomes of a file ----------------------------------------------------------------

    def verify(self, number: int, sha256: bytes, now_ns: int) -> None:
        """Compare a file's SHA-256; unless it is this one, the file stays unusable."""
        file = self._whole(number)
        if file.sha256() != sha256:
            if file.state == "VERIFIED":
                file.state = "RECEIVED"
            self.report(number, now_ns)
            raise CommandFailure("HASH_MISMATCH")
        if file.state == "RECEIVED":
            file.state, file.verified_sha256 = "VERIFIED", sha256
        self.report(number, now_ns)

    def enable(self, number: int, now_ns: int) -> None:
        """Let a verified file have its effect: an image of software is booted next."""
        file = self._whole(number)
        if file.state not in ("VERIFIED", "ENABLED"):
            raise CommandFailure("FILE_NOT_VERIFIED")
        if file.sha256() != file.verified_sha256:
            file.state = "RECEIVED"
            self.report(number, now_ns)
            raise CommandFailure("HASH_MISMATCH")
        if file.kind != SOFTWARE or software_version(bytes(file.memory)) is None:
            raise CommandFailure("BAD_IMAGE")
        before = self._files.get(self._boot_file or 0)
        if before is not None and before is not file:
            before.state = "VERIFIED"
            self.report(before.number, now_ns)
        self._boot_file = number
        file.state = "ENABLED"
        self.report(number, now_ns)

    def delete(self, number: int) -> None:
        """Free a file's memory; never of the image that is booted next."""
        file = self._file(number)
        if file.state == "ENABLED":
            raise CommandFailure("FILE_IN_USE")
        del self._files[number]
        self._gone.add(number)

    def boot(self) -> int:
        """The version of the software that runs after a reboot."""
        file = self._files.get(self._boot_file or 0)
        if file is not None and file.sha256() == file.verified_sha256:
            self.running_version = software_version(bytes(file.memory)) or self.running_version
        return self.running_version

    def report(self, number: int, now_ns: int) -> None:
        """Report on one file."""
        file = self._file(number)
        self._report(
            {
                "file_number": file.number,
                "file_kind": file.kind.upper() or "NONE",
                "file_state": file.state,
                "file_size": file.size,
                "file_octets_received": file.octets_received,
                "file_sha256": file.sha256(),
            },
            now_ns,
        )

    @property
    def octets_used(self) -> int:
        return sum(len(file.memory) for file in self._files.values())

    def find(self, number: int) -> UploadedFile | None:
        """The file of this number, or None."""
        return self._files.get(number)

    def _file(self, number: int) -> UploadedFile:
        if number not in self._files:
            raise CommandFailure("NOT_FOUND")
        return self._files[number]

    def _whole(self, number: int) -> UploadedFile:
        file = self._file(number)
        if not file.is_whole:
            raise CommandFailure("FILE_INCOMPLETE")
        return file
