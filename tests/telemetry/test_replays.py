"""Gaps are asked for once, and again only when the answer must have come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.telemetry.completeness import CountGap
from groundsys.telemetry.replays import (
    AskedReplay,
    beyond_repair,
    gap_of_subject,
    replay_subject,
    worth_asking,
)
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def asked(gap: CountGap, minutes: float) -> AskedReplay:
    return AskedReplay(gap, NOON.plus_seconds(60 * minutes))


def ask(gaps: list[CountGap], replays: list[AskedReplay], limit: int = 40) -> list[CountGap]:
    return list(worth_asking(gaps, replays, NOON, platform_apid=1, limit=limit))


def test_what_is_under_way_is_not_asked_for_again() -> None:
    gaps = [CountGap(2, 10, 30)]
    assert ask(gaps, []) == gaps
    assert ask(gaps, [asked(CountGap(2, 10, 30), 5)]) == []
    assert ask(gaps, [asked(CountGap(2, 10, 30), -5)]) == gaps
    assert ask(gaps, [asked(CountGap(2, 15, 20), 5)]) == [CountGap(2, 10, 14), CountGap(2, 21, 30)]
    assert ask(gaps, [asked(CountGap(3, 10, 30), 5)]) == gaps


def test_what_is_never_answered_is_given_up() -> None:
    gap, other = CountGap(1, 10, 12), CountGap(1, 100, 100)
    in_vain = [asked(CountGap(1, 8, 14), -minutes) for minutes in range(1, 9)]
    assert ask([gap, other], in_vain[:-1]) == [gap, other]
    assert ask([gap, other], in_vain) == [other]
    assert beyond_repair([gap, other], in_vain, NOON) == (gap,)


def test_small_platform_packets_are_asked_for_together() -> None:
    apart = [(10, 11), (20, 21)]
    assert ask([CountGap(1, *gap) for gap in apart], []) == [CountGap(1, 10, 21)]
    relayed = [CountGap(3, *gap) for gap in apart]
    assert ask(relayed, []) == relayed
    assert ask(relayed, [], limit=1) == relayed[:1]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=6),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=6),
)
def test_everything_missing_is_under_way_or_asked_for(
    missing: list[tuple[int, int]], under_way: list[tuple[int, int]]
) -> None:
    gaps = [CountGap(2, first, first + length) for first, length in missing]
    replays = [asked(CountGap(2, first, first + length), 5) for first, length in under_way]
    covered = {
        count
        for gap in [*ask(gaps, replays), *(replay.gap for replay in replays)]
        for count in range(gap.first, gap.last + 1)
    }
    assert {count for gap in gaps for count in range(gap.first, gap.last + 1)} <= covered


def test_a_gap_survives_the_ledger() -> None:
    gap = CountGap(3, 20_000, 20_050)
    assert gap_of_subject(replay_subject(gap)) == gap
    assert asked(gap, 1).subject == replay_subject(gap)
