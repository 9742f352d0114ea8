"""The sending end of CFDP class 2 on a cube (CCSDS 727.0-B-5 §4.6.4, §4.6.6).

Metadata, file data and EOF go out once; what a NAK asks for goes out again; Finished is
acknowledged and ends the file.  No timers: sessions are hours apart and the OTV, which keeps a
copy, repeats an unacknowledged EOF and answers NAKs, as the store-and-forward overlay of §5 of
the standard's green book (720.1-G) has a waypoint do.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from groundsys.ccsds.cfdp import (
    FILE_DATA_OVERHEAD,
    METADATA_SEGMENT,
    FinishedPdu,
    NakPdu,
    ack_pdu,
    eof_pdu,
    file_checksum,
    file_data_pdu,
    metadata_pdu,
    parse_pdu,
)

#: a file data PDU with less room than this for data is not worth sending
_SHORTEST_SEGMENT = 64


@dataclass(slots=True)
class _Transaction:
    name: str
    data: bytes
    #: what is still to go out: segments (start, end), METADATA_SEGMENT among them
    segments: deque[tuple[int, int]] = field(default_factory=deque)
    eof_wanted: bool = True


class CfdpSource:
    """Files on their way; a file's sequence number is its transaction number."""

    def __init__(self, entity: int, destination: int) -> None:
        self._entity = entity
        self._destination = destination
        self._transactions: dict[int, _Transaction] = {}
        self._answers: deque[bytes] = deque()
        self.files_delivered = 0

    def add_file(self, transaction: int, name: str, data: bytes) -> None:
        """Queue a closed file behind the others."""
        self._transactions[transaction] = _Transaction(
            name, data, deque([METADATA_SEGMENT, (0, len(data))])
        )

    @property
    def files_waiting(self) -> int:
        """Files that no Finished has ended yet."""
        return len(self._transactions)

    @property
    def bytes_waiting(self) -> int:
        return sum(len(transaction.data) for transaction in self._transactions.values())

    @property
    def has_pdu(self) -> bool:
        """Whether anything is to be sent."""
        return bool(self._answers) or any(
            transaction.segments or transaction.eof_wanted
            for transaction in self._transactions.values()
        )

    def next_pdu(self, room: int) -> bytes | None:
        """The next PDU, no longer than `room` octets unless it cannot be cut; None if none waits.

        A file's pieces follow its metadata, and its EOF follows them; files go in order.
        """
        if self._answers:
            return self._answers.popleft()
        for number, transaction in self._transactions.items():
            if transaction.segments:
                return self._next_segment(number, transaction, room)
            if transaction.eof_wanted:
                transaction.eof_wanted = False
                return eof_pdu(
                    self._entity,
                    self._destination,
                    number,
                    file_size=len(transaction.data),
                    checksum=file_checksum(transaction.data),
                )
        return None

    def receive(self, pdu: bytes) -> str | None:
        """Take a PDU from the ground; the name of the file that it lets us delete, if any."""
        parsed = parse_pdu(pdu)
        if parsed.source_entity != self._entity:
            return None
        if isinstance(parsed, NakPdu):
            self._repeat(parsed)
        if isinstance(parsed, FinishedPdu):
            return self._finish(parsed)
        return None

    def _next_segment(self, number: int, transaction: _Transaction, room: int) -> bytes:
        start, end = transaction.segments.popleft()
        if (start, end) == METADATA_SEGMENT:
            return metadata_pdu(
                self._entity,
                self._destination,
                number,
                file_size=len(transaction.data),
                source_name=transaction.name,
                destination_name=transaction.name,
            )
        piece = min(end, start + max(room - FILE_DATA_OVERHEAD, _SHORTEST_SEGMENT))
        if piece < end:
            transaction.segments.appendleft((piece, end))
        return file_data_pdu(
            self._entity,
            self._destination,
            number,
            offset=start,
            data=transaction.data[start:piece],
        )

    def _repeat(self, nak: NakPdu) -> None:
        transaction = self._transactions.get(nak.transaction)
        if transaction is None:
            return
        for start, end in nak.segments:
            if (start, end) == METADATA_SEGMENT:
                transaction.segments.append(METADATA_SEGMENT)
            elif start < min(end, len(transaction.data)):
                transaction.segments.append((start, min(end, len(transaction.data))))

    def _finish(self, finished: FinishedPdu) -> str | None:
        self._answers.append(
            ack_pdu(
                self._entity,
                finished.destination_entity,
                finished.transaction,
                acknowledged="finished",
                condition=finished.condition,
                active=finished.transaction in self._transactions,
            )
        )
        transaction = self._transactions.pop(finished.transaction, None)
        if transaction is None:
            return None
        self.files_delivered += 1
        return transaction.name


def corrupted(data: bytes) -> bytes:
    """The file with one octet of its middle changed."""
    middle = len(data) // 2
    return data[:middle] + bytes((data[middle] ^ 0x55,)) + data[middle + 1 :]
