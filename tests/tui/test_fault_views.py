"""Faults as the console tells them, and what it asks for when one is injected."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.mission.faults.fault_catalogue import FAULTS
from ops_tui.views.faults import fault_fields, fault_rows, stated_fault
from tests.tui.faults_told import CATALOGUE, INJECTED, directed

BY_NAME = {one["fault"]: one for one in CATALOGUE}


def test_what_was_injected_stands_there_with_its_time_the_latest_first() -> None:
    rows = fault_rows(directed(*INJECTED))
    assert [(row.state.text, row.by) for row in rows] == [
        ("◌ asked for", "fay"),
        ("◌ waits", "fay"),
        ("○ over", "fay"),
        ("✖ strikes", "fay"),
        ("✖ strikes", "from the start"),
    ]
    assert rows[0].begins.startswith("2031-08-20 ")
    assert rows[1].begins == "with its event"


def test_the_told_catalogue_is_the_real_one() -> None:
    for one in CATALOGUE:
        real = FAULTS[one["fault"]]
        assert one["lasts"] == (real.timing == "stretch")
        assert [each["name"] for each in one["parameters"]] == [
            each.name for each in real.parameters
        ]


def answers(fault: str, **typed: str) -> dict[str, str]:
    """What stands in the fields, with what was typed."""
    stands = {one.name: one.value for one in fault_fields(BY_NAME[fault])}
    assert set(typed) <= set(stands)
    return {**stands, **typed}


@pytest.mark.parametrize(
    ("fault", "typed", "stated"),
    [
        ("wind_stow", {}, "wind_stow"),
        (
            "wind_stow",
            {"antenna": "dss-43", "begins": "2031-08-20 12:30", "lasts": "2 h"},
            "wind_stow,antenna=dss-43,from=2031-08-20T12:30:00Z,lasts_s=7200",
        ),
        ("bit_errors", {"rate": "0.01"}, "bit_errors,rate=0.01,direction=downlink"),
        ("safe_mode", {"spacecraft": "otv"}, "safe_mode,spacecraft=otv"),
    ],
)
def test_what_is_typed_is_stated_as_the_command_line_does(
    fault: str, typed: dict[str, str], stated: str
) -> None:
    asked = stated_fault(BY_NAME[fault], answers(fault, **typed, why="drill"))
    assert asked == {"fault": stated, "reason": "drill"}


@pytest.mark.parametrize(
    ("fault", "typed", "trouble"),
    [
        ("wind_stow", {"begins": "soon"}, "'soon' is no time"),
        ("wind_stow", {"lasts": "long"}, "write a span of time"),
        ("sensor_stuck", {}, "parameter must be told"),
    ],
)
def test_what_is_wrong_is_said(fault: str, typed: dict[str, Any], trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        stated_fault(BY_NAME[fault], answers(fault, **typed))
