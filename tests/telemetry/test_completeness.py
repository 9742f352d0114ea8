"""Counts wrap, packets come late, twice or never: the gaps are the same in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.telemetry.completeness import (
    MODULUS,
    CountGap,
    CountRecord,
    Coverage,
    gaps,
    lacking_spans,
    merge_gaps,
    take_packets,
    take_tail,
)
from groundsys.values.instants import Instant, Interval

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def packet(unwrapped: int) -> tuple[Instant, int]:
    """A packet every 6 s, the count wrapped."""
    return NOON.plus_seconds(6 * unwrapped), unwrapped % MODULUS


def folded(numbers: list[int]) -> CountRecord:
    return take_packets(CountRecord(1), [packet(number) for number in numbers])


@given(st.sets(st.integers(0, 300), min_size=1), st.data())
def test_any_order_and_any_batches_tell_the_same_gaps(
    numbers: set[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(sorted(numbers)))
    again = data.draw(st.lists(st.sampled_from(order), max_size=5))
    record = CountRecord(1)
    for number in [*order, *again]:
        record = take_packets(record, [packet(number)])
    found = gaps(record)
    missing = {number for gap in found for number in range(gap.first, gap.last + 1)}
    assert missing == set(range(max(numbers))) - numbers
    assert record == folded(sorted(numbers))
    assert record.archived == len(numbers)


def test_counts_are_unwrapped_over_many_rounds() -> None:
    numbers = [number for number in range(0, 3 * MODULUS, 7) if number != 7 * 2_400]
    record = folded(numbers)
    assert record.newest == numbers[-1]
    late = take_packets(record, [packet(7 * 2_400)])
    assert late.archived == record.archived + 1
    assert 7 * 2_400 not in {gap.first - 1 for gap in gaps(record)}


def test_a_loss_of_thousands_across_the_wrap_is_one_gap() -> None:
    record = folded([*range(14_000), *range(20_000, 20_010)])
    (gap,) = gaps(record)
    assert gap == CountGap(1, 14_000, 19_999)
    assert gap.pieces() == ((14_000, MODULUS - 1), (0, 19_999 - MODULUS))


def test_the_recorder_tells_of_packets_after_the_last_one_received() -> None:
    record = folded([0, 1, 2])
    word_at, next_count = packet(10)
    assert gaps(take_tail(record, word_at, next_count)) == (CountGap(1, 3, 9),)
    older_at, older_count = packet(5)
    both = take_tail(take_tail(record, word_at, next_count), older_at, older_count)
    assert gaps(both) == (CountGap(1, 3, 9),)


def test_the_recorder_tells_of_an_apid_of_which_nothing_came() -> None:
    record = take_tail(CountRecord(2), NOON, 4)
    assert gaps(record) == (CountGap(2, 0, 3),)
    assert gaps(take_tail(CountRecord(2), NOON, 0)) == ()


def test_near_gaps_become_one_request() -> None:
    near = [CountGap(1, 3, 4), CountGap(1, 6, 6), CountGap(1, 30, 31), CountGap(2, 6, 8)]
    assert merge_gaps(near, within=2) == (
        CountGap(1, 3, 6),
        CountGap(1, 30, 31),
        CountGap(2, 6, 8),
    )


@given(
    st.sets(st.integers(0, 60)),
    st.integers(0, 70),
    st.integers(0, 65),
    st.integers(0, 30),
)
def test_a_span_is_whole_only_if_every_packet_made_in_it_came(
    numbers: set[int], told: int, first: int, length: int
) -> None:
    """Packet n is made at 6 n seconds; the recorder's word comes after packet `told` was made."""
    numbers = {number for number in numbers if number <= told}
    word = NOON.plus_seconds(6 * told + 1.0)
    record = take_tail(folded(sorted(numbers)), word, told + 1)
    edges = [(before or Instant(0), after or word) for before, after in lacking_spans(record)]
    archived = Coverage(word, tuple(Interval(*one) for one in edges))
    span = Interval(*(NOON.plus_seconds(6 * n) for n in (first, first + length)))
    made = set(range(first, first + length + 1))
    if archived.is_whole(span):
        assert made <= numbers
    elif first + length <= told:
        # a packet lacks in the span, or next to one of its ends
        assert not {first - 1, *made, first + length + 1} & set(range(told + 1)) <= numbers
