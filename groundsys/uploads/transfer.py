"""What the sending end of CFDP class 2 says next, over passes (CCSDS 727.0-B-5 §4.6.4).

A piece that the craft has acknowledged is never sent again: its command was reported complete, or
a NAK that looked at it did not ask for it.  A piece goes again once a NAK, made after it must have
arrived, asks for it, or the craft's recorder proves its absence.  After silence the EOF is said
again, and the craft answers each EOF.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from groundsys.ccsds.cfdp import METADATA_SEGMENT
from groundsys.ccsds.segments import Segment
from groundsys.uploads.progress import (
    ACK,
    CANCEL,
    EOF,
    REPORT,
    VERIFY,
    Progress,
    Sent,
    segment_of,
    word_of,
)

_IN_VAIN = ("absent", "lost")
#: what clocks may differ by when a NAK is compared with an arrival
_CLOCK_SLACK = timedelta(seconds=2)
#: whatever arrives has been answered on board so soon
ANSWERED_WITHIN = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is given to the uplink at once, so that people's commands find room."""

    not_radiated: int = 6
    under_way: int = 40


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be said now, which commands are known to be lost, and which are not wanted."""

    say: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()


def decide(
    pieces: Sequence[Segment],
    progress: Progress,
    sent: Sequence[Sent],
    pace: Pace,
    *,
    cancelled: bool = False,
    silent: Collection[str],
) -> Decision:
    """What to say now of an approved upload.

    `silent` are commands whose answer would have been heard: all that the craft made within
    `ANSWERED_WITHIN` of their arrival is in the archive.
    `sent` is in order of queueing; withdrawn commands are not among it.
    """
    latest = {one.what: one for one in sent}
    waiting = [one for one in sent if one.fate == "waiting"]
    if cancelled:
        return _cancel(progress, latest, waiting)
    if progress.is_whole is not None:
        unwanted = tuple(one.command for one in waiting if one.what not in (ACK, VERIFY, REPORT))
        unanswered = tuple(
            one.command
            for what, one in latest.items()
            if what in (VERIFY, REPORT) and one.fate == "under_way" and one.command in silent
        )
        return Decision(_after_finished(progress, latest, silent), unanswered, unwanted)
    lost = tuple(one.command for one in latest.values() if _is_asked_again(one, progress))
    withdraw = tuple(
        one.command
        for one in waiting
        if one.arrives_at is None
        and (segment := segment_of(one.what)) is not None
        and progress.has(segment)
    )
    todo = [
        word_of(segment)
        for segment in (METADATA_SEGMENT, *pieces)
        if not progress.has(segment) and _is_to_go(latest.get(word_of(segment)), progress)
    ]
    flying = [
        one
        for one in latest.values()
        if one.fate == "under_way"
        and one.command not in lost
        and _is_open(one, progress)
        and one.command not in silent
    ]
    room = min(pace.not_radiated - len(waiting), pace.under_way - len(flying) - len(waiting))
    if todo:
        return Decision(tuple(todo[: max(0, room)]), lost, withdraw)
    still = [one for one in waiting if one.command not in withdraw]
    if not still and _eof_is_due(latest, silent):
        return Decision((EOF,), lost, withdraw)
    return Decision((), lost, withdraw)


def _is_open(one: Sent, progress: Progress) -> bool:
    segment = segment_of(one.what)
    return segment is None or not progress.has(segment)


def _is_to_go(last: Sent | None, progress: Progress) -> bool:
    """Whether a piece that the craft has not acknowledged is to be sent: first, or again."""
    if last is None:
        return True
    return last.fate == "absent" or (last.fate != "waiting" and _asked_after(last, progress))


def _is_asked_again(one: Sent, progress: Progress) -> bool:
    """Whether the craft asks for what should have reached it long since."""
    open_piece = segment_of(one.what) is not None and _is_open(one, progress)
    return one.fate == "under_way" and open_piece and _asked_after(one, progress)


def _asked_after(one: Sent, progress: Progress) -> bool:
    """Whether a NAK that was made after its arrival asks for this piece."""
    segment = segment_of(one.what)
    if segment is None or one.arrives_at is None:
        return False
    for made_at, segments in progress.asked:
        if made_at + _CLOCK_SLACK > one.arrives_at and any(
            asked == segment or (asked[0] < segment[1] and segment[0] < asked[1])
            for asked in segments
        ):
            return True
    return False


def _eof_is_due(latest: Mapping[str, Sent], silent: Collection[str]) -> bool:
    """Never said, said before a piece that was sent again, or never answered."""
    last = latest.get(EOF)
    if last is None or last.fate == "absent":
        return True
    if last.arrives_at is None:
        return False
    later = any(
        one.arrives_at is not None and one.arrives_at > last.arrives_at
        for what, one in latest.items()
        if segment_of(what) is not None
    )
    return later or last.command in silent


def _after_finished(
    progress: Progress, latest: Mapping[str, Sent], silent: Collection[str]
) -> tuple[str, ...]:
    """The end of the transaction is acknowledged, and a whole file's hash compared."""
    said: list[str] = []
    ack, last = latest.get(ACK), progress.finished[-1]
    if ack is None or (ack.arrives_at is not None and ack.arrives_at < last.made_at):
        said.append(ACK)
    if progress.is_whole:
        verify = latest.get(VERIFY)
        if verify is None or verify.fate in _IN_VAIN:
            said.append(VERIFY)
        elif (
            verify.fate == "done"
            and verify.command in silent
            and not _reported_since(verify, progress)
        ):
            report = latest.get(REPORT)
            if report is None or report.fate in ("done", *_IN_VAIN):
                said.append(REPORT)
    return tuple(said)


def _reported_since(verify: Sent, progress: Progress) -> bool:
    report = progress.report
    return report is not None and (
        verify.arrives_at is None or report.made_at + _CLOCK_SLACK >= verify.arrives_at
    )


def _cancel(progress: Progress, latest: Mapping[str, Sent], waiting: Sequence[Sent]) -> Decision:
    """Take back what has not left; tell the craft, if it can know of the file."""
    unwanted = tuple(
        one.command for one in waiting if one.arrives_at is None and one.what != CANCEL
    )
    known = any(one.arrives_at is not None for one in latest.values())
    told = latest.get(CANCEL)
    again = told is None or told.fate in _IN_VAIN
    if known and again and progress.is_whole is None:
        return Decision((CANCEL,), (), unwanted)
    return Decision((), (), unwanted)
