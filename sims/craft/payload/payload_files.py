"""The payload's files: sampled by a logger that never sleeps, closed at fixed boundaries.

A file is a header of 32 octets, big-endian, and records of `Payload.record`:

    magic "GSP1" · payload number (2) · record length (2) · record count (4) · sequence (4) ·
    SCLK of the first record in ns since the craft's epoch (8) · sample interval in ns of SCLK (8)

File number n covers n − 1 to n intervals of SCLK from the logger's start, half a minute after the
run's, so that no file closes on a full hour, where cut-offs lie.  Switching the
instrument off closes a file early; switched on again it begins the next one, up to the next
boundary.  The window of a campaign has files of its own, at its own cadence.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from groundsys.ccsds.calibration import raw_range
from groundsys.ccsds.records import encode_records, record_length
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import DefinitionError
from sims.craft.computer.clock import OnBoardClock
from sims.craft.computer.truth import TruthRecord

HEADER = struct.Struct(">4sHHIIQQ")
MAGIC = b"GSP1"
_FIRST_RECORD_AFTER_S = 30
#: far above the number of any file that a payload makes
_STRAY_NUMBERS = 900_000
_DAY_NS = 86_400 * 1_000_000_000


class Nature(Protocol):
    """What an instrument samples."""

    def sample(
        self, tai_ns: npt.NDArray[np.int64], file_number: int
    ) -> dict[str, npt.NDArray[np.float64]]:
        """Engineering values by record field at instants of true time."""
        ...


@dataclass(frozen=True, slots=True)
class Campaign:
    """A window of the craft's clock in which records are taken at another cadence, in ns."""

    start_ns: int
    length_ns: int
    sample_ns: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + self.length_ns

    def holds(self, sclk_ns: int) -> bool:
        return self.start_ns <= sclk_ns < self.end_ns


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A closed file and when, by the craft's clock, its first and last records were taken."""

    sequence: int
    name: str
    data: bytes
    records: int
    first_sclk_ns: int
    last_sclk_ns: int


class PayloadLogger:
    """Takes records at whole sample intervals of SCLK and closes files."""

    def __init__(
        self, payload: Payload, nature: Nature, clock: OnBoardClock, start_tai_ns: int
    ) -> None:
        self._payload = payload
        self._nature = nature
        self._clock = clock
        self._sample_ns = round(payload.sample_interval_s * 1e9)
        self._interval_ns = round(payload.file_interval_s * 1e9)
        self._origin_ns = self._origin_at(start_tai_ns)
        self._open_from_ns: int | None = self._origin_ns
        self._campaign: Campaign | None = None
        self.sequence = 1
        self._closed_records = 0

    @property
    def is_on(self) -> bool:
        return self._open_from_ns is not None

    def begin_anew(self, now_tai_ns: int) -> None:
        """The clock has jumped: count boundaries and records from what it shows now.

        A campaign was told by a clock that is no more.
        """
        self._campaign = None
        self._origin_ns = self._origin_at(now_tai_ns)
        if self._open_from_ns is not None:
            self._open_from_ns = self._origin_ns

    def _origin_at(self, tai_ns: int) -> int:
        second = self._clock.reading(tai_ns) // 1_000_000_000
        return (second + _FIRST_RECORD_AFTER_S) * 1_000_000_000

    def plan_campaign(self, campaign: Campaign) -> None:
        """Keep it in mind; it takes the place of one that was told before."""
        self._campaign = campaign

    def next_boundary_tai_ns(self, now_tai_ns: int) -> int:
        """The true time at which the file being written will close, or would if there were one."""
        now_ns = max(self._origin_ns, self._clock.reading(now_tai_ns))
        return self._clock.when(self._boundary_after(now_ns))

    def records_taken(self, now_tai_ns: int) -> int:
        """Records since the logger began."""
        return self._closed_records + self._records_until(self._clock.reading(now_tai_ns))

    def close(self, now_tai_ns: int) -> PayloadFile | None:
        """Close the file being written and begin the next; None if it holds no record."""
        records = self._records_until(self._clock.reading(now_tai_ns))
        if self._open_from_ns is None or records == 0:
            return None
        first_ns = self._open_from_ns
        sample_ns, end_ns = self._cadence_at(first_ns), self._boundary_after(first_ns)
        last_ns = first_ns + (records - 1) * sample_ns
        data = self._encode(first_ns, sample_ns, records)
        closed = PayloadFile(
            self.sequence,
            f"{self._payload.id}-{self.sequence:06d}.dat",
            data,
            records,
            first_ns,
            last_ns,
        )
        following_ns = last_ns + sample_ns
        self._open_from_ns = (
            following_ns if following_ns < end_ns else self._first_record_from(end_ns)
        )
        self._closed_records += records
        self.sequence += 1
        return closed

    def switch_off(self, now_tai_ns: int) -> PayloadFile | None:
        """Stop taking records; the file that this closes, if it holds any."""
        closed = self.close(now_tai_ns)
        self._open_from_ns = None
        return closed

    def switch_on(self, now_tai_ns: int) -> None:
        """Take records again from the next whole sample interval on."""
        if self._open_from_ns is None:
            self._open_from_ns = self._first_record_from(self._clock.reading(now_tai_ns) + 1)

    def _records_until(self, sclk_ns: int) -> int:
        """Records of the open file taken before `sclk_ns`, and before its boundary."""
        if self._open_from_ns is None:
            return 0
        end_ns = min(sclk_ns, self._boundary_after(self._open_from_ns))
        return max(0, -(-(end_ns - self._open_from_ns) // self._cadence_at(self._open_from_ns)))

    def _boundary_after(self, sclk_ns: int) -> int:
        """The next end of a file after a reading of the clock."""
        interval = (sclk_ns - self._origin_ns) // self._interval_ns + 1
        edges = [self._origin_ns + interval * self._interval_ns]
        if self._campaign is not None:
            edges += [self._campaign.start_ns, self._campaign.end_ns]
        return min(edge for edge in edges if edge > sclk_ns)

    def _cadence_at(self, sclk_ns: int) -> int:
        campaign = self._campaign
        return campaign.sample_ns if campaign and campaign.holds(sclk_ns) else self._sample_ns

    def _first_record_from(self, sclk_ns: int) -> int:
        """The first record at or after a reading: whole cadences from where they are counted."""
        campaign = self._campaign
        inside = campaign is not None and campaign.holds(sclk_ns)
        origin_ns = campaign.start_ns if campaign and inside else self._origin_ns
        cadence_ns = self._cadence_at(sclk_ns)
        return origin_ns + -(-(sclk_ns - origin_ns) // cadence_ns) * cadence_ns

    def _encode(self, first_ns: int, sample_ns: int, records: int) -> bytes:
        sclk_ns = first_ns + sample_ns * np.arange(records, dtype=np.int64)
        first_tai_ns = self._clock.when(first_ns)
        last_tai_ns = self._clock.when(int(sclk_ns[-1]))
        steps = np.arange(records) / max(1, records - 1)
        tai_ns = first_tai_ns + np.rint(steps * (last_tai_ns - first_tai_ns)).astype(np.int64)
        header = HEADER.pack(
            MAGIC,
            int(self._payload.settings["number"]),
            record_length(self._payload.record),
            records,
            self.sequence,
            first_ns,
            sample_ns,
        )
        values = self._nature.sample(tai_ns, self.sequence)
        return header + encode_records(
            self._payload.record, raw_columns(self._payload.record, values)
        )


def note_closed(truth: TruthRecord, closed: PayloadFile, payload: str, now_ns: int) -> None:
    """Write a closed file into the craft's own record."""
    truth.file(
        name=closed.name,
        payload=payload,
        sequence=closed.sequence,
        size=len(closed.data),
        sha256=hashlib.sha256(closed.data).hexdigest(),
        records=closed.records,
        first_sclk_ns=closed.first_sclk_ns,
        last_sclk_ns=closed.last_sclk_ns,
        closed_ns=now_ns,
    )


def stray_copy(file: PayloadFile) -> PayloadFile:
    """The same records as a file that the payload never made: another number, a day before."""
    sequence = file.sequence + _STRAY_NUMBERS
    magic, number, length, records, _, first_ns, interval_ns = HEADER.unpack_from(file.data)
    first_ns -= _DAY_NS
    header = HEADER.pack(magic, number, length, records, sequence, first_ns, interval_ns)
    return PayloadFile(
        sequence,
        file.name.replace(f"{file.sequence:06d}", f"{sequence:06d}"),
        header + file.data[HEADER.size :],
        records,
        first_ns,
        file.last_sclk_ns - _DAY_NS,
    )


def raw_columns(
    fields: tuple[Field, ...], values: Mapping[str, npt.NDArray[np.float64]]
) -> dict[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]]:
    """Raw values of engineering columns; readings beyond a field's range stick at its end.

    A field's own `minimum` and `maximum` bound the reading as the instrument does.  Raises
    `DefinitionError` for a field that is not sampled or whose calibration is no straight line.
    """
    columns: dict[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]] = {}
    for field in fields:
        if field.name not in values or len(field.polynomial) not in (0, 2):
            raise DefinitionError(
                f"the simulated instrument cannot fill record field {field.name}",
                expected=f"a linear calibration, and one of: {', '.join(sorted(values))}",
                found=f"{field.name}, polynomial {field.polynomial}",
            )
        engineering = np.clip(values[field.name], field.minimum, field.maximum)
        offset, slope = field.polynomial or (0.0, 1.0)
        raw = (engineering - offset) / slope
        if field.kind == "float":
            columns[field.name] = raw
        else:
            columns[field.name] = np.clip(np.rint(raw), *raw_range(field)).astype(np.int64)
    return columns
