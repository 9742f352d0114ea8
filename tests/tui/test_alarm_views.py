"""What the alarm screen says, without a terminal."""

from __future__ import annotations

import pytest

from ops_tui.views.alarms import (
    alarm_rows,
    alarms_summary,
    ringing_alarms,
    waiting_alarms,
)
from ops_tui.views.spans import span_of
from tests.tui import pictures

LIVES = pictures.picture(alarms=pictures.LIVES)


def test_they_come_by_craft_the_most_urgent_first_and_what_is_shelved_last() -> None:
    found = [(row.spacecraft, row.level.text, row.standing.text) for row in alarm_rows(LIVES)]
    assert found == [
        ("otv", "✖ critical", "▶ grace"),
        ("otv", "△ watch", "✖ waiting"),
        ("otv", "▲ warning", "✔ mika"),
        ("cube-polar", "✖ critical", "✖ waiting"),
        ("cube-polar", "▲ warning", "◷ shelved 3 h"),
        ("ground", "✖ critical", "○ over, unseen"),
    ]


def test_the_story_says_who_did_what_and_which_key_helps() -> None:
    stories = {row.id: row.story for row in alarm_rows(LIVES)}
    assert stories["otv/battery/1"] == "✔ mika 08-20 14:06:00  “eclipse season, as planned”"
    assert stories["cube-polar/payload/7"] == (
        "shelved by grace until 08-20 18:00:00: “off for the dust storm”"
    )
    assert stories["otv/link/4"] == "in the hands of grace  press a to acknowledge"
    assert stories["ground:yamcs"].endswith("nobody has seen it: c clears it")


def test_what_is_shelved_waits_for_nobody_and_rings_for_nobody() -> None:
    assert waiting_alarms(LIVES) == 4
    assert {one for one, _ in ringing_alarms(LIVES)} == {
        "otv/link/4",
        "cube-polar/heater/2",
        "ground:yamcs",
    }
    summary = alarms_summary(LIVES, 6, "", is_muted=False)
    assert summary.text == "6 standing · 4 to acknowledge · 1 shelved · bell on"


def test_another_occasion_of_the_same_alarm_rings_again() -> None:
    again = [
        {**one, "since_ns": one["since_ns"] + 1} if one["id"] == "otv/link/4" else one
        for one in pictures.LIVES["alarms"]
    ]
    after = pictures.picture(alarms={"alarms": again})
    assert {one for one, _ in ringing_alarms(after) - ringing_alarms(LIVES)} == {"otv/link/4"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", 6),
        ("OTV", 3),
        ("otv waiting", 1),
        ("shelved", 1),
        ("critical", 3),
        ("grace", 1),
        ("latched", 1),
        ("zeppelin", 0),
    ],
)
def test_the_filter_takes_words_of_any_column(wanted: str, found: int) -> None:
    assert len(alarm_rows(LIVES, wanted)) == found


def test_a_long_value_is_short_in_its_column_and_whole_below() -> None:
    (row,) = alarm_rows(LIVES, "yamcs")
    assert (row.value.text, row.full_value) == ("was gone, r…", "was gone, restart 1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90.0),
        ("30min", 1_800.0),
        (" 2 H ", 7_200.0),
        ("1.5 d", 129_600.0),
        ("0 h", None),
        ("2", None),
        ("soon", None),
        ("-1 h", None),
    ],
)
def test_spans_as_people_type_them(text: str, seconds: float | None) -> None:
    if seconds is None:
        with pytest.raises(ValueError, match="a span of time"):
            span_of(text)
    else:
        assert span_of(text) == seconds
