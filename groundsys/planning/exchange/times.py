"""Instants as the texts of exchange files: UTC, to the nanosecond where a file is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant

InstantT = TypeVar("InstantT", bound=Instant)

#: ASCII time codes A (calendar) and B (day of year) of CCSDS 301.0-B, UTC
_TIME_CODE = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d{2})-(?P<day>\d{2})|(?P<day_of_year>\d{3}))"
    r"T(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?Z?"
)


def utc_text(instant: Instant) -> str:
    """ISO 8601 in UTC with as many decimals as it takes to lose nothing."""
    whole, _, micros = instant.utc_iso(6).rstrip("Z").partition(".")
    fraction = f"{micros}{instant.tai_ns % 1000:03d}".rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def day_of_year_text(instant: Instant) -> str:
    """ASCII time code B (CCSDS 301.0-B, section 3.5.1.2), to the millisecond, cut."""
    utc = instant.to_utc()
    return f"{utc:%Y-%jT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def read_utc(text: str, kind: type[InstantT], where: str) -> InstantT:
    """An instant from either time code; `PlanError` tells `where` the text stood."""
    found = _TIME_CODE.fullmatch(text.strip())
    if found is None:
        raise _bad_time(text, where)
    year, hour, minute, second = (int(found[part]) for part in ("year", "hour", "minute", "second"))
    try:
        if found["day_of_year"]:
            number = int(found["day_of_year"])
            date = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)
            if number < 1 or date.year != year:
                raise ValueError
        else:
            date = datetime(year, int(found["month"]), int(found["day"]), tzinfo=UTC)
        utc = date.replace(hour=hour, minute=minute, second=second)
    except ValueError:
        raise _bad_time(text, where) from None
    fraction_ns = int((found["fraction"] or "").ljust(9, "0"))
    return kind(kind.from_utc(utc).tai_ns + fraction_ns)


def _bad_time(text: str, where: str) -> PlanError:
    return PlanError(
        f"{where} is no time",
        expected="UTC such as 2031-08-20T06:00:00.5Z or 2031-232T06:00:00.5Z",
        found=text,
    )
