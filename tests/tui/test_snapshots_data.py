"""How the data screen looks: nominal, a service level at risk, stale, feed lost."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.picture import Link
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.test_snapshots import SIZES, Compare, console
from tests.tui.waiting import until_shown

KEY = key_of("data")


@pytest.mark.parametrize("size", SIZES)
def test_at_risk(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(pictures.picture()), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_nominal(snap_compare: Compare, size: tuple[int, int]) -> None:
    press = [KEY, "down"]  # a customer whose data are all at home
    assert snap_compare(console(pictures.picture()), press=press, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_stale(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = StillFeed(pictures.picture())
    old = {**pictures.CUSTODY, "now_ns": pictures.at("10:00")}
    feed.answers["custody"] = Answer(True, old)
    assert snap_compare(OperationsConsole(feed), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = StillFeed(pictures.picture())

    async def lose(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "feed live")
        await pilot.press(KEY)
        await until_shown(pilot, "weather-000010.dat")
        feed.tell(pictures.picture(), Link("lost", 12))
        await until_shown(pilot, "FEED LOST for")

    assert snap_compare(OperationsConsole(feed), run_before=lose, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_refused(snap_compare: Compare, size: tuple[int, int]) -> None:
    feed = StillFeed(pictures.picture())
    feed.answers["custody"] = Answer(False, {}, "whoever gives no token may not see custody")
    assert snap_compare(OperationsConsole(feed), press=[KEY], terminal_size=size)
