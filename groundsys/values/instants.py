"""Instants that name their clock.

All instants are integers of nanoseconds of TAI since 1970-01-01T00:00:00 TAI, so that a
difference is exact and a sort is a sort of integers.  UTC is read and written only at the
border.  Event, transmit and receive time are different types, joined by a `LightTime`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

NANOSECONDS_PER_SECOND = 1_000_000_000
#: a mean solar day on Mars (M. Allison & M. McEwen, Planet. Space Sci. 48, 2000: 88 775.244 s)
SOL_S = 88_775.244

#: (UTC date from which it holds, TAI − UTC in seconds): IERS Bulletin C; none announced since 2017.
_LEAP_SECONDS: tuple[tuple[datetime, int], ...] = tuple(
    (datetime(year, month, 1, tzinfo=UTC), offset)
    for year, month, offset in (
        (1972, 1, 10), (1972, 7, 11), (1973, 1, 12), (1974, 1, 13), (1975, 1, 14),
        (1976, 1, 15), (1977, 1, 16), (1978, 1, 17), (1979, 1, 18), (1980, 1, 19),
        (1981, 7, 20), (1982, 7, 21), (1983, 7, 22), (1985, 7, 23), (1988, 1, 24),
        (1990, 1, 25), (1991, 1, 26), (1992, 7, 27), (1993, 7, 28), (1994, 7, 29),
        (1996, 1, 30), (1997, 7, 31), (1999, 1, 32), (2006, 1, 33), (2009, 1, 34),
        (2012, 7, 35), (2015, 7, 36), (2017, 1, 37),
    )
)  # fmt: skip

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: the same table by TAI: a new offset holds from the start of the leap second that brings it
_TAI_MINUS_UTC_S = (10, *(offset for _, offset in _LEAP_SECONDS))
_OFFSET_HOLDS_FROM_TAI_NS = (
    -(2**63),
    *(
        (round((start - _EPOCH).total_seconds()) + offset - 1) * NANOSECONDS_PER_SECOND
        for start, offset in _LEAP_SECONDS
    ),
)


def tai_minus_utc_s(utc: datetime) -> int:
    """Seconds by which TAI is ahead of UTC at `utc` (10 before 1972, by convention)."""
    offset = 10
    for start, value in _LEAP_SECONDS:
        if utc < start:
            break
        offset = value
    return offset


@dataclass(frozen=True, slots=True, eq=False)
class Instant:
    """A moment of mission time on the TAI scale.

    Two instants compare by their `tai_ns`, whatever their type; arithmetic keeps the left
    operand's type.
    """

    tai_ns: int

    @classmethod
    def from_utc(cls, utc: datetime) -> Self:
        """From an aware `datetime`; a naive one raises `ValueError`."""
        if utc.tzinfo is None:
            raise ValueError(f"{utc!r} names no time zone; expected an aware UTC datetime")
        delta = utc.astimezone(UTC) - _EPOCH
        whole_s = delta.days * 86_400 + delta.seconds
        leap_s = tai_minus_utc_s(utc)
        return cls((whole_s + leap_s) * NANOSECONDS_PER_SECOND + delta.microseconds * 1_000)

    @classmethod
    def from_utc_iso(cls, text: str) -> Self:
        """From an ISO 8601 text in UTC, such as `2031-08-20T06:00:00Z`."""
        utc = datetime.fromisoformat(text)
        return cls.from_utc(utc if utc.tzinfo else utc.replace(tzinfo=UTC))

    def to_utc(self) -> datetime:
        """As an aware UTC `datetime`, to the microsecond.

        A leap second, which `datetime` cannot write as 23:59:60, repeats second 59.
        """
        offset = _TAI_MINUS_UTC_S[bisect_right(_OFFSET_HOLDS_FROM_TAI_NS, self.tai_ns) - 1]
        return _EPOCH + timedelta(microseconds=self.tai_ns // 1_000) - timedelta(seconds=offset)

    def utc_iso(self, digits: int = 3) -> str:
        """As ISO 8601 UTC text with `digits` (0 to 6) decimals, cut and not rounded."""
        utc = self.to_utc()
        fraction = f".{utc.microsecond:06d}"[: digits + 1] if digits else ""
        return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"

    def plus_seconds(self, seconds: float) -> Self:
        """This instant moved by `seconds` of SI time."""
        return type(self)(self.tai_ns + round(seconds * NANOSECONDS_PER_SECOND))

    def seconds_since(self, other: Instant) -> float:
        """SI seconds from `other` to this instant."""
        return (self.tai_ns - other.tai_ns) / NANOSECONDS_PER_SECOND

    def __add__(self, delta: timedelta) -> Self:
        return type(self)(self.tai_ns + _nanoseconds(delta))

    def __sub__(self, delta: timedelta) -> Self:
        return type(self)(self.tai_ns - _nanoseconds(delta))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instant) and self.tai_ns == other.tai_ns

    # written out: desks compare instants too often for `total_ordering`

    def __lt__(self, other: Instant) -> bool:
        return self.tai_ns < other.tai_ns

    def __le__(self, other: Instant) -> bool:
        return self.tai_ns <= other.tai_ns

    def __gt__(self, other: Instant) -> bool:
        return self.tai_ns > other.tai_ns

    def __ge__(self, other: Instant) -> bool:
        return self.tai_ns >= other.tai_ns

    def __hash__(self) -> int:
        return hash(self.tai_ns)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.utc_iso(6)})"


class TransmitTime(Instant):
    """TXT: when a signal leaves the station's antenna."""

    __slots__ = ()

    def arriving_after(self, light_time: LightTime) -> SpacecraftEventTime:
        return SpacecraftEventTime(self.tai_ns + light_time.ns)


class EarthReceiveTime(Instant):
    """ERT: when a signal reaches the station's antenna."""

    __slots__ = ()

    def emitted_before(self, light_time: LightTime) -> SpacecraftEventTime:
        return SpacecraftEventTime(self.tai_ns - light_time.ns)


class SpacecraftEventTime(Instant):
    """SCET: when something happens at the craft."""

    __slots__ = ()

    def received_after(self, light_time: LightTime) -> EarthReceiveTime:
        return EarthReceiveTime(self.tai_ns + light_time.ns)


@dataclass(frozen=True, slots=True, order=True)
class LightTime:
    """One-way light time of one path at one moment, in nanoseconds."""

    ns: int

    @classmethod
    def from_seconds(cls, seconds: float) -> LightTime:
        return cls(round(seconds * NANOSECONDS_PER_SECOND))

    @property
    def seconds(self) -> float:
        return self.ns / NANOSECONDS_PER_SECOND


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open stretch of mission time, `start` up to but without `end`."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"interval ends {self.end!r} before it starts {self.start!r}")

    @property
    def seconds(self) -> float:
        return self.end.seconds_since(self.start)

    def contains(self, instant: Instant) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: Interval) -> bool:
        return self.start < other.end and other.start < self.end


def _nanoseconds(delta: timedelta) -> int:
    whole_s = delta.days * 86_400 + delta.seconds
    return whole_s * NANOSECONDS_PER_SECOND + delta.microseconds * 1_000
