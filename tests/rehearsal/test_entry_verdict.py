"""Each criterion on entries, and what breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundsys.desks.entry.entry_desk import EntryWord
from groundsys.entry.prediction import EntryPrediction, ForetoldEvent, Range
from groundsys.rehearsal.truth.record import TrueEntryRecord
from groundsys.rehearsal.verdict.entering import EntryEvidence
from groundsys.rehearsal.verdict.entry_verdict import entries_for_report, judge_entries
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T01:18:00Z")
LIMITS = {
    "max_entry_sigmas": 4.0,
    "max_entry_report_error_s": 2.5,
    "min_entry_live_share": 0.9,
    "max_entry_live_wait_s": 30.0,
}
TIMES = {"blackout_begin": 42.0, "blackout_end": 78.0, "peak_deceleration": 92.0, "landing": 420.0}
AT = {event: START.plus_seconds(seconds) for event, seconds in TIMES.items()}
ZERO = Range(0.0, 0.0)
GOOD = EntryEvidence(
    prediction=EntryPrediction(
        interface=ForetoldEvent(START, 2.0, 1.0),
        events={event: ForetoldEvent(time, 3.0, 1.0) for event, time in AT.items()},
        peak_deceleration_m_s2=ZERO,
        peak_heat_flux_w_m2=ZERO,
        impact_m_s=ZERO,
        latitude_deg=ZERO,
        longitude_deg=ZERO,
        losses={},
    ),
    told={event: time.plus_seconds(1.0) for event, time in AT.items()},
    word=EntryWord((), "landed", None, "it has reported from the ground"),
    truth=TrueEntryRecord(AT, None, AT["landing"]),
    live_waits_s=(4.0,) * 19 + (None,),
    archived_rows=400,
    archived_different=400,
)
LOST = replace(
    GOOD,
    word=EntryWord((), "lost", "hit_too_hard", "its second stage had not opened"),
    truth=TrueEntryRecord(AT, "hit_too_hard", AT["landing"]),
)
IN_PLASMA = replace(
    GOOD,
    told={},
    word=EntryWord((), "lost", "silent_in_plasma", "never heard again"),
    truth=TrueEntryRecord(
        {"blackout_begin": AT["blackout_begin"]}, "overheated", START.plus_seconds(60.0)
    ),
)


def _failed(one: EntryEvidence) -> set[str]:
    return {criterion.name for criterion in judge_entries({"c": one}, LIMITS) if not criterion.ok}


@pytest.mark.parametrize("one", [GOOD, LOST, IN_PLASMA])
def test_what_is_as_it_should_be_passes(one: EntryEvidence) -> None:
    assert _failed(one) == set()


def _told(event: str, seconds: float) -> Callable[[EntryEvidence], EntryEvidence]:
    return lambda one: replace(one, told={**one.told, event: AT[event].plus_seconds(seconds)})


CASES: list[tuple[str, Callable[[EntryEvidence], EntryEvidence], set[str]]] = [
    ("told late", _told("landing", 13.0), {"entry_events_foretold[c]", "entry_events_true[c]"}),
    ("told a little late", _told("landing", 3.0), {"entry_events_true[c]"}),
    (
        "told nothing",
        lambda one: replace(one, told={}),
        {"entry_events_foretold[c]", "entry_events_true[c]"},
    ),
    (
        "told what never was",
        lambda one: replace(
            one, truth=replace(one.truth, events={"landing": one.truth.events["landing"]})
        ),
        {"entry_events_true[c]"},
    ),
    (
        "kept waiting",
        lambda one: replace(one, live_waits_s=(31.0,) * 3 + (4.0,) * 17),
        {"entry_live[c]"},
    ),
    ("starved", lambda one: replace(one, live_waits_s=(None,) * 20), {"entry_live[c]"}),
    ("never heard", lambda one: replace(one, live_waits_s=()), {"entry_live[c]"}),
    ("twice", lambda one: replace(one, archived_rows=401), {"entry_archived_once[c]"}),
    (
        "nothing archived",
        lambda one: replace(one, archived_rows=0, archived_different=0),
        {"entry_archived_once[c]"},
    ),
    (
        "given up, and landed",
        lambda one: replace(one, truth=replace(one.truth, lost=None), word=LOST.word),
        {"entry_fate[c]"},
    ),
    ("lost, and not noticed", lambda one: replace(one, truth=LOST.truth), {"entry_fate[c]"}),
    (
        "lost for another reason",
        lambda one: replace(one, truth=replace(LOST.truth, lost="overloaded"), word=LOST.word),
        {"entry_fate[c]"},
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_criterion_fails_on_what_it_is_for(
    change: Callable[[EntryEvidence], EntryEvidence], expected: set[str]
) -> None:
    assert _failed(change(GOOD)) == expected


def test_the_report_has_every_event_beside_its_prediction_and_the_truth() -> None:
    told = entries_for_report({"c": LOST})["c"]
    assert told["fate"] == "lost"
    assert told["truly_lost"] == "hit_too_hard"
    assert told["events"]["landing"] == {
        "foretold": "2031-08-20T01:25:00.0Z",
        "sigma_s": 3.0,
        "told": "2031-08-20T01:25:01.0Z",
        "true": "2031-08-20T01:25:00.0Z",
    }
