"""The fold over live events."""

from __future__ import annotations

from ops_tui.picture import (
    EVENTS_KEPT,
    Picture,
    advance_picture,
    picture_from_status,
    without_topics,
)
from tests.tui import pictures


def event(second: int, text: str = "beat") -> dict[str, object]:
    return {"time_ns": second, "spacecraft": "otv", "severity": "info", "text": text}


def test_a_snapshot_takes_the_place_of_the_one_before() -> None:
    picture = advance_picture(Picture(), "alarms", {"alarms": [1]})
    assert advance_picture(picture, "alarms", {"alarms": []}).alarms == {"alarms": []}


def test_a_snapshot_of_any_topic_takes_the_place_of_the_one_before() -> None:
    picture = pictures.picture()
    first = advance_picture(picture, "telemetry/otv", {"time_ns": 1})
    assert first.fleet == picture.fleet
    assert advance_picture(first, "telemetry/otv", {"time_ns": 2}).snapshots["telemetry/otv"] == {
        "time_ns": 2
    }


def test_events_are_kept_once_and_in_order() -> None:
    picture = advance_picture(Picture(), "events", event(5))
    picture = advance_picture(picture, "events", event(3))
    caught_up = picture_from_status(picture, {"events": {"events": [event(3), event(4)]}})
    assert [e["time_ns"] for e in caught_up.events] == [3, 4, 5]
    assert picture_from_status(caught_up, {"events": [event(4)]}) == caught_up


def test_old_events_are_let_go() -> None:
    many = [event(second) for second in range(EVENTS_KEPT + 10)]
    picture = picture_from_status(Picture(), {"events": many})
    assert [e["time_ns"] for e in picture.events] == list(range(10, EVENTS_KEPT + 10))


def test_catching_up_keeps_what_the_status_does_not_tell() -> None:
    picture = picture_from_status(pictures.picture(), {"clock": {"now_ns": 1}})
    assert picture.clock == {"now_ns": 1}
    assert picture.fleet == pictures.picture().fleet


def test_a_topic_is_caught_up_only_while_it_is_followed() -> None:
    told = {"pass_watch": {"passes": {"pass-004": {}}}}
    assert picture_from_status(Picture(), told).pass_watch == {}
    followed = picture_from_status(Picture(), told, frozenset({"pass_watch"}))
    assert followed.pass_watch == {"pass-004": {}}
    assert without_topics(followed, frozenset({"pass_watch"})).pass_watch == {}
    assert without_topics(followed, frozenset({"telemetry/otv"})) is followed
