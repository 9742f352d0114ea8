"""The life of an alarm: no order of events leads it astray, and what is wrong is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.alarms import (
    LONGEST_SHELF,
    SILENT_AFTER_S,
    Acknowledged,
    Alarm,
    AlarmEvent,
    Assigned,
    Cleared,
    Raised,
    Returned,
    Shelved,
    Unshelved,
    advance_alarm,
    is_worse,
    next_end,
    on_the_same_shelf,
    shelves_over,
    silent_s,
)
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
HOUR = timedelta(hours=1)
LEVELS = ["watch", "warning", "distress", "critical", "severe"]
RAISED = Alarm("otv:obc_mode#1", "otv", "obc_mode", "warning", "SAFE", NOON)

events = st.one_of(
    st.builds(Raised, st.sampled_from(LEVELS), st.sampled_from(["SAFE", "OFF"])),
    st.just(Returned()),
    st.builds(Acknowledged, st.sampled_from(["ada", ""]), st.sampled_from(["seen", ""])),
    st.builds(
        Shelved,
        st.just("ada"),
        st.sampled_from(["as planned", " "]),
        st.integers(-10, 900).map(lambda hours: NOON + hours * HOUR),
    ),
    st.just(Unshelved()),
    st.builds(Assigned, st.sampled_from(["grace", ""]), st.just("ada")),
    st.just(Cleared()),
)


def _advance(alarm: Alarm, event: AlarmEvent, now: Instant) -> Alarm:
    """The alarm after `event`; refused, it stays as it is."""
    try:
        return advance_alarm(alarm, event, now)
    except CommandRefusedError:
        return alarm


@given(st.lists(events, max_size=30))
def test_whatever_happens_it_stays_sound(happened: list[AlarmEvent]) -> None:
    alarm, now = RAISED, NOON
    for event in happened:
        now = now + HOUR
        before, alarm = alarm, _advance(alarm, event, now)
        # an event told twice says nothing new
        assert _advance(alarm, event, now) == alarm
        # nothing clears that is not over, and nothing that nobody has seen but by its source
        if alarm.state == "cleared" and before.state != "cleared":
            over_and_seen = alarm.acknowledged and alarm.returned_at is not None
            assert over_and_seen or isinstance(event, Cleared)
        # only its source brings back what is cleared, and then somebody has to look
        if before.state == "cleared" and alarm.state != "cleared":
            assert isinstance(event, Raised)
            assert not alarm.acknowledged
        assert alarm.is_shelved == (alarm.shelved_at is not None) == bool(alarm.shelf_reason)
        assert alarm.acknowledged == bool(alarm.acknowledged_by)
        if alarm.wants_somebody:
            assert not alarm.acknowledged
            assert not alarm.is_shelved
        # what is worse than before is on no shelf
        if is_worse(alarm.level, before.level):
            assert not alarm.is_shelved


@given(st.integers(1, int(LONGEST_SHELF.total_seconds())), st.integers(0, 10**7))
def test_a_shelf_always_ends(shelved_s: int, passed_s: int) -> None:
    end = NOON.plus_seconds(float(shelved_s))
    shelved = advance_alarm(RAISED, Shelved("ada", "as planned", end), NOON)
    assert next_end([RAISED, shelved]) == end
    now = NOON.plus_seconds(float(passed_s))
    assert shelves_over([RAISED, shelved], now) == ([shelved] if passed_s >= shelved_s else [])
    assert advance_alarm(shelved, Unshelved(), now) == RAISED


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Shelved("ada", "  ", NOON + HOUR), "without a reason"),
        (Shelved("ada", "why", NOON), "until then"),
        (Shelved("ada", "why", NOON + LONGEST_SHELF + HOUR), "until then"),
        (Acknowledged(""), "nobody acknowledges"),
    ],
)
def test_what_is_wrong_is_refused(event: AlarmEvent, words: str) -> None:
    with pytest.raises(CommandRefusedError, match=words):
        advance_alarm(RAISED, event, NOON)


@pytest.mark.parametrize(
    "event", [Acknowledged("ada"), Shelved("ada", "why", NOON + HOUR), Assigned("ada", "ada")]
)
def test_of_what_is_over_nothing_can_be_asked(event: AlarmEvent) -> None:
    over = advance_alarm(RAISED, Cleared(), NOON)
    with pytest.raises(CommandRefusedError, match="is over"):
        advance_alarm(over, event, NOON)


def test_the_way_of_an_alarm_that_returns_unseen() -> None:
    latched = advance_alarm(RAISED, Returned(), NOON + HOUR)
    assert (RAISED.state, latched.state) == ("unacknowledged", "latched")
    seen = advance_alarm(latched, Acknowledged("ada", "a transient"), NOON + 2 * HOUR)
    assert (seen.state, seen.cleared_at) == ("cleared", NOON + 2 * HOUR)


def test_the_way_of_an_alarm_that_is_seen_first() -> None:
    seen = advance_alarm(RAISED, Acknowledged("ada"), NOON + HOUR)
    assert seen.state == "acknowledged"
    assert advance_alarm(seen, Returned(), NOON + 2 * HOUR).state == "cleared"


@pytest.mark.parametrize(("level", "state"), [("watch", "shelved"), ("severe", "unacknowledged")])
def test_a_condition_is_shelved_and_not_one_occasion_of_it(level: str, state: str) -> None:
    shelved = advance_alarm(RAISED, Shelved("ada", "as planned", NOON + 2 * HOUR), NOON)
    gone = advance_alarm(shelved, Cleared(), NOON)
    again = Alarm("otv:obc_mode#2", "otv", "obc_mode", level, "SAFE", NOON + HOUR)
    assert on_the_same_shelf(again, [gone], NOON + HOUR).state == state
    assert on_the_same_shelf(again, [gone], NOON + 2 * HOUR) == again
    other = Alarm("otv:obc_load#1", "otv", "obc_load", level, "9", NOON)
    assert on_the_same_shelf(other, [gone], NOON + HOUR) == other


def test_silence_counts_from_the_last_frame_and_only_in_lock() -> None:
    later = NOON.plus_seconds(SILENT_AFTER_S)
    assert silent_s(None, None, later) == 0.0
    assert silent_s(NOON, None, later) == SILENT_AFTER_S
    assert silent_s(NOON, NOON.plus_seconds(-500.0), later) == SILENT_AFTER_S
    assert silent_s(NOON, NOON.plus_seconds(600.0), later) == SILENT_AFTER_S - 600.0
