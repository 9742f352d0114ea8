"""The latency clock's parts are never negative and add up to the whole, whatever is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.custody import LatencySplit, mean_split, openings, percentile, split_latency
from groundsys.custody.paths import Openings, Paths
from groundsys.values.instants import Instant, Interval

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
MINUTES_20_NS = 1_200 * 10**9

instants = st.integers(-(10**15), 10**15).map(lambda ns: Instant(NOON.tai_ns + ns))


def after(minutes: float) -> Instant:
    return NOON.plus_seconds(60.0 * minutes)


def stretch(first: float, last: float) -> Interval:
    return Interval(after(first), after(last))


@given(instants, st.none() | instants, instants, st.integers(0, 4 * 10**12), instants)
def test_parts_are_never_negative_and_add_up_to_the_whole(
    measured: Instant,
    departure: Instant | None,
    received: Instant,
    light_ns: int,
    published: Instant,
) -> None:
    split = split_latency(measured, departure, received, light_ns, published)
    parts = (split.geometry_ns, split.queueing_ns, split.light_time_ns, split.us_ns)
    assert min(parts) >= 0
    assert sum(parts) == split.whole_ns == max(0, published.tai_ns - measured.tai_ns)


@given(st.lists(st.integers(1, 10**13), min_size=5, max_size=5))
def test_where_all_happens_in_order_each_part_is_what_its_name_says(steps: list[int]) -> None:
    wait, queue, light, us, _ = steps
    departure = Instant(NOON.tai_ns + wait)
    received = Instant(departure.tai_ns + queue + light)
    published = Instant(received.tai_ns + us)
    split = split_latency(NOON, departure, received, light, published)
    assert split == LatencySplit(wait, queue, light, us)


def test_the_earliest_departure_is_the_first_overflight_and_then_the_first_view() -> None:
    paths = Paths(
        openings([stretch(30, 40), stretch(400, 410)]),
        openings([stretch(0, 20), stretch(35, 50), stretch(45, 60), stretch(300, 320)]),
    )
    assert paths.departure(after(0)) == after(35)  # relayed at 30, seen from 35 on
    assert paths.departure(after(37)) == after(37)  # both are open
    assert paths.departure(after(40)) is None  # relayed at 400, and nobody looks any more
    assert paths.departure(after(500)) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=9), st.integers(0, 70))
def test_openings_are_the_union_of_what_they_are_made_of(
    pairs: list[tuple[int, int]], minute: int
) -> None:
    found = openings([stretch(min(pair), max(pair)) for pair in pairs])
    open_at = [
        number for number in range(minute, 70) if any(min(p) <= number < max(p) for p in pairs)
    ]
    expected = after(open_at[0]) if open_at else None
    assert found.next_from(after(minute)) == expected
    edges = [edge for one in found.intervals for edge in (one.start, one.end)]
    assert edges == sorted(set(edges))


def test_without_openings_nothing_comes() -> None:
    assert Openings(()).next_from(NOON) is None


def test_an_unknown_path_counts_as_queueing_nothing_and_waiting_everything() -> None:
    split = split_latency(NOON, None, after(100), MINUTES_20_NS, after(110))
    assert split == LatencySplit(80 * 60 * 10**9, 0, MINUTES_20_NS, 600 * 10**9)


def test_the_mean_of_the_parts_adds_up_to_the_mean() -> None:
    splits = [LatencySplit(10**9, 2 * 10**9, 3 * 10**9, 4 * 10**9), LatencySplit(0, 0, 0, 10**9)]
    assert mean_split(splits) == {"geometry": 0.5, "queueing": 1.0, "light_time": 1.5, "us": 2.5}
    assert mean_split([]) == {}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.95, 4.0), (0.25, 1.0), (1.0, 4.0)])
def test_percentiles_are_of_the_values_themselves(share: float, expected: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected
    assert percentile([], share) is None
