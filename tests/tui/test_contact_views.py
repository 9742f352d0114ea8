"""Contacts as rows and as a chart, and changes of the plan before they are made."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_tui.picture import Picture
from ops_tui.views.contact_chart import chart_view
from ops_tui.views.contacts import (
    DEFAULT_SPAN,
    SPANS_H,
    Window,
    conflicts,
    contact,
    contact_rows,
    current_row,
    obstacles,
    plan_line,
)
from ops_tui.views.plan_changes import contact_detail, proposal_view
from tests.tui import pictures

WHOLE = Window(SPANS_H.index(72))
WINDOWS = st.builds(Window, st.integers(0, len(SPANS_H) - 1), st.floats(-5000.0, 5000.0))


def in_trouble() -> Picture:
    return pictures.picture(plan=pictures.PLAN_IN_TROUBLE)


def test_passes_and_sessions_stand_in_one_list_with_their_verdicts() -> None:
    rows = contact_rows(pictures.picture(), WHOLE)
    assert [row.id for row in rows[2:6]] == ["pass-003", "relay-001", "pass-004", "relay-002"]
    assert [row.state.text for row in rows[:5]] == [
        "✔ executed",
        "◐ degraded",
        "✖ missed",
        "✔ executed",
        "▶ locked",
    ]
    assert (rows[4].frames.text, rows[4].volume.text) == ("812", "905 kB")
    assert (rows[4].expected.text, rows[4].serves) == ("5.25 MB", "otv-commands")
    assert rows[3].frames.text == "–"


def test_the_list_holds_what_the_chart_shows() -> None:
    day = [row.id for row in contact_rows(pictures.picture(), Window())]
    assert day[0] == "pass-002"  # it was still under way as the window begins, 08:00
    assert "pass-001" not in day
    assert contact_rows(pictures.picture(), Window(moved_h=400.0)) == ()


def test_the_cursor_starts_at_what_is_under_way() -> None:
    assert current_row(pictures.picture()) == "pass-004"
    late = pictures.picture(
        clock={"now_ns": pictures.at("2031-08-22T00:00:00Z"), "rate": 1, "simulated": True}
    )
    assert current_row(late) == "pass-005"
    assert current_row(Picture()) is None


def test_a_contact_is_found_by_its_id() -> None:
    found = contact(pictures.picture(), "relay-003")
    assert found is not None
    assert found["spacecraft"] == "cube-polar"
    assert contact(pictures.picture(), "pass-999") is None
    assert contact(Picture(), None) is None


@given(window=WINDOWS, columns=st.integers(1, 300), lines=st.integers(1, 10))
def test_the_chart_stays_inside_its_columns_and_lines(
    window: Window, columns: int, lines: int
) -> None:
    chart = chart_view(in_trouble(), window, columns, lines, "pass-004")
    assert chart is not None
    assert len(chart.lines) <= lines
    assert len(chart.lines) + chart.left_out == 6
    for line in chart.lines:
        assert all(0 <= bar.start < bar.end <= columns for bar in line.bars)
        assert all(0 <= start < end <= columns for start, end, _ in line.obstacles)
    for (at, text), (following, _) in zip(chart.ticks, chart.ticks[1:], strict=False):
        assert at + len(text) < following
    assert all(at >= 0 and at + len(text) <= columns for at, text in chart.ticks)


@given(window=WINDOWS, steps=st.integers(-3, 3))
def test_time_that_was_moved_comes_back(window: Window, steps: int) -> None:
    there = window.moved(steps).moved(-steps)
    assert there.span == window.span
    assert there.moved_h == pytest.approx(window.moved_h, abs=1e-6)
    assert SPANS_H[0] <= window.zoomed(steps).hours <= SPANS_H[-1]
    assert Window(window.span).zoomed(steps).moved_h == 0.0  # still follows the clock


def test_the_chart_shows_whole_utc_hours_and_every_antenna() -> None:
    chart = chart_view(pictures.picture(), Window(DEFAULT_SPAN), 96, 20, "pass-004")
    assert chart is not None
    assert chart.ticks[:2] == ((4, "09:00"), (16, "12:00"))
    assert [line.label for line in chart.lines] == [
        "dss-14",
        "malargue",
        "misasa-54",
        "usuda-64",
        "⇄ cube-polar",
        "⇄ cube-tharsis",
    ]
    (usuda,) = chart.lines[3].bars
    assert (usuda.start, usuda.end, usuda.sign, usuda.label) == (21, 39, "▶", "otv")
    assert usuda.is_selected


def test_where_lines_lack_room_the_selected_one_stays_and_the_rest_is_counted() -> None:
    chart = chart_view(pictures.picture(), Window(), 60, 2, "relay-002")
    assert chart is not None
    assert chart.lines[-1].label == "⇄ cube-tharsis"
    assert chart.left_out == 4


def test_a_pass_in_an_outage_is_a_conflict_everywhere() -> None:
    shown = in_trouble()
    assert conflicts(shown) == {"pass-005": "dss-14 is out"}
    row = next(row for row in contact_rows(shown, Window()) if row.id == "pass-005")
    assert row.state.text == "! conflict"
    chart = chart_view(shown, Window(), 96, 20)
    assert chart is not None
    (bar,) = chart.lines[0].bars
    assert (bar.sign, bar.tone) == ("!", "bad")
    assert [sign for _, _, sign in chart.lines[0].obstacles] == ["╳"]
    assert [sign for _, _, sign in chart.lines[1].obstacles] == ["≈"]
    assert conflicts(pictures.picture()) == {}


def test_a_craft_booked_twice_at_one_antenna_is_a_conflict() -> None:
    passes = copy.deepcopy(pictures.PASSES)
    double: dict[str, Any] = {**passes["passes"][4], "id": "pass-006"}
    passes["passes"].append(double)
    found = conflicts(pictures.picture(passes=passes))
    assert found == {"pass-005": "overlaps pass-006", "pass-006": "overlaps pass-005"}
    double["spacecraft"] = "other"  # two craft in one beam may be wanted so
    assert conflicts(pictures.picture(passes=passes)) == {}


def test_the_plan_s_line_counts_what_was_not_met_and_what_is_in_the_way() -> None:
    line = plan_line(in_trouble())
    assert line is not None
    assert (line.version, line.until) == ("5", "09-17")
    assert (line.shortfalls.text, line.obstacles.text) == ("▲ 2 not met", "╳ 3 in the way")
    calm = plan_line(pictures.picture())
    assert calm is not None
    assert (calm.shortfalls.text, calm.obstacles.text) == ("all met", "nothing in the way")
    assert plan_line(Picture()) is None


def test_each_obstacle_says_what_where_and_why() -> None:
    assert [(one.what.text, one.subject) for one in obstacles(in_trouble())] == [
        ("! conflict", "pass-005"),
        ("╳ out", "dss-14"),
        ("≈ weather", "malargue"),
        ("▲ not met", "otv-health/2"),
        ("▲ not met", "polar-weather"),
    ]
    assert obstacles(in_trouble())[3].text == (
        "0 s of 3600 s: no antenna is free in its window"
    )  # fmt: skip
    later = {"now_ns": pictures.at("2031-08-22T00:00:00Z"), "rate": 1, "simulated": True}
    over = pictures.picture(plan=pictures.PLAN_IN_TROUBLE, clock=later)
    assert [one.what.text for one in obstacles(over)] == ["▲ not met", "▲ not met"]


def test_a_proposal_tells_contacts_customers_and_who_is_affected() -> None:
    view = proposal_view(pictures.PROPOSAL)
    assert [(row.kind.text, row.id, row.before, row.after) for row in view.contacts] == [
        ("✖ cancelled", "pass-005", "dss-14 08-21 03:05–07:40", "–"),
        ("+ added", "pass-006", "–", "malargue 08-21 08:00–10:20"),
    ]
    assert [(row.volume.text, row.latency.text) for row in view.customers] == [
        ("2 MB, as before", "▼ 5 h 30 min → 9 h 30 min, later"),
        ("▼ 6.5 MB → 5.12 MB", "6 h 00 min, as before"),
    ]
    assert view.affected.text == "otv, polar-weather, tharsis-seismo"
    assert (view.token, view.version) == ("cafe0123", 4)


def test_a_proposal_that_changes_nothing_says_so() -> None:
    nothing = {**pictures.PROPOSAL, "contacts": [], "craft": [], "changes": {}}
    assert proposal_view(nothing).affected.text == "nobody: nothing would change"


@given(
    before=st.floats(0, 1e12),
    after=st.floats(0, 1e12),
    early=st.none() | st.floats(0, 1e7),
    late=st.none() | st.floats(0, 1e7),
)
def test_what_gets_worse_is_never_told_as_good(
    before: float, after: float, early: float | None, late: float | None
) -> None:
    customer = {
        "bits_before": before, "bits_after": after,
        "latency_s_before": early, "latency_s_after": late,
    }  # fmt: skip
    changed = {**pictures.PROPOSAL, "changes": {"customers": {"one": customer}}}
    (row,) = proposal_view(changed).customers
    assert row.volume.tone != ("good" if after < before else "bad")
    if early is not None and late is not None:
        assert row.latency.tone != ("good" if late > early else "bad")
    if late is None and early is not None:
        assert row.latency.tone == "bad"


def test_a_contact_s_detail_says_what_it_carries_and_for_whom() -> None:
    detail = contact_detail(pictures.CONTACT)
    told = {label: phrase.text for line in detail.lines for label, phrase in line}
    assert told["carries"] == "5.25 MB"
    assert told["brings"] == "205 kB for polar-weather, 652 kB for tharsis-seismo"
    assert told["margin"] == "2.9 dB"
    assert told["serves"] == "otv-commands"
    rain = contact_detail({**pictures.CONTACT, "weather_db": 4.0})
    margin = next(phrase for label, phrase in rain.lines[0] if label == "margin")
    assert (margin.text, margin.tone) == ("✖ -1.1 dB", "bad")


def test_a_session_s_detail_names_the_pass_that_brings_it_home() -> None:
    detail = contact_detail(pictures.contact_shown("relay-002"))
    told = {label: phrase for line in detail.lines for label, phrase in line}
    assert told["home with"].text == "pass-005"
    lone = contact_detail({**pictures.contact_shown("relay-002"), "home_with": None})
    told = {label: phrase for line in lone.lines for label, phrase in line}
    assert (told["home with"].text, told["home with"].tone) == (
        "no pass that is planned", "caution",
    )  # fmt: skip
