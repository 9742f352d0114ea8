"""The live display tells first what was injected into the flight."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.values.instants import Instant

FAULTS = ("silent_cube,spacecraft=cube-polar", "kill,process=hub,state=[odd]")


@pytest.mark.parametrize("terminal", [True, False])
def test_injected_faults_come_first(terminal: bool) -> None:
    told = io.StringIO()
    console = Console(file=told, force_terminal=terminal, width=120)
    with ProgressDisplay(console, "A day", None, FAULTS) as display:
        display.phase("starting Yamcs")
    lines = told.getvalue().splitlines()
    if terminal:
        first = next(line for line in lines if "silent_cube" in line or "starting" in line)
        assert "injected" in first
        assert FAULTS[0] in first
        assert FAULTS[1] in told.getvalue()
    else:
        assert lines[0] == f"A day: flown with {FAULTS[0]}, {FAULTS[1]}"
        assert lines[1] == "A day: starting Yamcs"


def test_it_tells_who_waits_for_room_on_the_disk_whenever_that_changes() -> None:
    told = io.StringIO()
    with ProgressDisplay(Console(file=told, width=120), "A day", None) as display:
        display.phase("flying")
        for names in (frozenset({"hub", "notary"}), frozenset({"hub", "notary"}), frozenset[str]()):
            display.without_room(names)
    assert told.getvalue().splitlines() == [
        "A day: flying",
        "A day: flying; the disk is full: hub, notary wait for room",
        "A day: flying",
    ]


def test_without_any_nothing_is_said_of_them() -> None:
    told = io.StringIO()
    with ProgressDisplay(Console(file=told, width=120), "A day", None) as display:
        display.phase("starting Yamcs")
    assert told.getvalue() == "A day: starting Yamcs\n"


def test_what_is_done_in_between_is_told_and_the_flight_goes_on() -> None:
    told = io.StringIO()
    with ProgressDisplay(Console(file=told, width=120), "A day", None) as display:
        display.phase("flying")
        with display.meanwhile("rehearsing a procedure first"):
            pass
    assert [line.partition(": ")[2].split(",")[0] for line in told.getvalue().splitlines()] == [
        "flying", "rehearsing a procedure first", "flying",
    ]  # fmt: skip


def test_contacts_long_over_are_counted_though_they_are_shown_no_more() -> None:
    told = io.StringIO()
    with ProgressDisplay(Console(file=told, width=200), "Weeks", None) as display:
        display.take(
            "passes",
            {
                "passes": [{"state": "closed", "antenna": "a"}, {"state": "planned"}],
                "relay_sessions": [{"state": "planned"}, {"state": "open"}],
                "closed": {"passes": 41, "relay_sessions": 300},
            },
        )
        display.clock(Instant(0))
    assert "passes 41/42  relay 300/302 " in told.getvalue()
