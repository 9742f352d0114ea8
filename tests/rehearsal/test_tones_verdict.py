"""Tones, judged: what was heard against what was sent, and how long a call waited for its pass."""

from __future__ import annotations

import math

import pytest

from groundsys.mission.ground.beacon_model import Beacon, BeaconTone
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import TrueTone
from groundsys.rehearsal.verdict.listening import (
    Listening,
    TonesHeard,
    judge_tones,
    tones_heard,
)
from groundsys.values.instants import Instant

LIGHT_S = 7_000.0
BEACON = Beacon(
    (
        BeaconTone("GREEN", 20_000.0, "nominal"),
        BeaconTone("YELLOW", 25_000.0, "interesting"),
        BeaconTone("ORANGE", 30_000.0, "important", 72 * 3600.0),
        BeaconTone("RED", 35_000.0, "urgent", 48 * 3600.0),
    ),
    loss_db=3.0,
)
NOON = Instant.from_utc_iso("2033-07-01T12:00:00Z")
#: as planned, one criterion after the other
LIMITS = {"min_tones_heard": 2.0, "max_tone_answer_h": 60.0}


class Far:
    """Light takes as long, wherever the antenna is."""

    def downlink_light_time_s(self, antenna, craft, receive_ns):  # type: ignore[no-untyped-def]
        return 0.0 * receive_ns + LIGHT_S


def at(hours: float) -> Instant:
    return NOON.plus_seconds(3600.0 * hours)


def report(tone: str | None, hours: float) -> dict[str, object]:
    """Ten minutes of listening, of which the end is so late."""
    start, end = at(hours).plus_seconds(-600.0), at(hours)
    return {"antenna": "small", "tone": tone, "start_ns": start.tai_ns, "end_ns": end.tai_ns}


def passed(start_h: float, verdict: str = "executed") -> Pass:
    one = Pass.__new__(Pass)
    object.__setattr__(one, "start", at(start_h))
    object.__setattr__(one, "verdict", verdict)
    return one


def flown(reports, passes, tones=None):  # type: ignore[no-untyped-def]
    tones = tones or [TrueTone(at(0), "GREEN", "GREEN"), TrueTone(at(20), "RED", "RED")]
    return tones_heard(Far(), "probe", BEACON, reports, tones, passes)  # type: ignore[arg-type]


def names_of_failed(found: TonesHeard) -> set[str]:
    judged = judge_tones({"probe": found}, LIMITS)
    return {one.name.partition("[")[0] for one in judged if not one.ok}


def test_a_call_that_is_heard_and_answered_is_good() -> None:
    found = flown([report("GREEN", 10), report("RED", 34)], [passed(5), passed(60)])
    assert [one.is_right for one in found.listenings] == [True, True]
    assert found.answers_h == (40.0,)
    assert names_of_failed(found) == set()


def test_light_time_says_which_tone_was_on_its_way() -> None:
    # red has been sent for an hour, and green still arrives
    assert flown([report("GREEN", 21)], []).listenings[0].is_right
    assert flown([report("RED", 21)], []).listenings[0].is_wrong
    # the tone changes while somebody listens: either is right
    between = report("RED", 20 + LIGHT_S / 3600.0 + 0.05)
    assert flown([between], []).listenings[0] == Listening("RED", ("GREEN", "RED"))


def test_silence_is_missed_where_there_was_a_tone_alone() -> None:
    tones = [TrueTone(at(0), "GREEN", "GREEN"), TrueTone(at(20), None, "GREEN")]
    heard = flown([report(None, 10), report(None, 40)], [], tones).listenings
    assert [one.is_unheard for one in heard] == [True, False]
    assert not any(one.is_right or one.is_wrong for one in heard)


@pytest.mark.parametrize(
    ("reports", "passes", "fails"),
    [
        ([report("GREEN", 10), report("RED", 34)], [passed(5)], {"tone_answer_h"}),
        ([report("GREEN", 10), report("RED", 34)], [passed(81)], {"tone_answer_h"}),
        ([report("GREEN", 10), report("RED", 34)], [passed(40, "missed")], {"tone_answer_h"}),
        ([report("GREEN", 10), report("GREEN", 34)], [passed(60)], {"tones_heard", "tones_wrong"}),
        ([report("GREEN", 10), report(None, 34)], [passed(60)], {"tones_heard", "tones_unheard"}),
    ],
)
def test_each_criterion_can_fail(reports, passes, fails) -> None:  # type: ignore[no-untyped-def]
    assert names_of_failed(flown(reports, passes)) == fails


def test_a_beacon_that_is_stuck_calls_all_the_same() -> None:
    """What was meant counts for the answer: nobody hears the call, and nobody comes."""
    tones = [TrueTone(at(0), "GREEN", "GREEN"), TrueTone(at(20), "GREEN", "RED")]
    found = flown([report("GREEN", 10), report("GREEN", 34)], [passed(120)], tones)
    assert found.answers_h == (100.0,)
    assert names_of_failed(found) == {"tone_answer_h"}
    assert flown([], [], tones).answers_h == (math.inf,)
