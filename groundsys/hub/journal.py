"""The frame journal: every frame that came, once and for ever, and what Yamcs has taken of it.

An append-only file of records `length, CRC-32, msgpack`; written without a buffer, so that what
`append` has returned from outlives a killed process.  A record cut short by a crash is dropped
when the file is opened again.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundsys.bus.wire import pack, unpack
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import DiskFullError, EnvironmentLackError, FrameError

_HEADER = struct.Struct(">II")
_FRAME, _TAKEN = "frame", "taken"

#: the journal's name in the hub's folder
JOURNAL = "frames.journal"


@dataclass(frozen=True, slots=True)
class JournalFrame:
    """A transfer frame as it came.

    `ert_ns` is the Earth receive time of its first bit, `order_ns` the clock by which frames of
    its channel are put in order: that same time, or the relay's SCLK for a frame that a relay
    carried.  `count` is its virtual channel's, unwrapped, as far as was known when it came.
    """

    spacecraft: str
    virtual_channel: int
    count: int
    order_ns: int
    ert_ns: int
    antenna: str
    corrected_symbols: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """Yamcs has taken all frames of the craft that stand before this record."""

    spacecraft: str


class FrameJournal:
    """One journal file; the only one to write it."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise EnvironmentLackError(
                "the frame journal cannot be opened",
                expected=f"a file {path} that may be written",
                found=str(error),
                remedy="choose another folder for the run",
            ) from error
        self._end = 0

    def records(self) -> Iterator[tuple[int, JournalFrame | Taken]]:
        """Every whole record with its place, from the beginning; then the file is ready to grow."""
        size = os.fstat(self._file).st_size
        place = 0
        while place < size:
            content = self._content(place)
            if content is None:
                os.ftruncate(self._file, place)
                break
            yield place, _from_wire(content)
            place += _HEADER.size + len(content)
        self._end = place

    def append(self, record: JournalFrame | Taken) -> int:
        """Write one record; the place where it stands."""
        content = _to_wire(record)
        place = self._end
        octets = _HEADER.pack(len(content), zlib.crc32(content)) + content
        try:
            written = os.write(self._file, octets)
        except OSError as error:
            if is_disk_full(error):
                raise _no_room(str(error)) from error
            raise EnvironmentLackError(
                "the frame journal cannot be written",
                found=str(error),
                remedy="see to the disk and start again; nothing received so far is lost",
            ) from error
        if written != len(octets):
            os.ftruncate(self._file, place)
            raise _no_room(f"{written} of {len(octets)} octets written")
        self._end += written
        return place

    def frame(self, place: int) -> JournalFrame:
        """The frame that stands at `place`."""
        content = self._content(place)
        record = _from_wire(content) if content is not None else None
        if not isinstance(record, JournalFrame):
            raise FrameError("the frame journal has been changed", found=f"no frame at {place}")
        return record

    def close(self) -> None:
        os.close(self._file)

    def _content(self, place: int) -> bytes | None:
        header = os.pread(self._file, _HEADER.size, place)
        if len(header) < _HEADER.size:
            return None
        length, checksum = _HEADER.unpack(header)
        content = os.pread(self._file, length, place + _HEADER.size)
        if len(content) < length or zlib.crc32(content) != checksum:
            return None
        return content


def read_journal(path: Path) -> list[JournalFrame]:
    """The frames of a journal that somebody else may be writing."""
    return list(journaled_frames(path))


def journaled_frames(path: Path) -> Iterator[JournalFrame]:
    """The same one by one, for journals that fit no memory."""
    journal = FrameJournal.__new__(FrameJournal)
    journal._file = os.open(path, os.O_RDONLY)
    try:
        place, size = 0, os.fstat(journal._file).st_size
        while place < size and (content := journal._content(place)) is not None:
            record = _from_wire(content)
            if isinstance(record, JournalFrame):
                yield record
            place += _HEADER.size + len(content)
    finally:
        journal.close()


def _no_room(found: str) -> DiskFullError:
    return DiskFullError(
        "the frame journal cannot grow",
        found=found,
        remedy="free some space: the hub goes on by itself, nothing received so far is lost",
    )


def _to_wire(record: JournalFrame | Taken) -> bytes:
    if isinstance(record, Taken):
        return pack([_TAKEN, record.spacecraft])
    return pack(
        [
            _FRAME,
            *(record.spacecraft, record.virtual_channel, record.count, record.order_ns),
            *(record.ert_ns, record.antenna, record.corrected_symbols, record.data),
        ]
    )


def _from_wire(content: bytes) -> JournalFrame | Taken:
    kind, *fields = unpack(content)
    return JournalFrame(*fields) if kind == _FRAME else Taken(*fields)
