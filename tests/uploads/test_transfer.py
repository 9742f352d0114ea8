"""What the sending end says when: once, a little at a time, and again only what lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.ccsds.cfdp import METADATA_SEGMENT, FinishedPdu, NakPdu
from groundsys.mission.spacecraft.onboard_files import GROUND_ENTITY, software_image
from groundsys.uploads.progress import (
    ACK,
    CANCEL,
    EOF,
    METADATA,
    REPORT,
    VERIFY,
    Fate,
    FileReport,
    Heard,
    Sent,
    pieces_of,
    progress_of,
    segment_of,
    word_of,
)
from groundsys.uploads.standing import foresee_completion, standing_of
from groundsys.uploads.transfer import ANSWERED_WITHIN, Decision, Pace, decide
from groundsys.uploads.upload import Upload, draft_upload, enable_problem
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant, Interval
from tests.uploads.craft import OTV

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
SIZE = 500
PIECES = pieces_of(SIZE, 100)
WORDS = [METADATA, *map(word_of, PIECES)]


def after(seconds: float) -> Instant:
    return NOON.plus_seconds(seconds)


def said(what: str, fate: Fate, at_s: float | None = 0.0, name: str = "") -> Sent:
    return Sent(name or what, what, fate, None if at_s is None else after(at_s))


def nak(at_s: float, *segments: tuple[int, int], scope: tuple[int, int] = (0, SIZE)) -> Heard:
    return Heard(NakPdu(GROUND_ENTITY, OTV, 1, *scope, segments), after(at_s))


def finished(at_s: float, *, complete: bool = True) -> Heard:
    return Heard(FinishedPdu(GROUND_ENTITY, OTV, 1, complete), after(at_s))


def decision(
    sent: list[Sent],
    *heard: Heard,
    pace: Pace | None = None,
    reports: tuple[FileReport, ...] = (),
    cancelled: bool = False,
    heard_until_s: float | None = None,
) -> Decision:
    silent = {
        one.command
        for one in sent
        if one.arrives_at is not None
        and heard_until_s is not None
        and one.arrives_at + ANSWERED_WITHIN < after(heard_until_s)
    }
    return decide(
        PIECES,
        progress_of(SIZE, sent, heard, reports),
        sent,
        pace or Pace(),
        cancelled=cancelled,
        silent=silent,
    )


def test_words_name_pieces() -> None:
    assert pieces_of(250, 100) == ((0, 100), (100, 200), (200, 250))
    for segment in (METADATA_SEGMENT, *PIECES):
        assert segment_of(word_of(segment)) == segment
    assert [segment_of(word) for word in (EOF, ACK, VERIFY)] == [None] * 3


def test_everything_goes_once_a_few_at_a_time_and_the_eof_behind_it() -> None:
    pace = Pace(not_radiated=4)
    assert decision([], pace=pace).say == tuple(WORDS[:4])
    waiting = [said(word, "waiting", None) for word in WORDS[:4]]
    assert decision(waiting, pace=pace).say == ()
    left = [said(word, "under_way") for word in WORDS[:2]]
    assert decision([*left, *waiting[2:]], pace=pace).say == tuple(WORDS[4:6])
    everything = [said(word, "under_way") for word in WORDS]
    assert decision(everything).say == (EOF,)
    assert decision([*everything, said(EOF, "under_way", 1.0)]).say == ()


def test_the_uplink_is_never_full_of_pieces() -> None:
    sent = [said(word, "under_way") for word in WORDS[:3]]
    assert decision(sent, pace=Pace(not_radiated=6, under_way=3)).say == ()
    assert decision(sent, pace=Pace(not_radiated=6, under_way=4)).say == (WORDS[3],)
    # those of which no report would come any more leave room
    full = Pace(not_radiated=6, under_way=3)
    assert decision(sent, pace=full, heard_until_s=1_000.0).say == tuple(WORDS[3:6])


def test_only_what_a_later_nak_asks_for_goes_again() -> None:
    sent = [said(word, "under_way", 10.0) for word in WORDS] + [said(EOF, "done", 20.0)]
    early = decision(sent, nak(5.0, (0, SIZE)))
    assert early.say == ()  # it was made before the pieces came
    asked = decision(sent, nak(21.0, (100, 200), (450, 500)))
    assert asked.say == ("100-200", "400-500")
    assert set(asked.lost) == {"100-200", "400-500"}
    again = [*sent, said("100-200", "under_way", 50.0, "b"), said("400-500", "done", 52.0, "c")]
    assert decision(again, nak(21.0, (100, 200), (450, 500))).say == (EOF,)
    again.append(said(EOF, "under_way", 60.0, "d"))
    assert decision(again, nak(21.0, (100, 200), (450, 500))).say == ()


def test_what_the_craft_has_acknowledged_never_goes_again() -> None:
    reported = [said(word, "done", 10.0) for word in WORDS]
    sent = [*reported, said(EOF, "done", 20.0)]
    assert decision(sent, nak(21.0, METADATA_SEGMENT, (0, SIZE))).say == ()
    # a NAK acknowledges what it does not ask for, but only within its scope
    sent = [said(word, "lost", 10.0) for word in WORDS]
    progress = progress_of(SIZE, sent, [nak(21.0, (100, 200), scope=(0, 300))])
    assert progress.metadata
    assert progress.acknowledged == ((0, 100), (200, 300))
    # and takes back what waits for an uplink
    sent += [said("0-100", "waiting", None, "again")]
    assert decision(sent, nak(21.0, (100, 200))).withdraw == ("again",)


def test_what_the_recorder_proves_absent_goes_again_without_being_asked_for() -> None:
    sent = [said(word, "done", 10.0) for word in WORDS[:-1]] + [said(WORDS[-1], "absent", 12.0)]
    assert decision([*sent, said(EOF, "under_way", 20.0)]).say == (WORDS[-1],)


def test_after_silence_the_eof_is_said_again() -> None:
    sent = [said(word, "done", 10.0) for word in WORDS] + [said(EOF, "under_way", 20.0)]
    assert decision(sent).say == ()
    assert decision(sent, heard_until_s=100.0).say == ()
    assert decision(sent, heard_until_s=200.0).say == (EOF,)


def test_the_end_is_acknowledged_and_the_hash_compared_once() -> None:
    sent = [said(word, "done", 10.0) for word in WORDS] + [said(EOF, "done", 20.0)]
    assert decision(sent, finished(21.0)).say == (ACK, VERIFY)
    asked = [*sent, said(ACK, "done", 100.0), said(VERIFY, "under_way", 101.0)]
    assert decision(asked, finished(21.0)).say == ()
    assert decision(asked, finished(21.0), finished(150.0)).say == (ACK,)
    assert decision(asked, finished(21.0), heard_until_s=500.0).lost == (VERIFY,)
    lost = [*asked[:-1], said(VERIFY, "absent", 101.0)]
    assert decision(lost, finished(21.0)).say == (VERIFY,)
    # its report got lost on board: it is asked for
    done = [*asked[:-1], said(VERIFY, "done", 101.0)]
    assert decision(done, finished(21.0), heard_until_s=130.0).say == ()
    assert decision(done, finished(21.0), heard_until_s=500.0).say == (REPORT,)
    report = FileReport("VERIFIED", "", SIZE, SIZE, after(103.0))
    assert decision(done, finished(21.0), reports=(report,), heard_until_s=500.0).say == ()


def test_a_cancelled_upload_tells_the_craft_only_what_it_can_know_of() -> None:
    waiting = [said(METADATA, "waiting", None)]
    assert decision(waiting, cancelled=True) == Decision((), (), (METADATA,))
    sent = [said(METADATA, "done", 10.0), said("0-100", "waiting", None)]
    assert decision(sent, cancelled=True) == Decision((CANCEL,), (), ("0-100",))
    assert decision([*sent, said(CANCEL, "under_way", 20.0)], cancelled=True).say == ()
    assert decision(sent, finished(21.0), cancelled=True).say == ()


# --- how it stands ------------------------------------------------------------------------------


def drafted(content: bytes = software_image(2, bytes(SIZE - 6)), kind: str = "software") -> Upload:
    return draft_upload(
        1, "otv", kind, "a.img", content, why="why", operator="ada", now=NOON, limit=1_000
    )


def standing(sent: list[Sent], *heard: Heard, report: FileReport | None = None) -> Upload:
    upload = replace(drafted(), approver="ben", approved_at=NOON, state="approved")
    reports = () if report is None else (report,)
    progress = progress_of(SIZE, sent, heard, reports)
    return standing_of(upload, progress, sent, NOON)


def test_it_is_verified_by_the_craft_s_word_on_the_approved_hash_alone() -> None:
    done = [said(word, "done") for word in (*WORDS, EOF, VERIFY)]
    right = FileReport("VERIFIED", drafted().sha256, SIZE, SIZE, after(50.0))
    assert standing([]).state == "approved"
    assert standing([said(METADATA, "under_way")]).state == "sending"
    assert standing(done).state == "sending"  # all reported complete, and no Finished
    assert standing(done, finished(30.0)).state == "received"  # the comparison, too
    assert standing(done, finished(30.0), report=right).state == "verified"
    other = replace(right, sha256="0" * 64)
    assert standing(done, finished(30.0), report=other).state == "received"
    received = replace(right, state="RECEIVED", sha256="1" * 64)
    assert "differs" in standing(done, finished(30.0), report=received).message
    enabled = replace(right, state="ENABLED")
    assert standing(done, finished(30.0), report=enabled).state == "enabled"


def test_what_the_craft_refuses_has_failed_with_its_reason() -> None:
    mismatch = replace(said(VERIFY, "refused"), message="Verifier Failed return: HASH_MISMATCH")
    failed = standing([mismatch], finished(30.0))
    assert (failed.state, failed.settled_at) == ("failed", NOON)
    assert failed.message.endswith("the comparison of its hash: HASH_MISMATCH")
    assert standing([replace(said(METADATA, "refused"), message="NO_SPACE")]).state == "failed"
    assert "given" not in standing([], finished(30.0, complete=False)).message
    assert standing([], finished(30.0, complete=False)).state == "failed"


def test_only_a_verified_file_may_be_enabled() -> None:
    upload = drafted()
    assert "no file of number 9" in enable_problem(None, 9, "otv")
    for state in ("drafted", "approved", "sending", "received", "failed", "cancelled", "deleted"):
        assert state in enable_problem(replace(upload, state=state), 1, "otv")  # type: ignore[arg-type]
    assert enable_problem(replace(upload, state="verified"), 1, "otv") == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "music"}, "no file of kind"),
        ({"name": "a/b"}, "no name"),
        ({"name": ""}, "no name"),
        ({"content": b""}, "does not fit"),
        ({"content": software_image(2, bytes(2_000))}, "does not fit"),
        ({"content": b"OBSW\0\0code"}, "no image"),
        ({"why": ""}, "says why"),
    ],
)
def test_what_the_craft_could_not_use_is_not_drafted(
    change: dict[str, object], complaint: str
) -> None:
    wish = {"kind": "software", "name": "a.img", "content": software_image(2, b"x"), "why": "w"}
    wish.update(change)  # type: ignore[arg-type]
    with pytest.raises(CommandRefusedError, match=complaint):
        draft_upload(
            1, "otv", wish["kind"], wish["name"], wish["content"],  # type: ignore[arg-type]
            why=wish["why"], operator="ada", now=NOON, limit=1_000,  # type: ignore[arg-type]
        )  # fmt: skip


def test_completion_is_foreseen_over_the_booked_uplinks() -> None:
    uplinks = [Interval(after(0), after(100)), Interval(after(1_000), after(2_000))]
    assert foresee_completion(40.0, uplinks, 600.0, 0.5, NOON) == after(80.0 + 1_200.0)
    assert foresee_completion(60.0, uplinks, 600.0, 0.5, NOON) == after(1_020.0 + 1_200.0)
    assert foresee_completion(60.0, uplinks, 600.0, 0.5, after(1_500)) == after(1_620.0 + 1_200.0)
    assert foresee_completion(9_999.0, uplinks, 600.0, 0.5, NOON) is None
