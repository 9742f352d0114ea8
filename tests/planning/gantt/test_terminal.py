"""The chart in a terminal, character by character, and at sizes that it must stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.mission.scenario.planning_data import Shift
from groundsys.planning.gantt import terminal_gantt
from groundsys.planning.gantt.chart import Chart, Row
from tests.planning.gantt.drawn import START, a_pass, hours, one_day

#: twelve columns of names, then two cells an hour
A_DAY = """\
            Wed 20 Aug 2031
UTC         00  02  04  06  08  10  12  14  16  18  20  22
            ┼┄┄┄┄┄┄┄┄┄┄┄━━━━━━━━━━━━━━━━━━━━━▼━━┄┄┄┄┄┄┄┄┄┄┄┄
dss-25          ──pass-01█▄▄────             │      ──█▄────
usuda-64                      ──02█▄──╳╳╳╳≈≈ │
                              ────▄▄▄▄╳╳╳╳≈≈ │
new-norcia                                   │
            ┼┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
cube                  ▐─                     │──

█ receiving and transmitting   ▄ receiving   ─ in view
╳ closed   ≈ weather   ▼ now   ■ otv   ■ second   ■ cube"""


def drawn(chart: Chart, width: int) -> list[str]:
    return terminal_gantt(chart, width).plain.split("\n")


def test_a_day_character_by_character() -> None:
    assert drawn(one_day(), 60) == A_DAY.split("\n")


@pytest.mark.parametrize("days", [0.25, 1, 2, 5, 14, 28])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_too_long_and_every_pass_is_seen(days: float, width: int) -> None:
    passes = tuple(
        a_pass(f"pass-{number:03d}", hour, hour + 1.5, hour + 1.0)
        for number, hour in enumerate(range(1, int(24 * days) - 1, 12), 1)
    )
    row = Row("dss-25", "Goldstone", "antenna", (), passes)
    chart = Chart("Long", hours(0, 24 * days), (row,), ("otv",))
    lines = drawn(chart, width)
    assert max(map(len, lines)) <= width
    solid = "".join(line.removeprefix("dss-25") for line in lines if line.startswith("dss-25"))
    stretches = "".join(sign if sign not in "╴╶─│" else " " for sign in solid).split(" ")
    assert sum(bool(stretch.strip(" h.0123456789–")) for stretch in stretches) >= len(passes)


def test_long_plans_are_cut_into_strips_of_whole_days() -> None:
    chart = replace(one_day(), span=hours(0, 28 * 24))
    days = [line for line in drawn(chart, 120) if " Aug" in line or " Sep" in line]
    assert [line.split()[0] for line in days] == ["Wed", "Wed", "Wed", "Wed"]
    narrow = [line for line in drawn(chart, 80) if line.startswith("UTC")]
    assert len(narrow) == 7


def test_wide_terminals_tell_the_hours_booked() -> None:
    line = next(line for line in drawn(one_day(), 120) if line.startswith("dss-25"))
    assert line.endswith("   6.0 h")
    assert not any(line.endswith(" h") for line in drawn(one_day(), 80))


def test_names_of_passes_are_told_as_long_as_they_fit() -> None:
    def label(width: int) -> str:
        return next(line for line in drawn(one_day(), width) if line.startswith("dss-25"))

    assert "pass-01 128k" in label(120)
    assert "pass-01" in label(60)
    assert "pass-01" not in label(48)
    assert "01" in label(48)


def test_shifts_are_shown_where_the_scenario_has_any() -> None:
    chart = replace(one_day(), shifts=(Shift(6 * 3600.0, 14 * 3600.0),))
    line = next(line for line in drawn(chart, 60) if line.startswith("on shift"))
    assert line == "on shift".ljust(12) + " " * 12 + "▂" * 16


def test_now_is_marked_only_within_the_span() -> None:
    later = replace(one_day(), now=START.plus_seconds(2 * 86_400.0))
    assert not any("▼" in line or "│" in line for line in drawn(later, 80))


def test_craft_are_told_apart_by_colour_too() -> None:
    text = terminal_gantt(one_day(), 80)
    styles = {str(span.style) for span in text.spans}
    assert {"cyan", "yellow", "magenta"} <= styles
