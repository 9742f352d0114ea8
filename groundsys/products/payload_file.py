"""A payload's file: a header of 32 bytes, then records of constant cadence.

Header, big-endian: magic `GSP1`, uint16 payload number, uint16 record length in bytes, uint32
record count, uint32 sequence number, uint64 SCLK of the first record in ns, uint64 sample
interval in ns of SCLK.  A record holds the fields of `Payload.record` one after the other
(`groundsys.ccsds.records`).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.ccsds.records import decode_records, record_length
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import ProductError

MAGIC = b"GSP1"
HEADER = struct.Struct(">4sHHIIQQ")
HEADER_OCTETS = HEADER.size
_LARGEST_SCLK_NS = (1 << 63) - 1

Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PayloadHeader:
    """What a payload file says about itself; times in nanoseconds of SCLK."""

    payload_number: int
    record_length: int
    record_count: int
    sequence: int
    start_sclk_ns: int
    sample_interval_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class PayloadFile:
    """A decoded payload file.

    `raw` maps each record field to its raw values, one element a record; `present` is False for
    records of which a byte never came, whose raw values mean nothing.
    """

    header: PayloadHeader
    raw: Mapping[str, NDArray[Any]]
    present: NDArray[np.bool_]

    def sclk_ns(self) -> NDArray[np.int64]:
        """SCLK of every record in nanoseconds."""
        steps = np.arange(self.header.record_count, dtype=np.int64)
        return self.header.start_sclk_ns + steps * self.header.sample_interval_ns

    def runs(self, *, present: bool) -> tuple[tuple[int, int], ...]:
        """Half-open index ranges of neighbouring records that are (or are not) there."""
        return runs_of(self.present == present)


def runs_of(chosen: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """Half-open index ranges of neighbouring elements that are true."""
    wanted = np.concatenate(([False], chosen, [False]))
    edges = np.flatnonzero(wanted[1:] != wanted[:-1])
    return tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def decode_payload_file(payload: Payload, data: bytes, missing: Ranges = ()) -> PayloadFile:
    """Read a payload file; `ProductError` if it is not what its payload's definition says.

    `missing` are half-open byte ranges of `data` that were never received.
    """
    header = decode_header(data, missing)
    if header.payload_number != payload.settings["number"]:
        raise ProductError(
            f"not a file of payload '{payload.id}'",
            expected=f"payload number {payload.settings['number']}",
            found=f"payload number {header.payload_number}",
        )
    expected_length = record_length(payload.record)
    if header.record_length != expected_length:
        raise ProductError(
            f"file of payload '{payload.id}' has records of another length",
            expected=f"{expected_length} bytes a record, as defined",
            found=f"{header.record_length} bytes",
            remedy="compare the payload's record definition with the craft's software version",
        )
    expected_size = HEADER.size + header.record_count * header.record_length
    if len(data) != expected_size:
        raise ProductError(
            f"file of payload '{payload.id}' is not as long as its header says",
            expected=f"{expected_size} bytes for {header.record_count} records",
            found=f"{len(data)} bytes",
        )
    raw = decode_records(payload.record, data[HEADER.size :])
    return PayloadFile(header, raw, _present(header, missing))


def decode_header(data: bytes, missing: Ranges = ()) -> PayloadHeader:
    """Read the header alone; `ProductError` if it is none or never came."""
    if len(data) < HEADER.size:
        raise ProductError(
            "payload file ends inside its header",
            expected=f"at least {HEADER.size} bytes",
            found=f"{len(data)} bytes",
        )
    if any(start < HEADER.size and end > start for start, end in missing):
        raise ProductError("part of the payload file's header never came")
    magic, *fields = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise ProductError(
            "not a payload file", expected=f"magic {MAGIC!r}", found=f"magic {magic!r}"
        )
    header = PayloadHeader(*fields)
    last_ns = header.start_sclk_ns + header.record_count * header.sample_interval_ns
    if header.sample_interval_ns == 0 or last_ns > _LARGEST_SCLK_NS:
        raise ProductError(
            "payload file's times are impossible",
            expected="a sample interval above zero and an end before SCLK 2^63 ns",
            found=f"start {header.start_sclk_ns} ns, interval {header.sample_interval_ns} ns, "
            f"{header.record_count} records",
        )
    return header


def sclk_span(data: bytes) -> tuple[int, int] | None:
    """The clock's readings from the first record to the end, in ns; None if no header tells."""
    try:
        header = decode_header(data)
    except ProductError:
        return None
    length_ns = header.record_count * header.sample_interval_ns
    return header.start_sclk_ns, header.start_sclk_ns + length_ns


def engineering_values(field: Field, raw: NDArray[Any]) -> NDArray[np.float64]:
    """Calibrated values in the field's unit: its polynomial applied, or the raw number."""
    numbers = raw.astype(np.float64)
    if not field.polynomial:
        return numbers
    return np.asarray(np.polynomial.polynomial.polyval(numbers, field.polynomial), np.float64)


def _present(header: PayloadHeader, missing: Ranges) -> NDArray[np.bool_]:
    present = np.ones(header.record_count, dtype=np.bool_)
    for start, end in missing:
        if end > start:
            first = max(0, start - HEADER.size) // header.record_length
            last = -(-max(0, end - HEADER.size) // header.record_length)
            present[first:last] = False
    return present
