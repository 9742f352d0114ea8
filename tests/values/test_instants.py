"""Instants against themselves: round trips, order, types, intervals."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
    LightTime,
    SpacecraftEventTime,
    TransmitTime,
    tai_minus_utc_s,
)

utcs = st.datetimes(datetime(1972, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
instants = st.integers(-(10**18), 4 * 10**18).map(Instant)
kinds = st.sampled_from([Instant, TransmitTime, EarthReceiveTime, SpacecraftEventTime])


@given(utcs)
def test_utc_survives(utc: datetime) -> None:
    assert Instant.from_utc(utc).to_utc() == utc


@given(utcs)
def test_iso_text_survives(utc: datetime) -> None:
    instant = Instant.from_utc(utc)
    assert Instant.from_utc_iso(instant.utc_iso(6)) == instant


@given(utcs, st.integers(-14 * 60, 14 * 60))
def test_another_zone_names_the_same_instant(utc: datetime, minutes: int) -> None:
    there = utc.astimezone(timezone(timedelta(minutes=minutes)))
    assert Instant.from_utc(there) == Instant.from_utc(utc)


@given(instants)
def test_going_through_utc_costs_less_than_a_microsecond(instant: Instant) -> None:
    there_and_back = Instant.from_utc(instant.to_utc())
    # inside a leap second, which repeats second 59, one second is lost
    assert instant.tai_ns - there_and_back.tai_ns in range(0, NANOSECONDS_PER_SECOND + 1_000)


@given(utcs, st.integers(0, 10**9 - 1))
def test_utc_never_goes_back(utc: datetime, later_ns: int) -> None:
    instant = Instant.from_utc(utc)
    later = Instant(instant.tai_ns + later_ns + NANOSECONDS_PER_SECOND)
    assert later.to_utc() >= utc


@given(instants, instants)
def test_differences_are_exact_and_order_is_that_of_integers(a: Instant, b: Instant) -> None:
    assert (a < b) == (a.tai_ns < b.tai_ns)
    assert (a == b) == (a.tai_ns == b.tai_ns)
    assert a.seconds_since(b) == (a.tai_ns - b.tai_ns) / NANOSECONDS_PER_SECOND
    assert a.seconds_since(b) == -b.seconds_since(a)


@given(instants, st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)), kinds)
def test_a_timedelta_is_added_to_the_nanosecond(
    instant: Instant, delta: timedelta, kind: type[Instant]
) -> None:
    start = kind(instant.tai_ns)
    moved = start + delta
    assert type(moved) is kind
    assert moved.tai_ns - start.tai_ns == delta // timedelta(microseconds=1) * 1_000
    assert moved - delta == start


@given(instants, st.floats(-1e6, 1e6), kinds)
def test_plus_seconds_keeps_the_type_and_rounds(
    instant: Instant, seconds: float, kind: type[Instant]
) -> None:
    moved = kind(instant.tai_ns).plus_seconds(seconds)
    assert type(moved) is kind
    assert abs(moved.tai_ns - instant.tai_ns - seconds * NANOSECONDS_PER_SECOND) <= 1


@given(st.integers(0, 10**18), st.integers(0, 10**13))
def test_light_time_joins_the_three_clocks(sent_ns: int, light_ns: int) -> None:
    light_time = LightTime(light_ns)
    there = TransmitTime(sent_ns).arriving_after(light_time)
    back = there.received_after(light_time)
    assert type(there) is SpacecraftEventTime
    assert type(back) is EarthReceiveTime
    assert back.tai_ns - sent_ns == 2 * light_ns
    assert type(back.emitted_before(light_time)) is SpacecraftEventTime
    assert back.emitted_before(light_time) == there


def test_light_time_reads_in_seconds() -> None:
    assert LightTime.from_seconds(751.5).seconds == 751.5
    assert LightTime.from_seconds(1e-9) > LightTime(0)


def test_equal_moments_are_equal_whatever_their_type() -> None:
    assert EarthReceiveTime(5) == SpacecraftEventTime(5)
    assert len({EarthReceiveTime(5), Instant(5)}) == 1
    assert Instant(5) != 5


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        Instant.from_utc(datetime(2031, 8, 20))


def test_text_is_cut_and_not_rounded() -> None:
    instant = Instant.from_utc(datetime(2031, 8, 20, 23, 59, 59, 999_999, tzinfo=UTC))
    assert instant.utc_iso(0) == "2031-08-20T23:59:59Z"
    assert instant.utc_iso() == "2031-08-20T23:59:59.999Z"
    assert instant.utc_iso(6) == "2031-08-20T23:59:59.999999Z"


def test_text_without_a_zone_is_utc() -> None:
    assert Instant.from_utc_iso("2031-08-20T06:00:00") == Instant.from_utc_iso(
        "2031-08-20T15:00:00+09:00"
    )


@given(instants, kinds)
def test_instants_travel_between_processes(instant: Instant, kind: type[Instant]) -> None:
    start = kind(instant.tai_ns)
    copy = pickle.loads(pickle.dumps(start))
    assert (type(copy), copy) == (kind, start)


def test_before_1972_the_offset_is_ten_by_convention() -> None:
    assert tai_minus_utc_s(datetime(1970, 1, 1, tzinfo=UTC)) == 10
    assert Instant.from_utc(datetime(1970, 1, 1, tzinfo=UTC)).tai_ns == 10 * NANOSECONDS_PER_SECOND
    assert Instant(0).to_utc() == datetime(1969, 12, 31, 23, 59, 50, tzinfo=UTC)


@given(st.tuples(instants, instants).map(sorted), instants)
def test_an_interval_has_its_start_and_lacks_its_end(
    bounds: list[Instant], instant: Instant
) -> None:
    interval = Interval(bounds[0], bounds[1])
    assert interval.contains(instant) == (bounds[0].tai_ns <= instant.tai_ns < bounds[1].tai_ns)
    assert not interval.contains(bounds[1])
    assert interval.seconds == bounds[1].seconds_since(bounds[0])


@given(st.lists(instants, min_size=4, max_size=4))
def test_intervals_overlap_if_a_moment_is_in_both(four: list[Instant]) -> None:
    first, second = Interval(*sorted(four[:2])), Interval(*sorted(four[2:]))
    begins = max(first.start, second.start)
    if first.seconds and second.seconds:
        shared = first.contains(begins) and second.contains(begins)
        assert first.overlaps(second) == shared == second.overlaps(first)


def test_neighbours_do_not_overlap() -> None:
    a, b, c = Instant(1), Instant(2), Instant(3)
    assert not Interval(a, b).overlaps(Interval(b, c))


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Interval(Instant(2), Instant(1))
