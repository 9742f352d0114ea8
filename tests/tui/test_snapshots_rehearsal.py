"""How the rehearsal screen looks: running, paused, feed lost, and in a flight."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.picture import Link, Picture
from tests.tui import pictures
from tests.tui.faults_told import CATALOGUE, INJECTED, directed
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.test_snapshots import SIZES, Compare, console
from tests.tui.waiting import until_shown

KEY = key_of("rehearsal")


def of_clock(**changes: Any) -> Picture:
    return pictures.picture(clock={**pictures.status()["clock"], **changes})


@pytest.mark.parametrize("size", SIZES)
def test_nominal(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(of_clock()), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_paused(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = console(of_clock(paused=True, rate=0.0))
    assert snap_compare(shown, press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = StillFeed(of_clock())

    async def lose(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "feed live")
        await pilot.press(KEY)
        await until_shown(pilot, "passes missed")
        feed.tell(of_clock(), Link("lost", 12))
        await until_shown(pilot, "FEED LOST for")

    assert snap_compare(OperationsConsole(feed), run_before=lose, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_flight(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = console(of_clock(simulated=False, seed=None, rate_ceiling=None, rate=1.0))
    assert snap_compare(shown, press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_injected(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(directed(*INJECTED)), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="choice"),
        pytest.param(["down", "down", "enter", "down", "tab", "down"], id="form"),
    ],
)
def test_injecting(snap_compare: Compare, size: tuple[int, int], keys: list[str]) -> None:
    feed = StillFeed(directed(INJECTED[0]))
    feed.answers["fault_catalogue"] = Answer(True, {"faults": CATALOGUE})
    shown = OperationsConsole(feed)
    assert snap_compare(shown, press=[KEY, "i", *keys], terminal_size=size)
