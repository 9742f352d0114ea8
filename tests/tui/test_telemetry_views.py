"""What the telemetry screen says of values: live or how old, in or out of limits, and its plots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.telemetry.live_values import topic_of
from ops_tui.picture import Link, Picture, advance_picture, picture_following
from ops_tui.views.catalogue import (
    MOST_FOUND,
    Catalogue,
    Parameter,
    group_shown,
    page_shown,
    read_catalogue,
    search_shown,
)
from ops_tui.views.history import history_view
from ops_tui.views.telemetry import ValueRow, detail_text, sparkline, value_row
from tests.tui import pictures
from tests.tui import telemetry_pictures as telemetry

CATALOGUE = read_catalogue(telemetry.PARAMETERS)
LIVE, LOST = Link("live"), Link("lost", 12)
CADENCE_S = 60.0


def row(picture: Picture, name: str = "eps_battery_charge", link: Link = LIVE) -> ValueRow:
    return value_row(picture, link, CATALOGUE, "otv", name)


@pytest.mark.parametrize(
    ("s_ago", "link", "age"),
    [
        (pictures.LIGHT_TIME_S + CADENCE_S - 1.0, LIVE, "● live"),
        (pictures.LIGHT_TIME_S + CADENCE_S + 1.0, LIVE, "◐ 13 min, 1.1 OWLT"),
        (pictures.LIGHT_TIME_S, LOST, "◐ 12 min, 1.0 OWLT"),
        (8_400.0, LIVE, "◐ 2 h, 11 OWLT"),
    ],
)
def test_only_what_nothing_newer_can_have_overtaken_is_live(
    s_ago: float, link: Link, age: str
) -> None:
    assert row(telemetry.picture(s_ago), link=link).age.text == age


@given(st.floats(0.0, 1e7), st.sampled_from([LIVE, LOST, Link("connecting")]))
def test_nothing_older_than_light_time_and_cadence_is_ever_shown_as_live(
    s_ago: float, link: Link
) -> None:
    told = telemetry.telling(pictures.picture(), "otv", telemetry.values_event("otv", s_ago))
    shown = row(told, link=link)
    is_live = link.is_live and s_ago < pictures.LIGHT_TIME_S + CADENCE_S
    assert ("live" in shown.age.text) == is_live
    assert (shown.value.tone == "quiet") != is_live


def test_what_comes_on_occasion_is_live_by_its_measured_cadence_alone() -> None:
    once = telemetry.telling(
        pictures.picture(), "otv", telemetry.values_event("otv", telemetry.FRESH_S)
    )
    assert "live" not in row(once, "time_report_sclk_s").age.text
    assert row(telemetry.picture(), "time_report_sclk_s").age.text == "● live"


def test_a_limit_is_said_with_sign_and_word_and_never_by_colour_alone() -> None:
    told = telemetry.picture(
        levels={"eps_battery_charge": "critical", "eps_load_power": "watch"},
        eps_battery_charge=20.0,
    )
    assert row(told).limit.text == "▲ critical"
    assert row(told).value.tone == row(told).limit.tone == "bad"
    assert row(told, "eps_load_power").limit.text == "△ watch"
    assert row(telemetry.picture()).limit.text == "✔"
    assert row(telemetry.picture(), "eps_battery_current").limit.text == ""


def test_an_invalid_value_is_said_to_be_so() -> None:
    event = telemetry.values_event("otv", telemetry.FRESH_S)
    event["values"]["eps_battery_charge"][4] = False
    assert row(telemetry.telling(pictures.picture(), "otv", event)).limit.text == "✖ invalid"


def test_what_was_never_told_is_said_to_be_so() -> None:
    shown = row(pictures.picture())
    assert (shown.value.text, shown.age.text) == ("–", "○ never heard")


def test_values_keep_units_and_the_cursor_tells_limits_and_times() -> None:
    assert row(telemetry.picture()).value.text == "87.5 %"
    assert row(telemetry.picture(), "obc_commands_accepted").value.text == "48 210"
    told = detail_text(telemetry.picture(), CATALOGUE, "otv", "eps_battery_voltage")
    assert told == (
        "otv eps_battery_voltage: eps battery voltage\n"
        "SCET 08-20 13:59:40  warning < 23 > 33.6  each 1 min  received 08-20 14:12:12"
    )


def test_the_line_of_late_values_goes_with_them() -> None:
    assert sparkline([1.0, 2.0, 3.0]) == "▁▅█"
    assert sparkline([5.0, 5.0]) == "▄▄"
    assert sparkline([5.0]) == ""
    assert row(telemetry.picture()).recent.text == "█▇▆▅▄▃▂▁"


def test_an_event_changes_only_what_it_tells_and_doubles_nothing() -> None:
    before = telemetry.picture()
    change = telemetry.values_event("otv", telemetry.FRESH_S - 60.0)
    change["values"] = {"eps_battery_charge": change["values"]["eps_battery_charge"]}
    after = telemetry.telling(before, "otv", change, change)
    known, then = before.telemetry["otv"], after.telemetry["otv"]
    charges = [one.recent["eps_battery_charge"] for one in (known, then)]
    assert len(charges[1]) == len(charges[0]) + 1
    assert then.values["obc_mode"] == known.values["obc_mode"]
    assert after.telemetry["cube-polar"] == before.telemetry["cube-polar"]


def test_of_craft_that_are_not_followed_recent_values_are_let_go() -> None:
    left = picture_following(telemetry.picture(), {topic_of("cube-polar"), "clock"})
    assert not left.telemetry["otv"].recent
    assert left.telemetry["cube-polar"].recent
    assert row(left).value.text == "87.5 %"


def test_status_leaves_telemetry_as_it_is() -> None:
    told = telemetry.picture()
    after = advance_picture(told, "clock", told.clock)
    assert after.telemetry == told.telemetry


def test_a_page_shows_what_a_craft_has_and_the_fleet_s_all_craft() -> None:
    fleet, power = CATALOGUE.pages
    assert page_shown(CATALOGUE, fleet, "").rows[:3] == (
        ("cube-polar", "obc_mode"), ("cube-tharsis", "obc_mode"), ("otv", "obc_mode")
    )  # fmt: skip
    shown = page_shown(CATALOGUE, power, "cube-polar")
    assert ("cube-polar", "time_report_sclk_s") not in shown.rows
    assert shown.plots == (("cube-polar", "eps_battery_charge"),)
    assert "eps_charge_mode" in shown.plain


def test_a_group_shows_all_its_parameters() -> None:
    shown = group_shown(CATALOGUE, "otv", "OBC")
    assert [name for _, name in shown.rows] == [
        "obc_mode", "obc_temperature", "obc_commands_accepted"
    ]  # fmt: skip
    assert group_shown(CATALOGUE, "otter", "OBC").rows == ()


def test_a_search_finds_all_words_in_any_order_and_never_too_much() -> None:
    assert search_shown(CATALOGUE, "VOLT polar").rows == (("cube-polar", "eps_battery_voltage"),)
    assert search_shown(CATALOGUE, "teapot").rows == ()
    model = CATALOGUE.craft["otv"]
    many = Catalogue({f"craft-{number:03d}": model for number in range(100)})
    assert len(search_shown(many, "eps").rows) == MOST_FOUND


def parameter(name: str = "eps_battery_charge") -> Parameter:
    found = CATALOGUE.parameter("otv", name)
    assert found is not None
    return found


def test_a_plot_is_broken_where_nothing_came_and_has_the_limits_that_are_near() -> None:
    view = history_view("otv", parameter(), telemetry.history())
    assert len(view.curves) == 2
    assert [one.text for one in view.limits] == ["△ watch < 45", "▲ warning < 35"]
    assert "▲ critical < 25" in view.note.text
    assert view.low < 35.0 < 90.0 < view.high
    assert all(view.low <= at <= view.high for at, _ in view.levels)


def test_a_plot_goes_on_with_what_has_come_since() -> None:
    newer = pictures.before_now(-60.0)
    recent = [(pictures.before_now(300.0), 1.0), (newer, 12.0)]
    told = telemetry.history(points=[[pictures.before_now(200.0)] * 2 + [50.0, 51.0, 9]])
    view = history_view("otv", parameter(), told, recent)
    assert view.curves[-1][-1][1] == 12.0
    assert min(value for curve in view.curves for _, value in curve) == 12.0
    assert view.span_s == pytest.approx(6 * 3600.0 + 60.0)


def test_a_plot_says_why_there_is_none() -> None:
    assert "asking" in history_view("otv", parameter(), None).note.text
    refused = history_view("otv", parameter(), None, trouble="too many values")
    assert "too many values" in refused.note.text
    empty = history_view("otv", parameter(), telemetry.history(points=[]))
    assert "nothing is archived" in empty.note.text


@given(
    st.lists(
        st.tuples(st.integers(0, 21_599), st.floats(-1e9, 1e9), st.floats(0, 1e6)),
        min_size=1, max_size=40, unique_by=lambda one: one[0],
    )
)  # fmt: skip
def test_any_history_fits_its_axes(found: list[tuple[int, float, float]]) -> None:
    start = pictures.before_now(6 * 3600.0)
    points = [
        [start + after * 10**9, start + after * 10**9, low, low + width, 2]
        for after, low, width in sorted(found)
    ]
    view = history_view("otv", parameter("eps_battery_current"), telemetry.history(points=points))
    drawn = [one for curve in view.curves for one in curve]
    assert all(0.0 <= at <= view.span_s and view.low <= value <= view.high for at, value in drawn)
    assert {value for _, value in drawn} >= {low for _, low, _ in found}
    assert len(view.levels) <= 12
