"""Which gaps to ask the recorder for, given what has been asked for lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundsys.telemetry.completeness import CountGap, merge_gaps
from groundsys.values.instants import Instant

#: small packets: asking for a few that we have is cheaper than another command
_MERGE_PLATFORM = 20
_MERGE_RELAYED = 1
#: at a frame loss of one in ten, eight answers in vain leave one chance in 10⁸ that it is on board
_ANSWERS_IN_VAIN = 8


@dataclass(frozen=True, slots=True)
class AskedReplay:
    """A range that was asked for, and until when its packets may still come."""

    gap: CountGap
    answered_by: Instant

    @property
    def subject(self) -> str:
        return replay_subject(self.gap)


def replay_subject(gap: CountGap) -> str:
    """A gap as text, for the command ledger."""
    return f"{gap.apid}:{gap.first}:{gap.last}"


def gap_of_subject(subject: str) -> CountGap:
    """The gap that `replay_subject` wrote."""
    apid, first, last = (int(part) for part in subject.split(":"))
    return CountGap(apid, first, last)


def worth_asking(
    gaps: Iterable[CountGap],
    asked: Iterable[AskedReplay],
    now: Instant,
    *,
    platform_apid: int,
    limit: int,
) -> tuple[CountGap, ...]:
    """The ranges to ask for now, at most `limit`: gaps of which no answer is still under way.

    What was answered in vain time and again is not asked for any more (`beyond_repair`).
    """
    asked, gaps = tuple(asked), tuple(gaps)
    pending = [replay.gap for replay in asked if replay.answered_by > now]
    lost = beyond_repair(gaps, asked, now)
    open_gaps = [piece for gap in gaps if gap not in lost for piece in _without(gap, pending)]
    merged: list[CountGap] = []
    for apid in sorted({gap.apid for gap in open_gaps}):
        within = _MERGE_PLATFORM if apid == platform_apid else _MERGE_RELAYED
        merged += merge_gaps((gap for gap in open_gaps if gap.apid == apid), within)
    return tuple(merged[:limit])


def beyond_repair(
    gaps: Iterable[CountGap], asked: Iterable[AskedReplay], now: Instant
) -> tuple[CountGap, ...]:
    """Gaps that the recorder has been asked for so often that it cannot hold them."""
    answered = [replay.gap for replay in asked if replay.answered_by <= now]
    return tuple(
        gap
        for gap in gaps
        if sum(
            one.apid == gap.apid and one.first <= gap.first and one.last >= gap.last
            for one in answered
        )
        >= _ANSWERS_IN_VAIN
    )


def _without(gap: CountGap, pending: Iterable[CountGap]) -> list[CountGap]:
    """What is left of a gap outside the ranges that are being answered."""
    pieces = [gap]
    for other in pending:
        if other.apid != gap.apid:
            continue
        left: list[CountGap] = []
        for piece in pieces:
            if other.last < piece.first or other.first > piece.last:
                left.append(piece)
                continue
            if piece.first < other.first:
                left.append(CountGap(piece.apid, piece.first, other.first - 1))
            if piece.last > other.last:
                left.append(CountGap(piece.apid, other.last + 1, piece.last))
        pieces = left
    return pieces
