"""How an upload stands, as people see it; and when it is foreseen to be whole on board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundsys.ccsds.cfdp import CHECKSUM_FAILURE, FinishedPdu
from groundsys.uploads.progress import VERIFY, Progress, Sent, segment_of
from groundsys.uploads.upload import SETTLED, Upload, UploadState
from groundsys.values.instants import Instant, Interval

_HELD = ("VERIFIED", "ENABLED")


def standing_of(
    upload: Upload,
    progress: Progress,
    sent: Sequence[Sent],
    now: Instant,
    *,
    deleted: bool = False,
) -> Upload:
    """The upload as it stands now.

    It counts as verified only if the craft's own report says so of the very hash that was
    approved: a word on a command is not enough.
    """
    state, message = _state(upload, progress, sent, deleted=deleted)
    settled_at = upload.settled_at
    if state in SETTLED and (upload.state != state or settled_at is None):
        settled_at = now
    return replace(
        upload,
        state=state,
        message=message,
        octets_acknowledged=progress.octets_acknowledged,
        settled_at=settled_at if state in SETTLED else None,
    )


def _state(
    upload: Upload, progress: Progress, sent: Sequence[Sent], *, deleted: bool
) -> tuple[UploadState, str]:
    if upload.ended_at is not None:
        return upload.state, upload.message
    if upload.approved_at is None:
        return "drafted", ""
    if deleted:
        return "deleted", "deleted on board"
    report = progress.report
    if report is not None and report.state in _HELD and report.sha256 == upload.sha256:
        return ("enabled" if report.state == "ENABLED" else "verified"), ""
    refused = next((one for one in sent if one.fate == "refused"), None)
    if refused is not None:
        what = "the comparison of its hash" if refused.what == VERIFY else "a part of it"
        code = refused.message.rpartition(": ")[2] or "no reason reported"
        return "failed", f"the craft refuses {what}: {code}"
    if progress.is_whole is False:
        last = progress.finished[-1].pdu
        condition = last.condition if isinstance(last, FinishedPdu) else 0
        reason = "its CFDP checksum differs" if condition == CHECKSUM_FAILURE else "it gave it up"
        return "failed", f"the craft has not kept it: {reason}"
    if progress.is_whole:
        if report is not None and report.state == "RECEIVED" and report.sha256 != upload.sha256:
            return "received", "its SHA-256 on board differs from what was approved"
        return "received", ""
    return ("sending" if any(one.arrives_at is not None for one in sent) else "approved"), ""


def pieces_left(progress: Progress, pieces: Sequence[tuple[int, int]]) -> int:
    """Pieces that the craft has not acknowledged."""
    return sum(not progress.has(one) for one in pieces)


def pieces_sent(sent: Sequence[Sent]) -> int:
    """Pieces issued, each as often as it was."""
    return sum(
        segment_of(one.what) is not None and one.what != "metadata" and one.arrives_at is not None
        for one in sent
    )


def foresee_completion(
    left_s: float, uplinks: Sequence[Interval], light_time_s: float, share: float, now: Instant
) -> Instant | None:
    """When the ground can know that a file is whole on board; None: the booked uplink ends before.

    `left_s` is the time that what lacks takes to be radiated; an upload gets `share` of an uplink.
    One round trip follows the last piece.  What gets lost on the way comes on top.
    """
    for one in uplinks:
        begins = max(one.start, now)
        given_s = max(0.0, one.end.seconds_since(begins)) * share
        if left_s <= given_s:
            return Instant(begins.plus_seconds(left_s / share + 2.0 * light_time_s).tai_ns)
        left_s -= given_s
    return None
