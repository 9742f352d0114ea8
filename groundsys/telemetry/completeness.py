"""Which packets of a craft are not in the archive yet, told from their sequence counts.

A craft numbers the packets of each APID modulo 16384 (CCSDS 133.0-B, 4.1.3.4); its recorder says
which count comes next.  A `CountRecord` is a fold over archived packets: the order of arrival,
duplicates and restarts make no difference, as long as a packet's count is less than 8192 away
from that of the known packet whose generation time is nearest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from groundsys.telemetry.freshness import Dating, by_the_stamp
from groundsys.values.instants import Instant, Interval

MODULUS = 16_384
#: an anchor every so many counts is enough to unwrap between them
_ANCHOR_SPACING = 512


@dataclass(frozen=True, slots=True, order=True)
class CountGap:
    """Packets `first` to `last` (unwrapped, both inclusive) of `apid` are missing."""

    apid: int
    first: int
    last: int

    @property
    def packets(self) -> int:
        return self.last - self.first + 1

    def pieces(self) -> tuple[tuple[int, int], ...]:
        """The 14-bit (first, last) ranges to ask for; cut where the count wraps."""
        ranges = []
        first = self.first
        while first <= self.last:
            last = min(self.last, first - first % MODULUS + MODULUS - 1)
            ranges.append((first % MODULUS, last % MODULUS))
            first = last + 1
        return tuple(ranges)


class CountRun(NamedTuple):
    """Archived packets of one APID without a gap: unwrapped counts, generation in TAI ns."""

    first: int
    last: int
    first_made_ns: int
    last_made_ns: int


@dataclass(frozen=True, slots=True)
class CountRecord:
    """What is archived of one APID.

    `runs` are disjoint and sorted; `anchors` are sorted (generation TAI ns, unwrapped count)
    samples; `tail` is the recorder's newest word: (generation TAI ns, count of the packet that
    comes next).
    """

    apid: int
    runs: tuple[CountRun, ...] = ()
    anchors: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    tail: tuple[int, int] | None = None

    @property
    def archived(self) -> int:
        """Different packets seen."""
        return sum(run.last - run.first + 1 for run in self.runs)

    @property
    def newest(self) -> int | None:
        """The highest unwrapped count seen."""
        return self.runs[-1].last if self.runs else None


def take_packets(record: CountRecord, packets: Iterable[tuple[Instant, int]]) -> CountRecord:
    """Add archived packets given as (generation, 14-bit sequence count)."""
    runs = list(record.runs)
    anchors = list(record.anchors)
    for generation, count in sorted(packets, key=lambda packet: packet[0].tai_ns):
        unwrapped = _unwrap(anchors, generation.tai_ns, count)
        _insert_run(runs, unwrapped, generation.tai_ns)
        _insert_anchor(anchors, generation.tai_ns, unwrapped)
    return replace(record, runs=tuple(runs), anchors=tuple(anchors))


def take_tail(
    record: CountRecord, generation: Instant, next_count: int, dated: Dating = by_the_stamp
) -> CountRecord:
    """Add the recorder's word that `next_count` comes next; the newest word holds."""
    word = (generation.tai_ns, next_count % MODULUS)
    if record.tail is not None:
        known_ns, known_count = record.tail
        if (dated(Instant(known_ns)), known_count) >= (dated(generation), word[1]):
            return record
    return replace(record, tail=word)


def gaps(record: CountRecord, *, expected_from: int = 0) -> tuple[CountGap, ...]:
    """Every gap from `expected_from` to the newest packet or the recorder's tail, in order."""
    found = []
    expected = expected_from
    for first, last, *_ in record.runs:
        if first > expected:
            found.append(CountGap(record.apid, expected, first - 1))
        expected = max(expected, last + 1)
    end = _tail_unwrapped(record)
    if end is not None and end > expected:
        found.append(CountGap(record.apid, expected, end - 1))
    return tuple(found)


def lacking_spans(record: CountRecord) -> tuple[tuple[Instant | None, Instant | None], ...]:
    """Between which generation times packets lack, as counts rise with it; in order.

    A gap lies between the packets before and after it; None where there is none.
    """
    spans = []
    for gap in gaps(record):
        before = [run.last_made_ns for run in record.runs if run.last < gap.first]
        after = [run.first_made_ns for run in record.runs if run.first > gap.last]
        spans.append(
            (Instant(before[-1]) if before else None, Instant(after[0]) if after else None)
        )
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of which event times all that a craft recorded is archived: up to `until`, but `lacking`."""

    until: Instant
    lacking: tuple[Interval, ...] = ()

    def is_whole(self, span: Interval) -> bool:
        """Whether everything that was made in `span` is archived."""
        return span.end < self.until and not any(
            one.start <= span.end and span.start <= one.end for one in self.lacking
        )


def merge_gaps(found: Iterable[CountGap], within: int) -> tuple[CountGap, ...]:
    """Join gaps of one APID that lie at most `within` packets apart: fewer requests."""
    merged: list[CountGap] = []
    for gap in sorted(found):
        before = merged[-1] if merged else None
        if before and before.apid == gap.apid and gap.first - before.last - 1 <= within:
            merged[-1] = CountGap(gap.apid, before.first, max(before.last, gap.last))
        else:
            merged.append(gap)
    return tuple(merged)


def _tail_unwrapped(record: CountRecord) -> int | None:
    if record.tail is None:
        return None
    generation_ns, next_count = record.tail
    return _unwrap(list(record.anchors), generation_ns, next_count)


def _unwrap(anchors: list[tuple[int, int]], generation_ns: int, count: int) -> int:
    if not anchors:
        return count
    at = bisect_left(anchors, (generation_ns, -1))
    nearest = min(
        anchors[max(0, at - 1) : at + 1], key=lambda anchor: abs(anchor[0] - generation_ns)
    )
    distance = (count - nearest[1] + MODULUS // 2) % MODULUS - MODULUS // 2
    return nearest[1] + distance


def _insert_anchor(anchors: list[tuple[int, int]], generation_ns: int, unwrapped: int) -> None:
    at = bisect_left(anchors, (generation_ns, unwrapped))
    neighbours = anchors[max(0, at - 1) : at + 1]
    if all(abs(unwrapped - count) >= _ANCHOR_SPACING for _, count in neighbours):
        anchors.insert(at, (generation_ns, unwrapped))


def _insert_run(runs: list[CountRun], count: int, made_ns: int) -> None:
    at = bisect_left(runs, (count + 1,))
    run = CountRun(count, count, made_ns, made_ns)
    if at > 0 and runs[at - 1].last >= count - 1:
        if runs[at - 1].last >= count:
            return
        at -= 1
        before = runs.pop(at)
        run = run._replace(first=before.first, first_made_ns=before.first_made_ns)
    if at < len(runs) and runs[at].first == count + 1:
        after = runs.pop(at)
        run = run._replace(last=after.last, last_made_ns=after.last_made_ns)
    runs.insert(at, run)
