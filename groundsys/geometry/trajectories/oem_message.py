"""CCSDS Orbit Ephemeris Messages (502.0-B-3) as text: taken apart, epochs read, faults placed.

The library `oem` takes KVN and XML apart.  What is in them is checked and interpolated by
`oem_trajectory`, because the library refuses the header's new keywords of issue 3 and
interpolates instant by instant (a thousand times slower).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from groundsys.geometry.time_scales import FloatArray, tdb_seconds
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import tai_minus_utc_s

#: TAI less the named scale, in nanoseconds; UTC steps, and TDB is that of the ephemerides
_TAI_AHEAD_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19_000_000_000}
TIME_SYSTEMS = ("UTC", "TDB", *_TAI_AHEAD_NS)
EPOCH_EXAMPLES = "such as 2031-08-20T06:00:00.000 or 2031-232T06:00:00"
_VERSIONS = ("1.0", "2.0", "3.0")

#: calendar or ordinal date, fraction as long as wanted
_EPOCH = re.compile(r"^(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2})(?:\.(\d*))?Z?$")
_J2000 = "2000-01-01T12:00:00"
_DAYS_TO_1970 = date(1970, 1, 1).toordinal()
_LIBRARY_ERROR = re.compile(r"Error on line (\d+): (.*)")


@dataclass(frozen=True)
class Message:
    """A message as text: header, and per segment its metadata and lines of data."""

    path: Path
    text: str
    header: Mapping[str, str]
    segments: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> Message:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise _bad(path, "cannot be read", found=str(error), remedy="name another") from error
        header, segments = _taken_apart(path, text)
        message = cls(path, text, header, segments)
        version = header.get("CCSDS_OEM_VERS", "").strip()
        if version not in _VERSIONS:
            raise message.bad(
                "is of a version that is not known",
                line=message.line_of("CCSDS_OEM_VERS"),
                expected=f"CCSDS_OEM_VERS {', '.join(_VERSIONS)}",
                found=version or "none",
            )
        if not segments:
            raise message.bad("holds no segment", expected="META_START … META_STOP and states")
        return message

    def created_tdb_s(self) -> float:
        created = self.header.get("CREATION_DATE")
        if created is None:
            raise self.bad("names no CREATION_DATE", expected="CREATION_DATE in its header")
        return float(self.times(("CREATION_DATE",), [created], "UTC")[0])

    def times(self, keys: Sequence[str], epochs: Sequence[str], system: str) -> FloatArray:
        """Epochs as TDB since J2000; `keys` says what they are, for messages."""
        try:
            return epochs_tdb_s(epochs, system)
        except EpochError as error:
            number, epoch = error.number, epochs[error.number]
            raise self.bad(
                f"holds an epoch that is none in {keys[min(number, len(keys) - 1)]}",
                line=self.line_of(epoch),
                expected=EPOCH_EXAMPLES,
                found=epoch,
            ) from None

    def line_of(self, word: str, occurrence: int = 1) -> int:
        """The line on which `word` stands for the given time, or 0."""
        return self._line_like(re.escape(word), occurrence)

    def line_of_state(self, epoch: str, occurrence: int = 1) -> int:
        """The line of a state (KVN) or of its epoch (XML), or 0."""
        return self._line_like(rf"(^\s*|EPOCH>\s*){re.escape(epoch)}", occurrence)

    def _line_like(self, pattern: str, occurrence: int) -> int:
        for number, line in enumerate(self.text.splitlines(), 1):
            if re.search(pattern, line):
                occurrence -= 1
                if occurrence == 0:
                    return number
        return 0

    def bad(
        self, what: str, *, line: int = 0, expected: str = "", found: str = "", remedy: str = ""
    ) -> DefinitionError:
        return _bad(self.path, what, line=line, expected=expected, found=found, remedy=remedy)


class EpochError(ValueError):
    """The epoch of that number is none."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def epochs_tdb_s(epochs: Sequence[str], system: str) -> FloatArray:
    """CCSDS epochs (calendar or ordinal dates) of one of `TIME_SYSTEMS` as TDB since J2000."""
    ns = np.empty(len(epochs), dtype=np.int64)
    for number, epoch in enumerate(epochs):
        try:
            ns[number] = _epoch_ns(epoch.strip(), system == "UTC")
        except ValueError:
            raise EpochError(number) from None
    if system == "TDB":
        return np.asarray((ns - _epoch_ns(_J2000, False)) / 1e9)
    return tdb_seconds(ns + _TAI_AHEAD_NS.get(system, 0))


def _taken_apart(path: Path, text: str) -> tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]:
    from oem.parsers import parse_kvn_oem, parse_xml_oem  # astropy comes with it: half a second

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library asks an XML element whether it is true
            if text.startswith("<"):
                header, segments = parse_xml_oem(io.StringIO(text))
                _name_covariance_frames(text, segments)
            elif text.startswith("CCSDS_OEM_VERS"):
                header, segments = parse_kvn_oem(io.StringIO(_spaced(text)))
            else:
                raise ValueError("Error on line 1: it does not begin with CCSDS_OEM_VERS")
    except Exception as error:
        line, what = _where(error)
        raise _bad(
            path,
            "is no orbit ephemeris message",
            line=line,
            expected="CCSDS 502.0-B in KVN or XML",
            found=what,
            remedy="ask its originator for a valid one",
        ) from error
    return header, segments


def _name_covariance_frames(text: str, segments: list[dict[str, Any]]) -> None:
    """The library takes every covariance of an XML message for one along REF_FRAME's axes."""
    from defusedxml.ElementTree import fromstring

    for segment, read in zip(fromstring(text)[1], segments, strict=True):
        frames = [
            next((part.text for part in one if _tag(part) == "COV_REF_FRAME"), None)
            for one in segment.iter()
            if _tag(one) == "covarianceMatrix"
        ]
        read["cov"] = [
            (row[0], frame or row[1], *row[2:])
            for row, frame in zip(read["cov"], frames, strict=True)
        ]


def _tag(element: Any) -> str:
    """Without its namespace."""
    return str(element.tag).rpartition("}")[-1]


def _spaced(text: str) -> str:
    """Blanks around the first equals sign of each line: the standard allows none, `oem` not."""
    return "\n".join(
        " = ".join(part.strip() for part in line.split("=", 1)) if "=" in line else line
        for line in text.splitlines()
    )


def _where(error: Exception) -> tuple[int, str]:
    """The line that a parser complained about (0 if it did not say) and its complaint."""
    position = getattr(error, "position", None)
    if position is not None:
        return int(position[0]), str(error)
    match = _LIBRARY_ERROR.match(str(error))
    return (int(match[1]), match[2]) if match else (0, str(error) or type(error).__name__)


def _bad(
    path: Path,
    what: str,
    *,
    line: int = 0,
    expected: str = "",
    found: str = "",
    remedy: str = "",
) -> DefinitionError:
    place = f"{path}:{line}" if line else str(path)
    return DefinitionError(
        f"trajectory file {place} {what}", expected=expected, found=found, remedy=remedy
    )


def _epoch_ns(text: str, utc: bool) -> int:
    """Nanoseconds since 1970, of TAI if `utc`, else of the scale itself; `ValueError` if none."""
    match = _EPOCH.match(text)
    if match is None:
        raise ValueError(text)
    year, month, day, ordinal, hour, minute, second, fraction = match.groups()
    if ordinal:
        days = date(int(year), 1, 1).toordinal() + int(ordinal) - 1
    else:
        days = date(int(year), int(month), int(day)).toordinal()
    whole_s = int(hour) * 3600 + int(minute) * 60 + int(second)
    if utc:
        whole_s += _leap_seconds(days)
    whole_s += (days - _DAYS_TO_1970) * 86_400
    return whole_s * 1_000_000_000 + int(f"{fraction or ''}000000000"[:9])


@cache
def _leap_seconds(day: int) -> int:
    one = date.fromordinal(day)
    return tai_minus_utc_s(datetime(one.year, one.month, one.day, tzinfo=UTC))
